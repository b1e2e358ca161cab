"""Legal limits 法定时限 of matters, and when they warn: yellow when little is left, red when it is over. Days are those of Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from weijing.settings import ROOT
from weijing.workdays import add_workdays, workdays_between

PATH = ROOT / "data" / "lookups" / "time_limits.yml"
LITTLE = 2
"""Workdays left at which every item is yellow; one with a long limit is at a quarter of it."""


@dataclass(frozen=True)
class Limit:
    """So many days, with the law and article that set them."""

    days: int
    workdays: bool
    law: str = ""
    article: str = ""

    def last_day(self, received: date) -> date:
        """The last day of the limit; the first day does not count (民法典 art. 201)."""
        return add_workdays(received, self.days) if self.workdays else received + timedelta(days=self.days)


def limit_of(kind: str, topic: str, *, complaint: bool) -> Limit | None:
    """The legal limit of a matter; None where none is confirmed. A filing's topic is the id of its definition."""
    rule = next((one for one in _rules() if _fits(one, kind, topic, complaint)), None)
    if rule is None or rule.get("unconfirmed"):
        return None
    return Limit(rule["days"], rule["day_kind"] == "workday", rule["law"], rule["article"])


def limit_of_item(record: dict[str, Any] | None) -> Limit | None:
    """The legal limit that a service item has; None where none is confirmed."""
    limit = (record or {}).get("time_limit") or {}
    days = limit.get("legal_days")
    return Limit(days, limit.get("day_kind") == "workday") if days else None


def yellow_on(received: date, due: date | None) -> date | None:
    """The day from which an item is yellow: a quarter of its workdays is left, or two."""
    if due is None:
        return None
    left = max(LITTLE, workdays_between(received, due) // 4)
    return add_workdays(due, -left)


def resumed(day: date | None, since: date, today: date, *, workdays: bool) -> date | None:
    """A last day after the clock stood from `since` to `today`."""
    if day is None or today <= since:
        return day
    return add_workdays(day, workdays_between(since, today)) if workdays else day + (today - since)


@lru_cache(maxsize=1)
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(YAML(typ="safe").load(PATH.read_text(encoding="utf-8")))


def _fits(rule: dict[str, Any], kind: str, topic: str, complaint: bool) -> bool:
    return rule["kind"] == kind and topic in rule.get("topics", (topic,)) and rule.get("complaint", complaint) == complaint
