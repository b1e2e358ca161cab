"""What the queue is narrowed to: the filter form as it stands in an address, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from console.desk.words import AGES, END_STATES, REASONS
from console.staff import Staff
from store.desk_queue import Filters, View
from weijing.refusals import DeskRefused

LONGEST = 40
WORDS = ("owner", "unit", "urgency", "reason", "topic", "intent", "area", "end_state", "q")
"""Fields of the form that are words; beside them `sure` (percent) and `age` (minutes)."""
_CHOICES = {"owner": {"waiting", "staff"}, "urgency": {"urgent", "normal"}, "reason": set(REASONS), "end_state": set(END_STATES), "age": set(AGES)}


@dataclass(frozen=True)
class Asked:
    """A view and what its rows must be.

    Args:
        fields: of the form, those that are filled.
        after: the cursor of a further page.
        opened: whose conversation is open.
    """

    view: View
    fields: dict[str, str]
    after: str = ""
    opened: str = ""

    @property
    def query(self) -> str:
        """The filled fields as an address has them."""
        return urlencode(self.fields)

    def filters(self, staff: Staff) -> Filters:
        """For the store; who is no supervisor sees what his unit may see."""
        named = {name: value for name, value in self.fields.items() if name in WORDS and name != "q"}
        sure, age = self.fields.get("sure"), self.fields.get("age")
        return Filters(
            **named, words=self.fields.get("q") or None, confidence_below=int(sure) / 100 if sure else None, waited_minutes=int(age) if age else None,
            within=None if staff.has("supervisor") else staff.unit_id or "",
        )  # fmt: skip


def asked(view: View, query: Mapping[str, str]) -> Asked:
    """What an address asks for.

    Raises:
        DeskRefused: a field holds what it cannot.
    """
    fields = {name: query[name].strip() for name in (*WORDS, "sure", "age") if query.get(name, "").strip()}
    for name, value in fields.items():
        if len(value) > LONGEST or (name in _CHOICES and value not in _CHOICES[name]) or (name == "sure" and not (value.isdecimal() and int(value) <= 100)):
            raise DeskRefused("筛选条件不对", "请清除筛选，重新选择。", 422)
    return Asked(view, fields, query.get("after", "")[:400], query.get("open", "")[:64])
