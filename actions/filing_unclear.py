"""An answer of which only a part could be taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Unclear:
    """What is said, and what is kept until the rest is told.

    Args:
        say: what is missing, and how to answer.
        options: what to choose from, shown as buttons.
        kept: stands under `<field>?` in the answers when the next message is read.
    """

    say: str
    options: tuple[str, ...] = ()
    kept: Any = None


def part(field_id: str) -> str:
    """Where what is kept of a field stands among the answers."""
    return f"{field_id}?"
