"""What a bound user has under way, without number or proof: the list, one of it, and the line that offers binding."""

from __future__ import annotations

import logging
import re

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Event
from actions.client import Json, backend
from actions.pages import page_anchor
from actions.phrases import LONGEST, Button
from actions.said import Said
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

SHOWN = 8
"""Matters that one reply offers."""
_PAYS = re.compile("[缴交]费|[缴交]钱|[缴交]了?多少钱|[缴交]的?费|付款|付费|退费|怎么付")


async def own_matters(openid: str) -> list[Json] | None:
    """The user's matters, newest first; None when nobody is bound and nothing was filed here, or when it cannot be known now: then number and proof lead on."""
    try:
        found = await backend().matters(openid)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("the matters of a user could not be read: %s", error)
        return None
    return found["matters"] if found["bound"] or found["matters"] else None


def say_matters(dispatcher: CollectingDispatcher, matters: list[Json]) -> list[Event]:
    """All in one answer, numbered; a tap or a number opens one."""
    if not matters:
        dispatcher.utter_message(response="utter_progress_matters_none")
        return []
    buttons = [matter_button(matter) for matter in matters[:SHOWN]]
    waiting = sum(matter["status"] == "supplement" for matter in matters)
    more = f"有 {waiting} 件等您补材料。" if waiting else ""
    more += "" if len(matters) <= SHOWN else f"这里列出最近的 {SHOWN} 件，更早的请发编号查。"
    dispatcher.utter_message(response="utter_progress_matters", count=str(len(matters)), more=more, buttons=buttons)
    return []


def about_of(said: Said) -> str | None:
    """`delivery` or `payment` when the message asks about that alone."""
    return "delivery" if said.intent == "track_delivery" else "payment" if _PAYS.search(said.text) else None


def meant(matters: list[Json], number: str | None, about: str | None) -> list[Json]:
    """The matters of a number (or of the parcel with that number), else those that have what was asked about, unpaid fees first, else all."""
    if number:
        return [one for one in matters if number in (one["number"], (one.get("delivery") or {}).get("delivery_no"))]
    having = [one for one in matters if one.get(about)] if about else matters
    return [one for one in having if about == "payment" and one["payment"]["state"] == "unpaid"] or having


def offer_binding(dispatcher: CollectingDispatcher) -> None:
    """One line, where there is a page to bind on."""
    link = page_anchor("identity", "绑定身份", personal=True)
    if link:
        dispatcher.utter_message(response="utter_progress_offer_binding", link=link)


def matter_button(matter: Json) -> Button:
    """What it is and how far; a tap opens it."""
    state = _more(matter) or matter["status_text"]
    day = "" if matter["kind"] == "appointment" else f"（{matter['on'][5:].replace('-', '月')}日）"
    title = f"{matter['item_name']}：{state}{day}"
    return {"title": title, "payload": f"查{matter['number']}"[:LONGEST]}


def _more(matter: Json) -> str:
    """What matters more than the status: a fee that is due, a certificate on its way."""
    payment, delivery = matter.get("payment") or {}, matter.get("delivery") or {}
    if payment.get("state") == "unpaid":
        return f"{matter['status_text']}，{payment['state_text']}"
    return f"证件{delivery['status_text']}" if delivery else ""
