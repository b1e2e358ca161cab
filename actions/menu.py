"""The user's own menu: open matters first, then what he put there, then what he uses most."""

from __future__ import annotations

import asyncio
import logging
import re

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.phrases import INTENTS, Button
from actions.progress_follow import FINAL
from actions.progress_matters import matter_button, own_matters
from actions.said import Said
from actions.used import ITEM, NEVER
from actions.used import SLOT as USED
from weijing.errors import BackendUnavailable

log = logging.getLogger(__name__)

KEPT = "menu_kept"
"""Slot: keys that the user put there, in order; keys as in `actions/used.py`."""
SHOWN, OPEN_MATTERS = 6, 2
WORTH = 3
"""Things used from which a greeting shows the menu."""
STARTERS = ("query_progress", "book_appointment", "find_office", "file_report")
_ADD = re.compile("加|添|放|存|收藏")
_REMOVE = re.compile("删|移|去掉|拿掉|不要")
_LIKE = 0.5
"""Share of the characters of a topic's words that a message must have to mean it."""


class ActionShowMenu(BaseAction):
    """Show the menu, put something there, or take it away."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One bubble."""
        said = Said.latest(tracker)
        if not (_ADD.search(said.text) or _REMOVE.search(said.text)):
            await self._show(dispatcher, tracker)
            return []
        key, title = await named(said, tracker)
        if not key:
            dispatcher.utter_message(response="utter_menu_which")
            return []
        kept = [one for one in tracker.get_slot(KEPT) or [] if one != key]
        if _REMOVE.search(said.text):
            dispatcher.utter_message(response="utter_menu_removed", title=title)
            return [SlotSet(KEPT, kept), SlotSet(USED, {name: weight for name, weight in (tracker.get_slot(USED) or {}).items() if name != key})]
        dispatcher.utter_message(response="utter_menu_added", title=title)
        return [SlotSet(KEPT, [key, *kept][:SHOWN])]

    @staticmethod
    async def _show(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        buttons = await menu_buttons(tracker, SHOWN)
        starters = [{"title": INTENTS[intent], "payload": INTENTS[intent]} for intent in STARTERS]
        dispatcher.utter_message(response="utter_menu" if buttons else "utter_menu_empty", buttons=buttons or starters)


def has_menu(tracker: Tracker) -> bool:
    """Whether there is enough to show without being asked."""
    return bool(tracker.get_slot(KEPT)) or len(tracker.get_slot(USED) or {}) >= WORTH


async def menu_buttons(tracker: Tracker, most: int) -> list[Button]:
    """At most so many; service items are left out while their names cannot be had."""
    keys = dict.fromkeys([*(tracker.get_slot(KEPT) or []), *(tracker.get_slot(USED) or {})])
    matters, titles = await asyncio.gather(own_matters(tracker.sender_id), _titles())
    open_ones = [matter_button(matter) for matter in matters or [] if matter["status"] not in FINAL][:OPEN_MATTERS]
    return [*open_ones, *({"title": titles[key], "payload": titles[key]} for key in keys if key in titles)][:most]


async def named(said: Said, tracker: Tracker) -> tuple[str, str]:
    """(key, title) of what a message puts into the menu or takes from it; empty when it cannot be told. 「这个」 is the item last spoken of."""
    titles = await _titles()
    what = re.sub("我的菜单|菜单|常用", "", said.text)
    topic, share = max(((intent, _likeness(words, what)) for intent, words in INTENTS.items() if intent not in NEVER), key=lambda pair: pair[1])
    item = ITEM + str(said.entity("service_item") or (tracker.get_slot("service_item") if "这" in what else ""))
    if item in titles and share < 1:
        return item, titles[item]
    return (topic, INTENTS[topic]) if share >= _LIKE else ("", "")


def _likeness(words: str, text: str) -> float:
    return len(set(words) & set(text)) / len(set(words))


async def _titles() -> dict[str, str]:
    """Key -> the words on its button, which a tap sends back."""
    items: list[Json] = []
    try:
        items = await backend().service_items()
    except BackendUnavailable as error:
        log.warning("a menu without its service items: %s", error)
    return {**{intent: words for intent, words in INTENTS.items() if intent not in NEVER}, **{ITEM + item["id"]: item["name"] for item in items}}
