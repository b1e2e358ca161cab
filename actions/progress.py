"""Progress of an application, report, case or posted certificate: its number and a proof, then how far it is; for who is bound, all that is theirs at once."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointment_deeds import say_mine
from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend
from actions.field import Field, Slots
from actions.form import TRIES, Form
from actions.progress_matters import about_of, meant, offer_binding, own_matters, say_matters
from actions.progress_result import MISSING, say_delivery, say_progress
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused
from weijing.identifiers import find_identifiers
from weijing.privacy import KINDS, MASK

WRONG = "progress_wrong_proofs"
NUMBERS = ("application_no", "report_no", "filing_no", "case_no", "letter_no", "delivery_no")
PROOFS = ("id_number", "phone", "query_code")
PROOFS_OF = {"J": ("query_code",), "X": ("query_code",), "B": ("query_code", "phone")}
"""First letter of the number -> the proofs it takes, where they are fewer; who wrote without a name stays unknown."""
ASKS_PROOF = {"J": "utter_progress_ask_query_code", "X": "utter_progress_ask_query_code", "B": "utter_progress_ask_filing_proof"}
MOST_WRONG = 3
ANSWERED = "progress_answered"
"""Set when the answer needs neither number nor proof: then the form asks for nothing."""
ABOUT = "progress_about"
"""`delivery` or `payment` when that alone was asked about."""
_TAIL = re.compile(r"(?<![0-9A-Za-z#-])(\d{4})(?![0-9年〕-])")
"""The last four digits of a phone; no year, no part of a number or mask."""


def _number(said: Said, slots: Slots) -> str | None:
    return next((value for kind in NUMBERS if (value := said.identifier(kind))), None)


def _proof(said: Said, slots: Slots) -> str | None:
    number = str(slots.get("application_no") or "")
    if is_delivery(number):
        tail = _TAIL.search(said.text)
        return said.identifier("phone") or (tail[1] if tail else None)
    kinds = PROOFS_OF.get(number[:1], PROOFS)
    return next((value for kind in kinds if (value := said.identifier(kind))), None)


def is_delivery(number: str) -> bool:
    """Whether it numbers a postal item: two letters, where ours have one."""
    return number[:2].isalpha()


def _unanswered(slots: Slots) -> bool:
    return not slots.get(ANSWERED)


FIELDS = (
    Field("application_no", "编号|办件号|受理号|件号", _number, _number, needed=_unanswered),
    Field("proof", "证明|身份证号?|手机号?|查询码", _proof, _proof, needed=_unanswered),
)
SLOTS = (*(field.slot for field in FIELDS), WRONG, TRIES, ANSWERED, ABOUT)


class ActionStartProgress(BaseAction):
    """A new look-up begins empty, with what the first message already gives."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Number first: what proof it takes depends on it. A bound user needs neither for what is theirs, nor does anybody for what this openid booked."""
        said = Said.latest(tracker)
        number, about = _number(said, {}), about_of(said)
        proof = _proof(said, {"application_no": number})
        if booked := said.identifier("appointment_no"):
            await say_mine(dispatcher, tracker.sender_id, booked)
            return [*cleared(SLOTS), SlotSet(ANSWERED, True)]
        matters = await own_matters(tracker.sender_id) if not proof else None
        if matters is not None and (not number or meant(matters, number, about)):
            return [*cleared(SLOTS), SlotSet(ANSWERED, True), *_say_own(dispatcher, matters, number, about)]
        if matters is None and not number:
            offer_binding(dispatcher)
        given = {"application_no": number, "proof": proof, ABOUT: about}
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in given.items() if value)]


class ValidateProgressForm(Form):
    """Takes number and proof."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"query_progress", "query_case", "track_delivery"})


class ActionAskProgressFormProof(BaseAction):
    """Which proof is asked for depends on the number."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A report or letter is opened by its query code alone; a parcel by what stands on it."""
        number = str(tracker.get_slot("application_no"))
        dispatcher.utter_message(response="utter_progress_ask_tail" if is_delivery(number) else ASKS_PROOF.get(number[:1], "utter_progress_ask_proof"))
        return []


class ActionQueryProgress(BaseAction):
    """Look it up and say it; a wrong proof may be tried three times."""

    degraded: ClassVar[str] = "utter_progress_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The bot does not tell an unknown number from a wrong proof, nor does the backend."""
        number, proof = tracker.get_slot("application_no"), tracker.get_slot("proof")
        if not number or not proof:
            return cleared(SLOTS)
        try:
            found = await _ask_backend(number, proof)
        except BackendRefused as error:
            if error.problem not in {"not_found", "too_many_attempts"}:
                raise
            return self._refuse(dispatcher, tracker, locked=error.problem == "too_many_attempts")
        if is_delivery(number):
            say_delivery(dispatcher, found)
            return cleared(SLOTS)
        return [*cleared(SLOTS), *say_progress(dispatcher, found, number, tracker.get_slot(ABOUT))]

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Nothing of a look-up that could not be made is kept."""
        super().degrade(dispatcher, tracker)
        return cleared(SLOTS)

    @staticmethod
    def _refuse(dispatcher: CollectingDispatcher, tracker: Tracker, *, locked: bool) -> list[Event]:
        wrong = int(tracker.get_slot(WRONG) or 0) + 1
        if locked or wrong >= MOST_WRONG:
            dispatcher.utter_message(response="utter_progress_locked")
            return cleared(SLOTS)
        dispatcher.utter_message(response="utter_progress_wrong_proof", left=str(MOST_WRONG - wrong))
        return [SlotSet(WRONG, wrong), SlotSet("proof", None), ActiveLoop("progress_form")]


def _say_own(dispatcher: CollectingDispatcher, matters: list[Json], number: str | None, about: str | None) -> list[Event]:
    """The one meant, or the list to choose from; what was asked about may not be there at all."""
    found = meant(matters, number, about)
    if len(found) == 1 and (number or about):
        return say_progress(dispatcher, found[0], found[0]["number"], about)
    if about and not found:
        dispatcher.utter_message(response=MISSING[about])
    return say_matters(dispatcher, found or matters)


async def _ask_backend(number: str, proof: str) -> Json:
    if is_delivery(number):
        return await backend().delivery(number, current().reveal(proof)[-4:])
    if number.startswith("J"):
        return await backend().report_progress(number, proof)
    if number.startswith("B"):
        return await backend().filing_progress(number, _proof_kind(proof), proof)
    if number.startswith("X"):
        return await backend().letter_progress(number, proof)
    if number.startswith("K"):
        return await backend().case_progress(number, _proof_kind(proof), proof)
    return await backend().application_progress(number, _proof_kind(proof), proof)


def _proof_kind(proof: str) -> str:
    """The API's name of the kind of proof, from its mask or, unmasked, from its form."""
    masked = MASK.fullmatch(proof)
    if masked:
        return next((kind for kind in PROOFS if KINDS[kind] == masked[1]), "query_code")
    return next((found.kind for found in find_identifiers(current().reveal(proof)) if found.kind in PROOFS), "query_code")
