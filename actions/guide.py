"""Service items: one aspect of one item, dated and sourced; which item it is about is remembered for an hour."""

from __future__ import annotations

import time
from datetime import datetime
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.pages import page_anchor
from actions.phrases import PERSON, Button, aspect_buttons
from actions.said import Said
from weijing.errors import BackendRefused
from weijing.service_item_card import card
from weijing.workdays import SHANGHAI

REMEMBERED_S = 3600
"""How long 「要多少钱」 alone still speaks of the item last answered."""
POPULAR = ("id_card_replacement", "passport_apply", "residence_permit_apply", "household_book_replace", "driving_licence_renew", "birth_registration")
"""Offered, where they exist, when nobody said which item."""
OFFERED = 4

LATER: dict[str, str] = {
    "file_residence": "residence", "file_ride": "filings", "file_bank_identity": "filings",
    "track_delivery": "notice",
}  # fmt: skip
"""Intent -> topic of what cannot be done in the conversation yet."""


class ActionAnswerGuide(BaseAction):
    """Answer an aspect of a service item, or ask which item."""

    degraded: ClassVar[str] = "utter_guide_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The item named, else the one last answered; the aspect named, else the one asked before the item was known, else the overview."""
        said = Said.latest(tracker)
        named = said.entity("service_item")
        item_id = named or remembered(tracker)
        aspect = said.entity("aspect") or (tracker.get_slot("guide_aspect") if named else None) or "overview"
        item = await find_item(item_id) if item_id else None
        if item is None:
            dispatcher.utter_message(response="utter_guide_which", buttons=await _popular())
            return [SlotSet("guide_aspect", said.entity("aspect"))]
        return show(dispatcher, item, aspect)


class ActionGuideTopic(BaseAction):
    """What cannot be filed here yet: say so, and how it is done, if the item is known."""

    degraded: ClassVar[str] = "utter_guide_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The topic's own words stand in domain.yml."""
        said = Said.latest(tracker)
        item_id = said.entity("service_item")
        item = await find_item(item_id) if item_id else None
        if item is not None and item["active"]:
            dispatcher.utter_message(response="utter_guide_instead")
            return show(dispatcher, item, said.entity("aspect") or "overview")
        dispatcher.utter_message(response=f"utter_{LATER[said.intent]}_later")
        return []


async def find_item(item_id: str) -> Json | None:
    """The live item, None when the backend does not know it."""
    try:
        return await backend().service_item(item_id)
    except BackendRefused as error:
        if error.status != 404:
            raise
        return None


def show(dispatcher: CollectingDispatcher, item: Json, aspect: str) -> list[Event]:
    """The card with buttons for what one asks next; an item that is switched off is not answered, an expired one warns and offers a person."""
    if not item["active"]:
        dispatcher.utter_message(response="utter_guide_inactive", item=item["name"])
        return [SlotSet("service_item", None)]
    buttons = aspect_buttons(item, aspect)
    if item["expired"]:
        buttons = [*buttons[:2], PERSON]
    lines = [card(item, aspect, datetime.now(SHANGHAI).date()), page_anchor(f"items/{item['id']}", "查看详情，勾选要带的材料")]
    dispatcher.utter_message(text="\n".join(filter(None, lines)), buttons=buttons)
    return [SlotSet("service_item", item["id"]), SlotSet("service_item_at", time.time()), SlotSet("guide_aspect", None)]


def remembered(tracker: Tracker) -> str | None:
    """The item last answered, if that is not longer ago than an hour."""
    item: str | None = tracker.get_slot("service_item")
    return item if time.time() - float(tracker.get_slot("service_item_at") or 0) < REMEMBERED_S else None


async def _popular() -> list[Button]:
    names = {item["id"]: item["name"] for item in await backend().service_items()}
    wanted = [*(one for one in POPULAR if one in names), *(one for one in names if one not in POPULAR)]
    return [{"title": names[one], "payload": names[one]} for one in wanted[:OFFERED]]
