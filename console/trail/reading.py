"""Looking things up in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.page import SHANGHAI
from console.trail.words import act_words, detail_words

PAGE = 100
_ROW = "SELECT a.seq, a.at, a.staff_id, p.name, a.act, a.object, a.detail FROM weijing.audit a LEFT JOIN weijing.staff p ON p.id = a.staff_id"
_THING = "(a.object = :object OR (a.object ~>=~ (:object || '/') AND a.object ~<~ (:object || '0')))"
"""The thing and its pieces: what begins with it and a slash, in the order of bytes ('0' follows '/'), so that the index finds them."""
_BY_PERSON = text(f"""
    SELECT a.staff_id, p.name, count(*) AS times, min(a.at) AS first, max(a.at) AS last FROM weijing.audit a LEFT JOIN weijing.staff p ON p.id = a.staff_id
    WHERE {_THING} GROUP BY a.staff_id, p.name ORDER BY max(a.at) DESC""")  # noqa: S608  our own words; values are bound
_BY_ACT = "SELECT a.act, count(*) AS times, min(a.at) AS first, max(a.at) AS last FROM weijing.audit a"
_PEOPLE = text("SELECT id, name FROM weijing.staff ORDER BY active DESC, id")


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty fields look for all.

    Args:
        object: the whole name of an object, which its pieces (`number/evidence`) belong to, or with `part` a piece of it.
        before, after: rows older, newer than this one; 0 asks nothing.
    """

    who: str = ""
    act: str = ""
    object: str = ""
    since: date | None = None
    until: date | None = None
    before: int = 0
    after: int = 0
    part: bool = True

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """From an address; what cannot be read looks for all."""
        words = {name: query.get(name, "").replace("\0", "").strip()[:200] for name in ("who", "act", "object")}
        before, after = (int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 18 else 0 for mark in (query.get("before", ""), query.get("after", "")))
        days = (day_of(query.get("since", "")), day_of(query.get("until", "")))
        return cls(words["who"], words["act"], words["object"], *days, before=before, after=after)

    def told(self) -> dict[str, str]:
        """The filters that are set, for a link or the trail."""
        found = {"who": self.who, "act": self.act, "object": self.object, "since": self.since or "", "until": self.until or ""}
        return {name: str(value) for name, value in found.items() if value}


async def rows(connection: AsyncConnection, asked: Asked, limit: int, *, oldest_first: bool = False) -> list[dict[str, Any]]:
    """The rows that fit, newest first unless told otherwise, with their words."""
    tests, values = _where(asked)
    order = "ASC" if oldest_first else "DESC"
    statement = text(f"{_ROW} WHERE {' AND '.join(tests)} ORDER BY a.seq {order} LIMIT :limit")  # our own words; values are bound
    found = (await connection.execute(statement, {**values, "limit": limit})).mappings()
    return [{**row, "words": act_words(row["act"]), "facts": detail_words(row["detail"]), "refused": bool(row["detail"].get("refused"))} for row in found]


async def by_person(connection: AsyncConnection, thing: str) -> list[Any]:
    """Who read or did something with an object: how often, first and last."""
    return list((await connection.execute(_BY_PERSON, {"object": thing})).mappings())


async def by_act(connection: AsyncConnection, asked: Asked) -> list[Any]:
    """What was done how often among the rows that fit, the most frequent first, with the first and the last time."""
    tests, values = _where(asked)
    statement = text(f"{_BY_ACT} WHERE {' AND '.join(tests)} GROUP BY a.act ORDER BY count(*) DESC, a.act")  # our own words; values are bound
    return [{**row, "words": act_words(row["act"])} for row in (await connection.execute(statement, values)).mappings()]


async def people(connection: AsyncConnection) -> dict[str, str]:
    """Everybody who has or had an account: id -> name."""
    return {row.id: row.name for row in (await connection.execute(_PEOPLE)).all()}


def day_of(words: str) -> date | None:
    """A day as browsers write it, or nothing."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _where(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    tests, values = ["true"], dict[str, Any]()
    for name, test, value in (
        ("who", "a.staff_id = :who", asked.who),
        ("act", "a.act = :act", asked.act),
        ("object", "strpos(a.object, :object) > 0" if asked.part else _THING, asked.object),
        ("since", "a.at >= :since", asked.since and _midnight(asked.since)),
        ("until", "a.at < :until", asked.until and _midnight(asked.until + timedelta(days=1))),
        ("before", "a.seq < :before", asked.before),
        ("after", "a.seq > :after", asked.after),
    ):
        if value:
            tests.append(test)
            values[name] = value
    return tests, values


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
