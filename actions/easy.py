"""Easy mode on and off; what it does to a reply stands in `weijing/easy_mode.py`."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.said import Said
from weijing.easy_mode import SLOT

_OFF = re.compile("普通|标准|正常|恢复|关闭|关掉|退出|取消|不要|不用|换回|切回")
_LETTERS = re.compile("字|看不清|眼|大一点|大些")


class ActionEasyMode(BaseAction):
    """Remember how this user wants to be answered; slots outlive every session, so it holds until it is changed."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """How letters become larger is said the first time, and whenever letters are what was asked about."""
        text = Said.latest(tracker).text
        if _OFF.search(text):
            dispatcher.utter_message(response="utter_easy_off")
            return [SlotSet(SLOT, False)]
        told = tracker.get_slot(SLOT) is not None and not _LETTERS.search(text)
        dispatcher.utter_message(response="utter_easy_on_again" if told else "utter_easy_on")
        return [SlotSet(SLOT, True)]
