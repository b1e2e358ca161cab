"""How a work item reads in answers, and its rows locked as every writer locks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import asyncpg

from backend.problems import Problem, not_found
from backend.receipts import day, moment
from backend.steps import KINDS
from backend.work_states import ENDED
from weijing.workdays import today

PLAIN = (
    "number", "kind", "topic", "title", "state", "unit", "assignee", "urgency", "urgency_reasons", "area", "mode", "complaint", "against", "merged_into",
    "supervision", "version",
)  # fmt: skip


def work_told(row: asyncpg.Record | Mapping[str, Any]) -> dict[str, Any]:
    """A work item without its content."""
    days = {name: day(row[name]) for name in ("promised_on", "legal_on", "due_on")}
    return {name: row[name] for name in PLAIN} | days | {"received_at": moment(row["received_at"]), "warning": warning(row, today())}


def warning(row: asyncpg.Record | Mapping[str, Any], on: date) -> str:
    """`none`, `yellow` or `red` on that day; none while no clock runs."""
    if row["due_on"] is None or row["merged_into"] or row["state"] in ENDED or row["state"] == "supplement":
        return "none"
    if row["due_on"] < on:
        return "red"
    return "yellow" if row["yellow_on"] <= on else "none"


async def locked(connection: asyncpg.Connection, numbers: Iterable[str]) -> dict[str, asyncpg.Record]:
    """The items with those merged into them, by number. Matter before item, and in the order of their numbers: so no two writers wait for each other.

    Raises:
        Problem: 404 for a number without an item.
    """
    wanted = sorted(set(numbers))
    rows = await connection.fetch("SELECT number, kind FROM backend.work WHERE number = ANY($1) OR merged_into = ANY($1) ORDER BY number", wanted)
    for row in rows:
        await connection.execute(KINDS[f"{row['kind']}_no"].read, row["number"])
    query = "SELECT * FROM backend.work WHERE number = ANY($1) ORDER BY number FOR UPDATE"
    found = {row["number"]: row for row in await connection.fetch(query, [row["number"] for row in rows])}
    if not found.keys() >= set(wanted):
        raise not_found()
    return found


def fresh(row: asyncpg.Record, version: int) -> None:
    """Refuse who saw an older version.

    Raises:
        Problem: 409 `version_conflict`.
    """
    if row["version"] != version:
        raise Problem(409, "version_conflict", f"Somebody changed this item: it has version {row['version']} now. Load it again and decide again.")
