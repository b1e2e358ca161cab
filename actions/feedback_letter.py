"""Letters to the director 局长信箱: notice, form, summary, receipt; kept for later when the backend is away."""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared, paused
from actions.client import Json, backend, revealed
from actions.feedback_letter_fields import FIELDS, KINDS, named
from actions.field import Field, Slots, volunteered
from actions.form import TRIES, Form
from actions.masks import shown
from actions.report_words import NOW
from actions.said import Said
from store.context import current
from weijing.emergency import screen
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

SLOTS = (*(field.slot for field in FIELDS), TRIES)
_DANGER = re.compile("打架|打人|偷|抢|赌|毒|嫖|着火|跳楼|刀|家暴|跟踪|威胁|骗")


class ActionStartLetter(BaseAction):
    """The notice, and everything that the first message already says."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A new letter begins empty, whatever was left behind; another form is finished first."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_feedback_finish_first")
            return []
        dispatcher.utter_message(response="utter_letter_notice")
        taken = volunteered(FIELDS, Said.latest(tracker), {})
        for remark in _remarks(taken):
            dispatcher.utter_message(**remark)
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in taken.items()), ActiveLoop("letter_form")]


class ValidateLetterForm(Form):
    """Takes the answers of a letter."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"write_letter"})

    def _is_aside(self, said: Said, asked: Field, slots: Slots) -> bool:
        """A question for the director is the letter itself."""
        question = asked.slot == "letter_content" and slots.get("letter_kind") == "咨询" and said.intent == "ask_guide"
        return super()._is_aside(said, asked, slots) and not (question and said.decision != "emergency" and asked.read(said, slots))

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """A letter without a name has no number to call; one that gets a name needs it."""
        if "letter_name" not in taken or taken["letter_name"] is None:
            return taken
        if not taken["letter_name"]:
            return {**taken, "letter_phone": ""}
        return taken if slots.get("letter_phone") else {"letter_phone": None, **taken}

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """A letter is read in days: danger is for 110."""
        return _remarks(taken)


class ActionAskLetterFormLetterConfirmed(BaseAction):
    """All fields, numbered, before anything is sent."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Names and numbers are shown half hidden."""
        values = {field.slot: shown(str(tracker.get_slot(field.slot) or "")) for field in FIELDS[:-1]}
        dispatcher.utter_message(response="utter_letter_summary_named" if named(tracker.slots) else "utter_letter_summary", **values)
        return []


class ActionSubmitLetter(BaseAction):
    """File the confirmed letter."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One number for one letter: the key stays the same when the turn is repeated."""
        if not tracker.get_slot("letter_confirmed"):
            return []
        letter, key = letter_body(tracker.slots, tracker.sender_id), current().idempotency_key(self.name())
        try:
            receipt = await backend().write_letter(letter, key)
        except BackendUnavailable as error:
            log.warning("a letter is kept for later: %s", error)
            current().defer("POST", "/v1/letters", revealed(letter), key, "letter")
            dispatcher.utter_message(response="utter_letter_kept", local_no=f"L-{key[:8].upper()}")
            return cleared(SLOTS)
        except BackendRefused as error:
            log.error("the backend refused a letter: %s", error)
            dispatcher.utter_message(response="utter_letter_refused")
            return paused("letter")
        dispatcher.utter_message(response="utter_letter_duplicate" if receipt["duplicate_of"] else "utter_letter_received", **_texts(receipt))
        return cleared(SLOTS)


def letter_body(slots: Slots, openid: str) -> Json:
    """The letter as the API takes it; still masked, and without a writer unless a name was given."""
    writer = {"name": slots["letter_name"], "phone": slots["letter_phone"]} if named(slots) else None
    return {"kind": KINDS[slots["letter_kind"]], "content": slots["letter_content"], "writer": writer, "openid": openid}


def _texts(receipt: Json) -> dict[str, str]:
    return {name: str(receipt.get(name) or "") for name in ("letter_no", "query_code", "next_step", "promised_on")}


def _remarks(taken: Slots) -> list[dict[str, Any]]:
    words = str(taken.get("letter_content") or "")
    danger = screen(words) or (NOW.search(words) and _DANGER.search(words))
    return [{"response": "utter_report_call_110"}] if danger else []
