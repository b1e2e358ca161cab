"""The fields of a service item as a trainer types and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.workbench.item_lines import TITLES, plain, read, typed
from weijing.refusals import DeskRefused
from weijing.service_item import MAY_BE_UNCONFIRMED

LINES = ("aliases", "conditions", "materials", "fee", "time_limit", "procedure", "legal_basis", "regions", "questions")
DAYS = ("valid_from", "review_by")
LONGEST, MOST = 2000, 60


def fields(record: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, kind, what is typed) of each field that can be edited; `kind` is line, lines or day.

    A field with more to it than its lines say is left to who edits the file, and so is `unconfirmed`, which follows from what is filled.
    """
    kinds = {**dict.fromkeys(LINES, "lines"), **dict.fromkeys(DAYS, "day")}
    return [(name, kinds.get(name, "line"), typed(name, record.get(name))) for name in TITLES if name != "unconfirmed" and _said_by_lines(name, record)]


def _said_by_lines(name: str, record: Mapping[str, Any]) -> bool:
    value = plain(record.get(name))
    try:
        return name not in LINES or not value or read(name, typed(name, value)) == value
    except DeskRefused:
        return False


def changes(record: Mapping[str, Any], form: Mapping[str, list[str]]) -> dict[str, Any]:
    """Field -> new value of what was typed otherwise than it stands.

    Raises:
        DeskRefused: 422, naming the field.
    """
    found: dict[str, Any] = {}
    for name, kind, old in fields(record):
        new = (form.get(name) or [old])[0].replace("\r\n", "\n").strip()
        if len(new) > LONGEST * (4 if kind == "lines" else 1) or len(new.splitlines()) > MOST or "\x00" in new:
            raise DeskRefused(f"「{TITLES[name]}」要改一下", f"太长了，请写短一些，最多 {MOST} 行。", 422)
        if new != old.strip():
            found[name] = read(name, new) if kind == "lines" else new
    return found | _unconfirmed(record, found)


def _unconfirmed(record: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is emptied is not confirmed any more, what is filled is."""
    before = list(record.get("unconfirmed") or [])
    after = [name for name in MAY_BE_UNCONFIRMED if (not found[name] if name in found else name in before)]
    return {} if set(after) == set(before) else {"unconfirmed": after}
