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
from actions.guide_case import Case, find_item, read_case
from actions.guide_next import booking_hint, next_buttons
from actions.pages import page_anchor
from actions.phrases import Button
from actions.said import Said
from weijing.service_item_card import card
from weijing.service_item_case import REMEMBERED_S, leads_to
from weijing.workdays import SHANGHAI

POPULAR = ("id_card_replacement", "passport_apply", "residence_permit_apply", "household_book_replace", "driving_licence_renew", "birth_registration")
"""Offered, where they exist, when nobody said which item."""
OFFERED = 4


class ActionAnswerGuide(BaseAction):
    """Answer an aspect of a service item, or ask which item."""

    degraded: ClassVar[str] = "utter_guide_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The item named, else the one last answered; the aspect named, else the one asked before the item was known, else the overview."""
        said, before = Said.latest(tracker), remembered(tracker)
        named = said.entity("service_item")
        item = await find_item(named or before or "")
        if item is None:
            dispatcher.utter_message(response="utter_guide_which", buttons=await _popular())
            return [SlotSet("guide_aspect", said.entity("aspect"))]
        case = await _case(tracker, said, item, before)
        aspect = said.entity("aspect") or tracker.get_slot("guide_aspect" if named else "guide_answered") or "overview"
        return show(dispatcher, case.item, aspect, case)


async def tell_instead(dispatcher: CollectingDispatcher, said: Said, later: str) -> list[Event]:
    """How a thing is done that cannot be done here; the response `later` if nobody knows which thing."""
    item_id = said.entity("service_item")
    item = await find_item(item_id) if item_id else None
    if item is not None and item["active"]:
        dispatcher.utter_message(response="utter_guide_instead")
        return show(dispatcher, item, said.entity("aspect") or "overview")
    dispatcher.utter_message(response=later)
    return []


async def _case(tracker: Tracker, said: Said, item: Json, before: str | None) -> Case:
    """The case of the item; its choices hold on when it is the item last answered, or the one to which these led."""
    if before and before != item["id"]:
        origin = await find_item(before)
        if origin and item["id"] == leads_to(origin, tracker.get_slot("guide_choices") or ()):
            item = origin
    return await read_case(tracker, said, item, kept=item["id"] == before)


def show(dispatcher: CollectingDispatcher, item: Json, aspect: str, case: Case | None = None) -> list[Event]:
    """The card, what is still to ask, and buttons for what one asks next.

    An item that is switched off is not answered, an expired one warns and offers a person.
    """
    case = case or Case(item, item)
    if not item["active"]:
        dispatcher.utter_message(response="utter_guide_inactive", item=item["name"])
        return [SlotSet("service_item", None)]
    question, record = case.question(aspect), case.record
    lines = [card(record, aspect, datetime.now(SHANGHAI).date(), case.about(aspect)), booking_hint(item, aspect)]
    lines += [f"{question['question']}告诉我，我按您的情况列准。"] if question else []
    lines += [page_anchor(case.address(), "查看详情，勾选要带的材料")]
    dispatcher.utter_message(text="\n".join(filter(None, lines)), buttons=next_buttons(record, aspect, question))
    return [SlotSet("service_item", case.origin["id"]), SlotSet("service_item_at", time.time()), SlotSet("guide_aspect", None), *case.events(aspect)]


def remembered(tracker: Tracker) -> str | None:
    """The item last answered, if that is not longer ago than an hour."""
    item: str | None = tracker.get_slot("service_item")
    return item if time.time() - float(tracker.get_slot("service_item_at") or 0) < REMEMBERED_S else None


async def _popular() -> list[Button]:
    names = {item["id"]: item["name"] for item in await backend().service_items()}
    wanted = [*(one for one in POPULAR if one in names), *(one for one in names if one not in POPULAR)]
    return [{"title": names[one], "payload": names[one]} for one in wanted[:OFFERED]]
