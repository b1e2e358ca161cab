"""Supplements 补正: what the bureau asks for after a filing, each ask answered by words or pictures in the same form."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Event, cleared
from actions.client import Json, backend, revealed
from actions.field import Slots
from actions.filing_fields import ANSWERS, ASKS, KIND, SUPPLEMENT, entries, given
from actions.filings import SLOTS
from actions.report_files import DRAFT_DAYS, Items, files_in
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)


async def open_supplement(said: Said, openid: str) -> Json | None:
    """What this user is asked for now: the filing named, else the most urgent; nothing if it cannot be known."""
    try:
        found = await backend().supplements(openid)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("the supplements of a user could not be read: %s", error)
        return None
    number = said.identifier("filing_no")
    return next((one for one in found if one["number"] == number), found[0] if found else None)


def begin_supplement(dispatcher: CollectingDispatcher, supplement: Json, waiting: Items) -> list[Event]:
    """The form for the first filing that asks for something; files that wait answer its first ask for pictures."""
    until = f"，请在 {supplement['until']} 前补齐" if supplement["until"] else ""
    names = {**supplement, "count": str(len(supplement["asks"])), "until": until}
    dispatcher.utter_message(response="utter_filing_supplement", **names)
    wanted = next((ask["id"] for ask in supplement["asks"] if ask["type"] == "pictures"), None)
    answers: dict[str, Any] = {wanted: waiting} if wanted and waiting else {}
    current().claim(files_in(answers), days=DRAFT_DAYS)
    return [*cleared(SLOTS), SlotSet(KIND, SUPPLEMENT), SlotSet(ASKS, supplement), SlotSet(ANSWERS, answers), ActiveLoop("filing_form")]


async def send_supplement(dispatcher: CollectingDispatcher, values: Slots, openid: str, key: str) -> None:
    """Hand in what was answered and say what is left; kept for later when the backend is away."""
    number, body = values[ASKS]["number"], supplement_body(values, openid)
    if not body["answers"]:
        dispatcher.utter_message(response="utter_filing_supplement_nothing")
        return
    current().claim(files_in(body), report_no=number)
    try:
        answer = await backend().submit_supplement(number, body, key)
    except BackendUnavailable as error:
        log.warning("a supplement is kept for later: %s", error)
        current().defer("POST", f"/v1/filings/{number}/supplements", revealed(body), key, "filing_supplement")
        dispatcher.utter_message(response="utter_filing_supplement_kept", number=number)
        return
    except BackendRefused as error:
        if error.problem not in {"nothing_asked", "not_found"}:
            raise
        dispatcher.utter_message(response="utter_filing_supplement_closed", number=number)
        return
    response = "utter_filing_supplement_left" if answer["left"] else "utter_filing_supplement_sent"
    dispatcher.utter_message(response=response, number=number, left=str(answer["left"]))


def supplement_body(values: Slots, openid: str) -> Json:
    """The answers as the API takes them, masked."""
    answers = given(values)
    pictures = {one.id for one in entries(values) if one.type == "pictures"}
    parts = [{"id": name, "text": "" if name in pictures else _words(value), "evidence": value if name in pictures else []} for name, value in answers.items()]
    return {"openid": openid, "answers": parts}


def _words(value: Any) -> str:
    """A value as one text."""
    if isinstance(value, dict):
        return str(value.get("text") or " ".join(map(str, value.values())))
    return str(value)
