"""Forms as a list of fields: answers in any order, corrections of any field, asides that are answered before the form goes on.

Rasa runs `validate_<noun>_form` after each message while a form is active. Returning no slot makes Rasa reject the form for this turn: a rule then
answers the message, and Rasa comes back and asks the open question again.

A form's values lie in slots of their own; one whose fields are data keeps them otherwise (`actions/filings.py`) by its own `values`, `fields_for` and `kept`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.correction import Correction, find_correction
from actions.field import Field, Slots, volunteered
from actions.ride_words import is_of_a_ride
from actions.said import Said
from weijing.emergency import screen
from weijing.language import ENGLISH, language_of

TRIES = "form_tries"
PATIENCE = 3
"""Answers in a row that could not be taken, after which a person is offered."""
SILENCE_S = 6 * 3600
"""Seconds of silence after which the form says where it stood."""
LEAVING = frozenset({"cancel", "request_handoff", "repeat", "help", "withdraw_report", "easy_mode", "show_menu"})
ANSWERS = frozenset({"affirm", "deny", "correct", "add_evidence", "nlu_fallback", ""})
"""Intents that always speak to the form."""
VAGUE = frozenset({"nlu_clarify", "out_of_scope", "smalltalk", "greet", "thank", "goodbye"})
"""Intents that short answers are easily taken for: asides only when they read like it."""
SHORT = 12
"""Characters up to which a message in the middle of a story is taken as a command."""
QUESTION = 25
"""Characters up to which a question in the middle of a story is taken as an aside."""


class Form(BaseAction, ABC):
    """A form's validator; abstract, or rasa_sdk would register it as an action of its own."""

    @property
    @abstractmethod
    def fields(self) -> tuple[Field, ...]:
        """What is asked for, in this order."""

    own: ClassVar[frozenset[str]] = frozenset()
    """Intents that start this form: inside it they are no asides."""
    harmless: ClassVar[frozenset[str]] = frozenset()
    """Words on the form's own buttons that tell of danger only when somebody else says them."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Take what the message gives, and name the slot to ask for next."""
        slots = self.values(tracker)
        fields = self.fields_for(slots)
        taken: dict[str, Any] = {}
        if _just_said(tracker):
            asked = next((field for field in fields if field.slot == slots.get("requested_slot")), None)
            said = Said.latest(tracker)
            numbered = self.numbered(slots)
            correction = find_correction(said, [field.words for field in numbered])
            if not correction and asked and self._is_aside(said, asked, slots):
                return []
            if asked and _silence(tracker) > SILENCE_S:
                dispatcher.utter_message(response="utter_form_resumed", field=asked.label)
            corrected = numbered[correction.index] if correction else None
            taken = self._correct(dispatcher, said, corrected, correction, slots) if corrected and correction else self._take(dispatcher, said, asked, slots)
        taken = self.settle(taken, slots)
        slots.update(taken)
        for remark in self.remarks(taken):
            dispatcher.utter_message(**remark)
        missing = (field.slot for field in self.fields_for(slots) if slots.get(field.slot) is None and field.needed(slots))
        return self.kept(taken, next(missing, None), tracker)

    def values(self, tracker: Tracker) -> dict[str, Any]:
        """The values so far by field, and under `requested_slot` the field that was asked for."""
        return dict(tracker.slots)

    def fields_for(self, slots: Slots) -> tuple[Field, ...]:
        """The fields, where they depend on the values."""
        return self.fields

    def kept(self, taken: Slots, missing: str | None, tracker: Tracker) -> list[Event]:
        """The events that keep what was taken, and ask for what is missing; None ends the form."""
        return [*(SlotSet(slot, value) for slot, value in taken.items()), SlotSet("requested_slot", missing)]

    def own_for(self, asked: Field, slots: Slots) -> frozenset[str]:
        """Intents that speak to the form, where they depend on what is asked."""
        return self.own

    def numbered(self, slots: Slots) -> tuple[Field, ...]:
        """The fields that may be corrected, in the order of their numbers for the user."""
        return self.fields_for(slots)

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """What follows from the values just taken; the default changes nothing."""
        return taken

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """Responses (with their values) that a value just taken calls for."""
        return []

    def refusal(self, field: Field, slots: Slots) -> dict[str, Any]:
        """What is said of an answer that cannot be taken."""
        return {"response": f"utter_{self.name().removeprefix('validate_')}_invalid_{field.slot}"}

    def _is_aside(self, said: Said, asked: Field, slots: Slots) -> bool:
        """Whether the message speaks past the form: danger, a command, a question or small talk."""
        fields = self.fields_for(slots)
        if said.form or (said.event and said.intent not in self.own_for(asked, slots)) or (said.sent and not any(field.hears(said) for field in fields)):
            return True
        if "emergency" in (said.intent, said.decision):
            return said.text.strip("。.!！ ") not in self.harmless or screen(said.text) is not None
        if said.intent == "foreign_language" and language_of(said.text) != ENGLISH:
            return True
        if said.unknown or (said.intent == "cancel" and not said.leaves):
            return False
        if said.intent in ANSWERS | self.own_for(asked, slots):
            return False
        if asked.story:
            return self._leaves_story(said)
        if said.intent in LEAVING or said.asks or said.greets or (said.intent == "check_in" and is_of_a_ride(said.text)):
            return True
        readable = (asked.hears(said) and asked.read(said, slots) is not None) or (asked.skipped is not None and said.skips)
        return not readable and said.intent not in VAGUE and not volunteered(fields, said, slots, asked)

    @staticmethod
    def _leaves_story(said: Said) -> bool:
        if said.intent in LEAVING or said.greets:
            return len(said.text) <= SHORT
        return said.asks and said.decision == "answer" and len(said.text) <= QUESTION

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        found = volunteered(self.fields_for(slots), said, slots, asked)
        if asked is None:
            return found
        value = asked.skipped if asked.skipped is not None and said.skips else asked.read(said, slots) if asked.hears(said) else None
        if value is not None:
            return {**found, asked.slot: value, TRIES: 0}
        return found or self._refuse(dispatcher, asked, {asked.slot: None}, slots)

    def _correct(self, dispatcher: CollectingDispatcher, said: Said, field: Field, correction: Correction, slots: Slots) -> dict[str, Any]:
        if not correction.value:
            return {field.slot: None}
        value = field.read(said.only(correction.value), {**slots, field.slot: None})
        if value is None:
            return self._refuse(dispatcher, field, {}, slots)
        return {field.slot: value, TRIES: 0}

    def _refuse(self, dispatcher: CollectingDispatcher, field: Field, kept: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """Say what is wrong with the answer; at the third in a row offer a person."""
        dispatcher.utter_message(**self.refusal(field, slots))
        return {**kept, TRIES: self.tried(dispatcher, slots)}

    @staticmethod
    def tried(dispatcher: CollectingDispatcher, slots: Slots) -> int:
        """One more answer that could not be taken; returns how many there were since a person was offered."""
        tries = int(slots.get(TRIES) or 0) + 1
        if tries >= PATIENCE:
            dispatcher.utter_message(response="utter_form_offer_person")
        return tries % PATIENCE


def _just_said(tracker: Tracker) -> bool:
    """Whether the form hears this message for the first time: no other action has run since (Rasa notes the form itself before it asks us)."""
    actions = 0
    for event in reversed(tracker.events):
        if event["event"] == "user":
            break
        actions += event["event"] == "action"
    return actions <= 1



def _silence(tracker: Tracker) -> float:
    """Seconds between the user's message and the one before it; 0 where there is none."""
    times = [float(event["timestamp"]) for event in tracker.events if event["event"] == "user"]
    return times[-1] - times[-2] if len(times) > 1 else 0.0
