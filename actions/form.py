"""Forms as a list of fields: answers in any order, corrections of any field, asides that are answered before the form goes on.

Rasa runs `validate_<noun>_form` after each message while a form is active. Returning no slot makes Rasa reject the form for this turn: a rule then
answers the message, and Rasa comes back and asks the open question again.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.correction import Correction, find_correction
from actions.said import Said
from weijing.emergency import screen
from weijing.language import ENGLISH, language_of

Slots = Mapping[str, Any]
Reader = Callable[[Said, Slots], Any]
"""The value that a message gives to a field, None if it gives none that can be taken."""

TRIES = "form_tries"
PATIENCE = 3
"""Answers in a row that could not be taken, after which a person is offered."""
LEAVING = frozenset({"cancel", "request_handoff", "repeat", "help", "withdraw_report", "easy_mode", "show_menu"})
ANSWERS = frozenset({"affirm", "deny", "correct", "add_evidence", "nlu_fallback", ""})
"""Intents that always speak to the form."""
VAGUE = frozenset({"nlu_clarify", "out_of_scope", "smalltalk", "greet", "thank", "goodbye"})
"""Intents that short answers are easily taken for: asides only when they read like it."""
SHORT = 12
"""Characters up to which a message in the middle of a story is taken as a command."""
QUESTION = 25
"""Characters up to which a question in the middle of a story is taken as an aside."""


def nothing(said: Said, slots: Slots) -> None:
    """A reader for what is never volunteered."""


@dataclass(frozen=True)
class Field:
    """One thing a form asks for.

    Args:
        slot: its slot; `utter_ask_<form>_<slot>` asks for it, `utter_<form>_invalid_<slot>` says what is wrong with an answer.
        words: a pattern of the words by which users name it when they correct it.
        read: reads the answer to its own question.
        volunteered: reads what a message says about it although something else was asked.
        skipped: its value when the user has nothing to give; None if it is required.
        story: any words will do, so only a clear question or command is an aside.
        adds: what is volunteered adds to what is there.
        alone: a message that is this and nothing else gives the field a new value, whatever was asked.
        sent: what may be sent instead of words to answer it (`Said.sent`).
        needed: whether it is asked at all.
    """

    slot: str
    words: str
    read: Reader
    volunteered: Reader = nothing
    skipped: Any = None
    story: bool = False
    adds: bool = False
    alone: re.Pattern[str] | None = None
    sent: frozenset[str] = frozenset()
    needed: Callable[[Slots], bool] = lambda slots: True

    def hears(self, said: Said) -> bool:
        """Whether a message can speak of it: words can, a picture only of what may be sent."""
        return not said.sent or said.sent in self.sent

    def takes(self, said: Said, slots: Slots) -> bool:
        """Whether it hears what a message volunteers: it is empty, it adds, or the message speaks of nothing else."""
        only = self.alone is not None and self.alone.fullmatch(said.text.strip(" 。.，,")) is not None
        return only or self.adds or slots.get(self.slot) is None


def volunteered(fields: tuple[Field, ...], said: Said, slots: Slots, asked: Field | None = None) -> dict[str, Any]:
    """What a message says about fields that were not asked for."""
    hearing = [field for field in fields if field is not asked and field.hears(said) and field.takes(said, slots)]
    found = {field.slot: field.volunteered(said, slots) for field in hearing}
    return {slot: value for slot, value in found.items() if value is not None}


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
        slots = dict(tracker.slots)
        taken: dict[str, Any] = {}
        if _just_said(tracker):
            asked = next((field for field in self.fields if field.slot == slots.get("requested_slot")), None)
            said = Said.latest(tracker)
            numbered = self.numbered(slots)
            correction = find_correction(said, [field.words for field in numbered])
            if not correction and asked and self._is_aside(said, asked, slots):
                return []
            corrected = numbered[correction.index] if correction else None
            taken = self._correct(dispatcher, said, corrected, correction, slots) if corrected and correction else self._take(dispatcher, said, asked, slots)
        taken = self.settle(taken, slots)
        slots.update(taken)
        for remark in self.remarks(taken):
            dispatcher.utter_message(**remark)
        missing = (field.slot for field in self.fields if slots.get(field.slot) is None and field.needed(slots))
        return [*(SlotSet(slot, value) for slot, value in taken.items()), SlotSet("requested_slot", next(missing, None))]

    def numbered(self, slots: Slots) -> tuple[Field, ...]:
        """The fields that may be corrected, in the order of their numbers for the user."""
        return self.fields

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """What follows from the values just taken; the default changes nothing."""
        return taken

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """Responses (with their values) that a value just taken calls for."""
        return []

    def _is_aside(self, said: Said, asked: Field, slots: Slots) -> bool:
        """Whether the message speaks past the form: danger, a command, a question or small talk."""
        if said.form or (said.sent and not any(field.hears(said) for field in self.fields)):
            return True
        if "emergency" in (said.intent, said.decision):
            return said.text.strip("。.!！ ") not in self.harmless or screen(said.text) is not None
        if said.intent == "foreign_language" and language_of(said.text) != ENGLISH:
            return True
        if said.intent in ANSWERS | self.own:
            return False
        if asked.story:
            return self._leaves_story(said)
        if said.intent in LEAVING or said.asks or said.greets:
            return True
        readable = (asked.hears(said) and asked.read(said, slots) is not None) or (asked.skipped is not None and said.skips)
        return not readable and said.intent not in VAGUE and not volunteered(self.fields, said, slots, asked)

    @staticmethod
    def _leaves_story(said: Said) -> bool:
        if said.intent in LEAVING or said.greets:
            return len(said.text) <= SHORT
        return said.asks and said.decision == "answer" and len(said.text) <= QUESTION

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        found = volunteered(self.fields, said, slots, asked)
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
        form = self.name().removeprefix("validate_")
        dispatcher.utter_message(response=f"utter_{form}_invalid_{field.slot}")
        tries = int(slots.get(TRIES) or 0) + 1
        if tries >= PATIENCE:
            dispatcher.utter_message(response="utter_form_offer_person")
        return {**kept, TRIES: tries % PATIENCE}


def _just_said(tracker: Tracker) -> bool:
    """Whether the form hears this message for the first time: no other action has run since (Rasa notes the form itself before it asks us)."""
    actions = 0
    for event in reversed(tracker.events):
        if event["event"] == "user":
            break
        actions += event["event"] == "action"
    return actions <= 1

