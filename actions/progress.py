"""Progress of an application, report or case: its number and a proof, then how far it is; for who is bound, all that is theirs at once."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import Json, backend
from actions.form import TRIES, Field, Form, Slots
from actions.pages import rating_anchor
from actions.progress_follow import FINAL, seen
from actions.progress_matters import offer_binding, own_matters, say_matters
from actions.report_reply import asked_and_done, next_buttons
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused
from weijing.identifiers import find_identifiers
from weijing.privacy import KINDS, MASK

WRONG = "progress_wrong_proofs"
PROOFS = ("id_number", "phone", "query_code")
MOST_WRONG = 3
BY_CODE = ("J", "X")
"""First letters of what its query code alone opens, so that who wrote without a name stays unknown."""
ANSWERED = "progress_answered"
"""Set when the answer needs neither number nor proof: then the form asks for nothing."""


def _number(said: Said, slots: Slots) -> str | None:
    return next((value for kind in ("application_no", "report_no", "case_no", "letter_no") if (value := said.identifier(kind))), None)


def _proof(said: Said, slots: Slots) -> str | None:
    kinds = ("query_code",) if str(slots.get("application_no") or "").startswith(BY_CODE) else PROOFS
    return next((value for kind in kinds if (value := said.identifier(kind))), None)


def _unanswered(slots: Slots) -> bool:
    return not slots.get(ANSWERED)


FIELDS = (
    Field("application_no", "编号|办件号|受理号|件号", _number, _number, needed=_unanswered),
    Field("proof", "证明|身份证号?|手机号?|查询码", _proof, _proof, needed=_unanswered),
)
SLOTS = (*(field.slot for field in FIELDS), WRONG, TRIES, ANSWERED)


class ActionStartProgress(BaseAction):
    """A new look-up begins empty, with what the first message already gives."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Number first: what proof it takes depends on it. A bound user needs neither for what is theirs."""
        said = Said.latest(tracker)
        number = _number(said, {})
        proof = _proof(said, {"application_no": number})
        matters = await own_matters(tracker.sender_id) if not proof else None
        known = next((one for one in matters or [] if one["number"] == number), None)
        if known or (matters is not None and not number):
            events = say_progress(dispatcher, known, str(number)) if known else say_matters(dispatcher, matters or [])
            return [*cleared(SLOTS), SlotSet(ANSWERED, True), *events]
        if matters is None and not number:
            offer_binding(dispatcher)
        given = {"application_no": number, "proof": proof}
        return [*cleared(SLOTS), *(SlotSet(slot, value) for slot, value in given.items() if value)]

class ValidateProgressForm(Form):
    """Takes number and proof."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"query_progress", "query_case"})


class ActionAskProgressFormProof(BaseAction):
    """Which proof is asked for depends on the number."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """A report or letter is opened by its query code alone."""
        by_code = str(tracker.get_slot("application_no")).startswith(BY_CODE)
        dispatcher.utter_message(response="utter_progress_ask_query_code" if by_code else "utter_progress_ask_proof")
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
        return [*cleared(SLOTS), *say_progress(dispatcher, found, number)]

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


def say_progress(dispatcher: CollectingDispatcher, found: Json, number: str) -> list[Event]:
    """How far it is; what is still open may be followed, what is done may be rated. Whoever sees it has proved that it is theirs."""
    final = found["status"] in FINAL
    dispatcher.utter_message(response=_response(found, number), **_words(found, number), buttons=next_buttons(found, number))
    for remark in asked_and_done(found):
        dispatcher.utter_message(**remark)
    if final:
        link = rating_anchor(number, "点这里")
        dispatcher.utter_message(response="utter_progress_rate", link=f"，或者{link}" if link else "")
    if number.startswith("K"):
        dispatcher.utter_message(response="utter_progress_case_secret")
    return seen(number)


async def _ask_backend(number: str, proof: str) -> Json:
    if number.startswith("J"):
        return await backend().report_progress(number, proof)
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


def _response(found: Json, number: str) -> str:
    """The date of a report is when its reporter hears next, not when it is done (信访工作条例 art. 23); where no rule gives a date none is named."""
    if not found.get("promised_on"):
        return "utter_progress_result_undated"
    return "utter_progress_result_report" if number.startswith(BY_CODE) else "utter_progress_result"


def _words(found: Json, number: str) -> dict[str, str]:
    """The answer's fields as text, one step a line."""
    steps = [f"· {str(step.get('at', ''))[:10]} {step.get('name', '')} {step.get('note') or ''}".rstrip() for step in found.get("steps") or []]
    texts = {name: str(found.get(name) or "—") for name in ("item_name", "status_text", "promised_on", "next_step", "office", "phone")}
    return {**texts, "number": number, "steps": "\n".join(steps) or "· —"}
