"""A service item 事项 as a record; `docs/service-items.md` tells how to write one field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

CATEGORIES: Mapping[str, str] = {
    "hukou": "户政", "id_card": "身份证", "residence_permit": "居住证", "exit_entry": "出入境", "traffic": "交管",
    "public_order": "治安", "cyber": "网安", "anti_fraud": "反诈与报案", "legal": "执法与监督",
}  # fmt: skip
ASPECTS: Mapping[str, str] = {
    "overview": "简介", "materials": "材料", "fee": "费用", "time_limit": "办理时限", "procedure": "办理流程", "conditions": "办理条件",
    "where": "办理地点", "online": "网上办理", "legal_basis": "法律依据", "validity": "有效期", "who": "谁来办",
}  # fmt: skip
MAY_BE_UNCONFIRMED = ("materials", "fee", "time_limit", "procedure", "conditions", "where", "online", "validity")
"""Each of these is either filled or named in `unconfirmed`."""


@dataclass(frozen=True)
class Material:
    """One paper to bring; `note` says more about it. `when`: see `Situation`."""

    name: str
    form: Literal["original", "copy", "both", "electronic"]
    note: str = ""
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Charge:
    """One line of the fee schedule, in yuan. `when`: see `Situation`."""

    what: str
    yuan: float
    note: str = ""
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fee:
    """The charges; no charges and a note says in words what applies (e.g. free by law)."""

    charges: tuple[Charge, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class TimeLimit:
    """The authority's limit by law and the one it promises; 日 of the law stays 日, never converted into workdays or back."""

    legal_days: int | None = None
    promised_days: int | None = None
    day_kind: Literal["calendar", "workday"] = "calendar"
    note: str = ""


@dataclass(frozen=True)
class Basis:
    """One source: a law with its article as printed (「第十二条第三款」), or a document with its number.

    `aspects` names what it supports; empty, it supports the whole item.
    """

    law: str
    article: str = ""
    year: int | None = None
    document_no: str = ""
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What takes the place of an item's own fields; None leaves the field as it is."""

    conditions: tuple[str, ...] | None = None
    materials: tuple[Material, ...] | None = None
    fee: Fee | None = None
    time_limit: TimeLimit | None = None
    procedure: tuple[str, ...] | None = None
    where: str | None = None
    online: str | None = None
    validity: str | None = None
    who: str | None = None


@dataclass(frozen=True)
class Choice:
    """One answer to a situation's question.

    Args:
        name: at most 10 characters: a button, and what `when` refers to.
        words: other words by which a message tells it.
        changes: what is then different.
        item: the other item that answers then.
    """

    name: str
    words: tuple[str, ...] = ()
    changes: Changes = Changes()
    item: str = ""


@dataclass(frozen=True)
class Situation:
    """A question about the person that changes an answer, with 2 to 4 choices.

    A material or charge whose `when` names choices of it is needed in these alone; who has not told yet sees all, with their `when`.
    """

    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Region:
    """What differs in a province or city (`weijing.places`), and the rule that says so."""

    place: str
    legal_basis: tuple[Basis, ...]
    changes: Changes


@dataclass(frozen=True)
class ServiceItem:
    """One service item; `valid_from` is the day its facts were checked, `review_by` the last day it is answered without a warning."""

    id: str
    name: str
    category: str
    summary: str
    audience: str
    legal_basis: tuple[Basis, ...]
    questions: tuple[str, ...]
    valid_from: date
    review_by: date
    owner: str
    aliases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    fee: Fee = Fee()
    time_limit: TimeLimit = TimeLimit()
    procedure: tuple[str, ...] = ()
    where: str = ""
    online: str = ""
    validity: str = ""
    who: str = ""
    situations: tuple[Situation, ...] = ()
    related: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    risk: Literal["low", "medium", "high"] = "low"

    def expired(self, today: date) -> bool:
        """Whether its review is overdue."""
        return today > self.review_by

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON holds it: lists, ISO dates."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
