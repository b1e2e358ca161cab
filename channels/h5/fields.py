"""Fields of a form as a user fills them in: read, checked, and given back with a sentence where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weijing.normalise import narrow

Check = Callable[[str], str]
"""The sentence that says what is wrong and what to do, empty when nothing is."""


@dataclass(frozen=True)
class Field:
    """One field.

    Args:
        tidy: what it is written like when it is right.
    """

    name: str
    check: Check
    tidy: Callable[[str], str] = str.strip
    longest: int = 60


@dataclass(frozen=True)
class Filled:
    """A form that was sent.

    Args:
        values: by field, tidied.
        errors: sentence by field; empty when the form may be taken.
    """

    values: dict[str, str]
    errors: dict[str, str]


def read_fields(sent: Mapping[str, Any], fields: tuple[Field, ...]) -> Filled:
    """Read and check; a file where words belong reads as nothing."""
    raw = {field.name: sent.get(field.name, "") for field in fields}
    values = {field.name: field.tidy(value)[: field.longest + 1] if isinstance(value := raw[field.name], str) else "" for field in fields}
    errors = {field.name: field.check(values[field.name]) for field in fields}
    return Filled(values, {name: sentence for name, sentence in errors.items() if sentence})


def compact(text: str) -> str:
    """Half-width, capitals, without blanks: how numbers are written."""
    return "".join(narrow(text).split()).upper()
