"""Edits of YAML that touch only the lines that change: ruamel tells where something stands, the text itself is spliced.

(Written back by ruamel, 48 of the project's files change elsewhere: aligned flow maps, folded lines.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

_PLAIN = re.compile(r"(?:[一-鿿A-Za-z0-9][^:#\[\]{},&*!|>'\"%@`\n]*)")
_WORDS = re.compile(r"(?i:true|false|yes|no|on|off|null|y|n|~|[\d.,:eE+_-]+|0x[\da-f]+)")


@dataclass(frozen=True)
class Spot:
    """A scalar in a text: line and column from 0, and what stands there."""

    line: int
    column: int
    value: str


def load(text: str) -> Any:
    """The text as YAML, with places."""
    return YAML().load(text)


def spots(text: str, keys: Iterable[str]) -> Iterator[Spot]:
    """Every scalar that is the value of one of these keys, or stands in its list."""
    yield from _spots(load(text), frozenset(keys))


def _spots(node: Any, keys: frozenset[str]) -> Iterator[Spot]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in keys and isinstance(value, str) and not isinstance(value, LiteralScalarString):
                yield Spot(*_place(node.lc.value(key)), value)  # type: ignore[attr-defined]  # ruamel's places
            elif key in keys and isinstance(value, list):
                yield from (Spot(*_place(value.lc.item(place)), one) for place, one in enumerate(value) if isinstance(one, str))  # type: ignore[attr-defined]
            yield from _spots(value, keys)
    elif isinstance(node, list):
        for one in node:
            yield from _spots(one, keys)


def _place(found: tuple[int, int]) -> tuple[int, int]:
    return found[0], found[1]


def replaced(text: str, keys: Iterable[str], old: str, new: str) -> str:
    """The text with `old` become `new` wherever it is a value of one of these keys."""
    if old not in text:
        return text
    lines = text.splitlines(True)
    for spot in sorted((one for one in spots(text, keys) if one.value == old), key=lambda one: (-one.line, -one.column)):
        line = lines[spot.line]
        lines[spot.line] = line[: spot.column] + line[spot.column :].replace(old, new, 1)
    return "".join(lines)


def scalar(value: str) -> str:
    """A string as YAML writes it: plain where it may be, else in quotes."""
    plain = _PLAIN.fullmatch(value) and not _WORDS.fullmatch(value) and value == value.strip()
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
