"""What a form asks for: a field knows the words for it and how to read them; forms are lists of fields (`actions/form.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.said import Said

Slots = Mapping[str, Any]
Reader = Callable[[Said, Slots], Any]
"""The value that a message gives to a field, None if it gives none that can be taken."""


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

    @property
    def label(self) -> str:
        """Its name for the user: the first of its words."""
        return self.words.partition("|")[0]

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
