"""What happened to a case in one line of time: the steps that the public sees, and the internal history that it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.api import Json
from console.cases.client import Unit
from console.cases.people import Colleague, name_of
from console.cases.words import ACTS, LEVELS, STATES


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Args:
        public: whether the citizen sees it.
        title: what it was.
        words: what was said, empty where nothing was.
        who: of the staff; empty for the public and the clock.
    """

    at: datetime
    public: bool
    title: str
    words: str
    who: str = ""


def timeline(item: Json, units: dict[str, Unit], people: dict[str, Colleague]) -> list[Entry]:
    """Everything, newest first."""
    public = [Entry(datetime.fromisoformat(one["at"]), True, one["name"], one["note"]) for one in item["steps"]]
    return sorted(public + internal(item, units, people), key=lambda one: (one.at, not one.public), reverse=True)


def internal(item: Json, units: dict[str, Unit], people: dict[str, Colleague]) -> list[Entry]:
    """The internal history in its order, oldest first."""
    return [Entry(datetime.fromisoformat(one["at"]), False, _title(one, units, people), one["reason"], _who(one, people)) for one in item["history"]]


def _who(line: Json, people: dict[str, Colleague]) -> str:
    if line["staff"]:
        return name_of(people, line["staff"])
    return {"answered": "群众", "supervise": "系统按期限"}.get(line["act"], "业务系统")


def _title(line: Json, units: dict[str, Unit], people: dict[str, Colleague]) -> str:
    act, before, after = ACTS[line["act"]], line["from"], line["to"]
    if line["act"] == "assign":
        return f"{act}：{_holder(before, units, people)} → {_holder(after, units, people)}"
    if line["act"] == "supervise":
        return f"{act}：{LEVELS[int(before)]} → {LEVELS[int(after)]}"
    if line["act"] == "merge" and after not in STATES:
        return f"{act}：{before} 并入 {after}"
    return f"{act}：{STATES[before].word} → {STATES[after].word}" if before in STATES and after in STATES else act


def _holder(value: str, units: dict[str, Unit], people: dict[str, Colleague]) -> str:
    unit, _, who = value.partition("/")
    name = units[unit].name if unit in units else unit
    return f"{name} {name_of(people, who)}".strip()
