"""The list of work items: filtered, sorted, and paged by the last row that was seen, so that a page costs the same wherever it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem
from backend.work_told import work_told
from weijing.workdays import SHANGHAI, today

LIMIT = 50
COUNTED = 1000
"""Rows that are counted; more are `1000` with `more` true."""
RUNNING = "ended_at IS NULL AND waiting_since IS NULL"
WARNINGS = {
    "red": f"{RUNNING} AND due_key < {{today}}", "yellow": f"{RUNNING} AND due_key >= {{today}} AND yellow_on <= {{today}}",
    "none": f"NOT ({RUNNING} AND due_key <> 'infinity' AND (due_key < {{today}} OR yellow_on <= {{today}}))",
}  # fmt: skip
EQUAL = ("kind", "state", "unit", "assignee", "urgency", "area", "topic")


@dataclass(frozen=True)
class Order:
    """One order of the list.

    Args:
        keys: columns by which it is unique.
        descending: newest first.
        types: SQL types of the keys in a cursor.
        read: takes a key out of a cursor.
    """

    keys: tuple[str, ...]
    types: tuple[str, ...]
    read: tuple[Callable[[Any], Any], ...]
    descending: bool = False

    def by(self) -> str:
        """The ORDER BY."""
        return ", ".join(f"{key} DESC" if self.descending else key for key in self.keys)

    def after(self, first: int) -> str:
        """The condition that a row comes after the values from parameter `first` on."""
        marks = ", ".join(f"${first + place}::{kind}" for place, kind in enumerate(self.types))
        return f"({', '.join(self.keys)}) {'<' if self.descending else '>'} ({marks})"


ORDERS = {
    "due": Order(("due_key", "number"), ("date", "text"), (date.fromisoformat, str)),
    "received": Order(("received_at", "number"), ("timestamptz", "text"), (datetime.fromisoformat, str), descending=True),
    "urgency": Order(("urgency", "received_at", "number"), ("backend.urgency", "timestamptz", "text"), (str, datetime.fromisoformat, str)),
}


async def list_work(request: web.Request) -> web.StreamResponse:
    """A page of those that are not merged into another, what is due first without `sort`.

    Raises:
        Problem: 400 for a cursor that was not given by this order.
    """
    asked = request.query
    name = asked.get("sort", "due")
    order, limit = ORDERS[name], int(asked.get("limit", LIMIT))
    where, values = conditions(asked)
    after = _cursor(asked["after"], name) if "after" in asked else []
    async with connected(request.app[POOL]) as connection:
        try:
            rows = await connection.fetch(*page(order, where, values, after, limit + 1))
        except asyncpg.DataError:  # a cursor that somebody made up
            raise _no_cursor() from None
        total = await _count(connection, where, values) if after or len(rows) > limit else len(rows)
    following = _cursor_of(order, name, rows[limit - 1]) if len(rows) > limit else None
    told = {"work": [work_told(row) for row in rows[:limit]], "next": following}
    return web.json_response(told | {"total": min(total, COUNTED), "more": total > COUNTED})


async def _count(connection: asyncpg.Connection, where: str, values: list[Any]) -> int:
    count = f"SELECT count(*) FROM (SELECT FROM backend.work WHERE {where} LIMIT {COUNTED + 1}) AS found"  # noqa: S608  our own words; values are parameters
    return int(await connection.fetchval(count, *values))


def page(order: Order, where: str, values: list[Any], after: list[Any], limit: int) -> tuple[Any, ...]:
    """The query of a page with its values."""
    beyond = f" AND {order.after(len(values) + 1)}" if after else ""
    query = f"SELECT * FROM backend.work WHERE {where}{beyond} ORDER BY {order.by()} LIMIT {limit}"  # noqa: S608  our own words; values are parameters
    return (query, *values, *after)


def conditions(asked: Mapping[str, str]) -> tuple[str, list[Any]]:
    """The filters as SQL with their values."""
    parts, values = ["merged_into IS NULL"], []

    def add(condition: str, value: Any) -> None:
        values.append(value)
        parts.append(condition.format(f"${len(values)}"))

    for name in EQUAL:
        if name in asked:
            add(f"{name} = {{}}", asked[name])
    if "supervision" in asked:
        add("supervision = {}", int(asked["supervision"]))
    if "complaint" in asked:
        add("complaint = {}", asked["complaint"] == "true")
    if asked.get("unassigned") == "true":
        parts.append("assignee IS NULL")
    if "q" in asked:
        known = "backend.pairs(words) @> backend.pairs({0}) AND " if len(asked["q"]) > 1 else ""
        add(f"{known}strpos(words, {{0}}) > 0", asked["q"].lower())
    if "received_from" in asked:
        add("received_at >= {}", _midnight(asked["received_from"]))
    if "received_to" in asked:
        add("received_at < {}", _midnight(asked["received_to"]) + timedelta(days=1))
    if "warning" in asked:
        parts.append(WARNINGS[asked["warning"]].format(today=f"DATE '{today()}'"))  # written out: PostgreSQL plans for any day at all else, and reads every row
    return " AND ".join(parts), values


def _midnight(value: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(value), time(), SHANGHAI)
    except ValueError:
        raise Problem(400, "invalid_parameter", "received_from, received_to: a day that there is") from None


def _cursor_of(order: Order, name: str, row: asyncpg.Record) -> str:
    keys = [value if isinstance(value, str) else value.isoformat() for value in (row[key] for key in order.keys)]
    return base64.urlsafe_b64encode(json.dumps([name, *keys]).encode()).decode()


def _cursor(text: str, name: str) -> list[Any]:
    order = ORDERS[name]
    try:
        given, *keys = json.loads(base64.urlsafe_b64decode(text))
        if given != name or len(keys) != len(order.keys) or keys[-1].strip() == "":
            raise ValueError(given)
        return [read(key) for read, key in zip(order.read, keys, strict=True)]
    except (ValueError, TypeError, AttributeError):
        raise _no_cursor() from None


def _no_cursor() -> Problem:
    return Problem(400, "invalid_parameter", "after: the `next` of a page in the same order")
