"""Help: what works now, made of the table of topics; inside a form, how to get through it or out of it."""

from __future__ import annotations

import asyncio
from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import backend
from actions.handoff import opening_day
from actions.help_topics import TOPICS, Away, Topic
from weijing.desk_hours import next_answer
from weijing.errors import BackendRefused, BackendUnavailable
from weijing.workdays import SHANGHAI

PATIENCE_S = 1.5
"""How long help waits to learn whether the backend is there."""


class ActionShowHelp(BaseAction):
    """Say what can be done now."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """In a form Rasa asks the open question again behind it."""
        form = tracker.active_loop.get("name")
        if form:
            topic = next((one for one in TOPICS if form in one.forms), None)
            words = {"topic": topic.name, "hint": topic.hint} if topic else {"topic": "这一件", "hint": Topic.hint}
            dispatcher.utter_message(response="utter_help_form", **words)
        else:
            await say_help(dispatcher)
        return []


async def say_help(dispatcher: CollectingDispatcher) -> None:
    """The topics; what waits or is kept while the backend is away; when a person answers."""
    lines = [f"· {topic.name}：“{topic.example}”" for topic in TOPICS]
    away = not await _backend_is_there()
    person = _person(datetime.now(SHANGHAI))
    response = "utter_help_away" if away else "utter_help"
    dispatcher.utter_message(response=response, topics="\n".join(lines), person=person, waiting=_named(Away.WAITS), kept=_named(Away.KEPT))


def _named(away: Away) -> str:
    return "；".join(topic.name for topic in TOPICS if topic.away is away)


def _person(now: datetime) -> str:
    opens = next_answer(now)
    return "现在有人在" if opens <= now else f"{opening_day(opens)} 起有人答复，可以先留言"


async def _backend_is_there() -> bool:
    """Whether the service items can be had; an answer of the last 20 s counts."""
    try:
        await asyncio.wait_for(backend().service_items(), PATIENCE_S)
    except (BackendUnavailable, BackendRefused, asyncio.TimeoutError):
        return False
    return True
