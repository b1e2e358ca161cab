"""What the measures may not fall below (tests/nlu/floors.yml); a release that breaks one is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from bot.evaluation.measures import ERRORS, SHARES, IntentRow, Share
from bot.evaluation.questions import FLOORS
from weijing.errors import InputError

Floors = Mapping[str, float]
MACRO_F1, LEAST_F1 = "macro_f1", "least_f1"
"""Beside the names of `SHARES`: the mean of all intents' F1, and the F1 that no intent may miss."""


def read_floors(folder: Path) -> Floors:
    """The floors beside the messages; none where the file is absent.

    Raises:
        InputError: a name that is no measure, or a bound that is no share.
    """
    file = folder / FLOORS
    if not file.is_file():
        return {}
    floors: dict[str, float] = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
    for name, bound in floors.items():
        if name not in {*SHARES, MACRO_F1, LEAST_F1} or not isinstance(bound, (int, float)) or not 0 <= bound <= 1:
            raise InputError(f"{file.name}: {name}: {bound} is no measure with a share between 0 and 1; known are {', '.join([*SHARES, MACRO_F1, LEAST_F1])}")
    return floors


def broken_floors(floors: Floors, found: Mapping[str, Share], macro: float, rows: Sequence[IntentRow]) -> Iterator[str]:
    """A sentence for each floor that does not hold."""
    values = {**{name: share.value for name, share in found.items()}, MACRO_F1: macro}
    for name, bound in floors.items():
        if name == LEAST_F1:
            yield from (f"F1 of {row.intent} is {row.f1:.3f}, the floor is {bound}" for row in rows if row.f1 < bound)
        elif values[name] > bound if name in ERRORS else values[name] < bound:
            yield f"{name} is {values[name]:.4f}, it may be {'at most' if name in ERRORS else 'at least'} {bound}"
