"""What a list of cases is asked for: the filters of its address, and whose cases they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from console.cases.client import Unit
from console.cases.reach import sees_complaints
from console.cases.words import KINDS, STATES, URGENCIES, WARNINGS
from console.staff import Staff

TEXTS = ("unit", "area", "topic", "q")
DAYS = ("received_from", "received_to")
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS), "state": tuple(STATES), "urgency": tuple(URGENCIES), "warning": ("yellow", "red", "none"), "sort": ("due", "received", "urgency"),
}  # fmt: skip
LONGEST = 64
SCOPES = {"mine": "我的", "unit": "本单位", "desk": "待分派", "all": "全部"}
"""Whose cases; `all` is for supervisors. 「待分派」 are those at a desk that nobody has."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURSOR = re.compile(r"[A-Za-z0-9_=-]{1,300}")
assert set(CHOICES["warning"]) == set(WARNINGS)


@dataclass(frozen=True)
class Filters:
    """Filters as they stand in the address; what is malformed is left out."""

    scope: str
    values: dict[str, str]
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], staff: Staff) -> Filters:
        """Those of an address, for this person."""
        usual = "all" if staff.has("supervisor") else "mine"
        scope = query.get("scope", usual)
        kept = {name: query[name] for name, allowed in CHOICES.items() if query.get(name) in allowed}
        kept |= {name: query[name].replace("\x00", "").strip()[:LONGEST] for name in TEXTS if query.get(name, "").strip()}
        kept |= {name: query[name] for name in DAYS if _DAY.fullmatch(query.get(name, ""))}
        after = query.get("after", "")
        return cls(scope if scope in scopes(staff) else usual, kept, after if _CURSOR.fullmatch(after) else "")

    def asked(self, staff: Staff, units: Mapping[str, Unit]) -> dict[str, str]:
        """What the API is asked: equality filters that are never wider than the person's reach, but for single rows that `may_see` takes out."""
        scope: dict[str, str] = {}
        if self.scope == "mine":
            scope = {"assignee": staff.id}
        elif self.scope == "unit":
            scope = {"unit": staff.unit_id or "-"}
        elif self.scope == "desk":
            scope = {"unit": next((one.id for one in units.values() if one.kind == "desk"), "-"), "unassigned": "true"}
        elif not sees_complaints(staff, units):
            scope = {"complaint": "false"}
        return {**self.values, **scope}

    def address(self, **changes: str) -> str:
        """The address of this list with changes; an empty value takes a filter away."""
        kept = {name: value for name, value in {"scope": self.scope, **self.values, **changes}.items() if value}
        return f"/cases?{urlencode(kept)}"

    def value(self, name: str) -> str:
        """One filter; empty where it is not set."""
        return self.values.get(name, "")

    @property
    def more(self) -> bool:
        """Whether one of the conditions is set that a page keeps folded."""
        return bool(self.values.keys() - {"q", "kind", "warning", "state"})

    @property
    def query(self) -> str:
        """The filters as a query string."""
        return urlencode({"scope": self.scope, **self.values})


def scopes(staff: Staff) -> dict[str, str]:
    """Those that a person may choose."""
    return {name: word for name, word in SCOPES.items() if name != "all" or staff.has("supervisor")}
