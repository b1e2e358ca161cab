"""The held-out messages under tests/nlu, with their right labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from weijing.errors import InputError

FLOORS = "floors.yml"
"""Beside the messages: what the measures may not fall below."""
_KNOWN = {"text", "intent", "item", "aspect", "also"}


@dataclass(frozen=True)
class Question:
    """One message and what is right for it.

    Args:
        text: as a user would send it.
        intent: the right intent; `also` holds others that are right too.
        items, aspects: of a guide question; any of them is right, none means that it is not judged.
        source: file and line.
    """

    text: str
    intent: str
    also: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    source: str = ""

    @property
    def intents(self) -> frozenset[str]:
        """Every intent that is right."""
        return self.also | {self.intent}


def read_questions(folder: Path) -> list[Question]:
    """Every message of a folder's YAML files, in the order of files and lines.

    Raises:
        InputError: there is none, or a record is not `{text, intent, item?, aspect?, also?}`.
    """
    files = sorted(file for file in folder.glob("*.yml") if file.name != FLOORS)
    questions = [question for file in files for question in _of_file(file)]
    if not questions:
        raise InputError(f"no messages in {folder}: give a folder of YAML files with a list of {{text, intent}}")
    return questions


def _of_file(file: Path) -> Iterator[Question]:
    try:
        rows: Any = YAML().load(file.read_text(encoding="utf-8")) or []
    except YAMLError as error:
        raise InputError(f"{file.name} is no YAML: {error}") from error
    for number, row in enumerate(rows):
        source = f"{file.name}:{rows.lc.item(number)[0] + 1}"
        if not isinstance(row, dict) or not {"text", "intent"} <= set(row) <= _KNOWN:
            raise InputError(f"{source} is not {{text, intent, item?, aspect?, also?}}")
        yield Question(str(row["text"]), str(row["intent"]), frozenset(_listed(row.get("also"))), _listed(row.get("item")), _listed(row.get("aspect")), source)


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
