"""Handing over to a person: the conversation is paused and staff are told."""

from __future__ import annotations

from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, paused
from weijing.desk_hours import next_answer
from weijing.workdays import SHANGHAI

_DAYS = "一二三四五六日"


class ActionRequestHandoff(BaseAction):
    """The user wants a person: works at once from any state."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """An open form ends here; staff see what was written."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_handoff_form_passed_on")
        say_when(dispatcher, datetime.now(SHANGHAI))
        stale = [] if tracker.active_loop.get("name") == "report_form" else [SlotSet("report_urgency", None)]
        return [ActiveLoop(None), SlotSet("requested_slot", None), *stale, *paused("request")]


def say_when(dispatcher: CollectingDispatcher, now: datetime) -> None:
    """Tell the user when a person will answer."""
    opens = next_answer(now)
    if opens <= now:
        dispatcher.utter_message(response="utter_handoff_open")
    else:
        dispatcher.utter_message(response="utter_handoff_closed", opening=opening_day(opens))


def opening_day(opens: datetime) -> str:
    """「11月23日（周一）09:00」."""
    return f"{opens.month}月{opens.day}日（周{_DAYS[opens.weekday()]}）{opens:%H:%M}"
