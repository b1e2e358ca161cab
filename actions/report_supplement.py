"""Supplements 补充: the reporter adds words and files to a filed report, or answers what staff asked; kept when the backend is away."""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import report_words as words
from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend, revealed
from actions.field import Field, Slots
from actions.form import TRIES, Form
from actions.progress_follow import last_seen
from actions.report_secrecy import own_hidden
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

MOST = 20
"""Files that one call of the API takes."""
LONGEST = 2000
"""Characters of a supplement that the API takes."""
DRAFT_DAYS = 1
NUMBER = r"J\d{4}-\d{6,9}"
_ADDING = r"(?:我(?:要|想|来)?)?再?(?:补充|回答|答复|追加)(?:一下|说明)?(?:情况|材料|证据|线索|问题)?[到给]?\s*"
BARE = re.compile(rf"{_ADDING}(?:{NUMBER})?\s*[。!！]?")
TOLD = re.compile(rf"{_ADDING}(?:{NUMBER}[:：,，\s]*|[:：,，\s]+)(?P<text>\S.+)", re.DOTALL)
ENOUGH = re.compile(r"(?:就|只有)?(?:这些|这么多|这样)[了吧]?|没有?(?:别的|其他的?|要补充的)?了|(?:发|说|传)?完了|提交吧?|好了")
REFUSALS = {"already_decided": "utter_report_supplement_decided"}


def _number(said: Said, slots: Slots) -> str | None:
    return said.identifier("report_no")


def _text(said: Said, slots: Slots) -> str | None:
    """The words; empty when there are only files."""
    text = said.text.strip(" 。.!！")
    if ENOUGH.fullmatch(text) or said.skips:
        return ""
    return None if said.sent or BARE.fullmatch(text) else said.text.strip()[:LONGEST]


def _evidence(said: Said, slots: Slots) -> list[dict[str, Any]] | None:
    return [*(slots.get("supplement_evidence") or []), *said.evidence][:MOST] if said.evidence else None


FIELDS = (
    Field("supplement_no", "编号", _number, _number),
    Field("supplement_evidence", "材料|图片|照片", _evidence, _evidence, adds=True, sent=frozenset(words.MEDIA), needed=lambda slots: False),
    Field("supplement_text", "内容|情况", _text, story=True, sent=frozenset(words.MEDIA)),
)
SLOTS = (*(field.slot for field in FIELDS), TRIES)


def numbered(said: Said, tracker: Tracker) -> str:
    """The report that a message speaks of: the number in it, or the one that was looked up within the hour."""
    seen = last_seen(tracker) or ""
    return said.identifier("report_no") or (seen if seen.startswith("J") else "")


def begin(said: Said, number: str) -> list[Event]:
    """Events that open the form for this report, with what the message already tells."""
    told = TOLD.fullmatch(said.text.strip())
    text = [SlotSet("supplement_text", told["text"].strip()[:LONGEST])] if told else []
    return [*cleared(SLOTS), SlotSet("supplement_no", number), *text, ActiveLoop("supplement_form")]


class ValidateSupplementForm(Form):
    """Takes words and files."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"add_evidence", "file_report"})

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """Files are kept while they are gathered."""
        current().claim(taken.get("supplement_evidence") or [], days=DRAFT_DAYS)
        return taken


class ActionAskSupplementFormSupplementText(BaseAction):
    """Asks for words or files, and counts the files that came."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One line either way."""
        count = len(tracker.get_slot("supplement_evidence") or [])
        response = "utter_report_supplement_more" if count else "utter_report_supplement_ask"
        dispatcher.utter_message(response=response, report_no=tracker.get_slot("supplement_no"), count=str(count))
        return []


class ActionSubmitSupplement(BaseAction):
    """Send it, once."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """What was only asked about and not written is no supplement."""
        number, text, items = tracker.get_slot("supplement_no"), tracker.get_slot("supplement_text"), tracker.get_slot("supplement_evidence") or []
        if not (text or items):
            dispatcher.utter_message(response="utter_report_supplement_nothing")
        elif number:
            dispatcher.utter_message(response=await _send(number, _body(tracker.sender_id, text, items)), report_no=number)
        return cleared(SLOTS)


def _body(openid: str, text: str, items: list[dict[str, Any]]) -> Json:
    return {"openid": openid, "text": own_hidden(text) or None, "evidence": items}


async def _send(number: str, body: Json) -> str:
    """The response that tells what became of it."""
    key = current().idempotency_key("action_submit_supplement")
    try:
        await backend().add_supplement(number, body, key)
    except BackendUnavailable as error:
        log.warning("a supplement is kept for later: %s", error)
        current().defer("POST", f"/v1/reports/{number}/supplements", revealed(body), key, "supplement")
        current().claim(body["evidence"], report_no=number)
        return "utter_report_supplement_kept"
    except BackendRefused as error:
        log.error("the backend refused a supplement for %s: %s", number, error)
        return REFUSALS.get(error.problem, "utter_report_supplement_refused")
    current().claim(body["evidence"], report_no=number)
    return "utter_report_supplemented"
