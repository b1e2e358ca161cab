"""What a bound user has under way, without number or proof: the list, one of it, and the line that offers binding."""

from __future__ import annotations

import logging

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Event
from actions.client import Json, backend
from actions.pages import page_anchor
from actions.phrases import LONGEST, Button
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

SHOWN = 8
"""Matters that one reply offers."""


async def own_matters(openid: str) -> list[Json] | None:
    """The user's matters, newest first; None when nobody is bound, or when it cannot be known now: then number and proof lead on."""
    try:
        found = await backend().matters(openid)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("the matters of a user could not be read: %s", error)
        return None
    return found["matters"] if found["bound"] else None


def say_matters(dispatcher: CollectingDispatcher, matters: list[Json]) -> list[Event]:
    """All in one answer, numbered; a tap or a number opens one."""
    if not matters:
        dispatcher.utter_message(response="utter_progress_matters_none")
        return []
    buttons = [matter_button(matter) for matter in matters[:SHOWN]]
    more = "" if len(matters) <= SHOWN else f"这里列出最近的 {SHOWN} 件，更早的请发编号查。"
    dispatcher.utter_message(response="utter_progress_matters", count=str(len(matters)), more=more, buttons=buttons)
    return []


def offer_binding(dispatcher: CollectingDispatcher) -> None:
    """One line, where there is a page to bind on."""
    link = page_anchor("identity", "绑定身份", personal=True)
    if link:
        dispatcher.utter_message(response="utter_progress_offer_binding", link=link)


def matter_button(matter: Json) -> Button:
    """What it is and how far; a tap opens it."""
    title = f"{matter['item_name']}：{matter['status_text']}（{matter['on'][5:].replace('-', '月')}日）"
    return {"title": title, "payload": f"查{matter['number']}"[:LONGEST]}
