"""The audit trail as the console uses it: rows are added (`store.audit`), changes are told, and the whole chain is verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.audit import START, append, digest

__all__ = ["START", "append", "changes", "digest", "verify"]

_PAGE = text("SELECT seq, at, staff_id, act, object, detail, previous, hash FROM weijing.audit WHERE seq > :after ORDER BY seq LIMIT 1000")


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The facts of a change, for `append`: field -> from and to, of those fields that differ."""
    return {name: {"from": before[name], "to": after[name]} for name in names if before[name] != after[name]}


async def verify(engine: AsyncEngine) -> tuple[int, int | None]:
    """Read the whole trail: (rows that are whole, number of the first that is not, or None)."""
    after, previous = 0, START
    async with engine.connect() as connection:
        while rows := (await connection.execute(_PAGE, {"after": after})).mappings().all():
            for row in rows:
                if row["seq"] != after + 1 or row["previous"] != previous or row["hash"] != digest(row):
                    return after, int(row["seq"])
                after, previous = int(row["seq"]), str(row["hash"])
    return after, None
