"""A conversation as staff read it: what was said, what the bot made of it, how it reached the user; with notes and changes of the owner beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

PAGE = 50
_MESSAGES = sa.text("""
    SELECT m.id, m.key, m.direction, m.kind, m.text, m.bubbles, m.at, m.staff_id, s.name AS staff_name,
        t.intent, t.confidence, t.decision, t.ranking, t.service_item, t.aspect, t.error,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('via', d.via, 'outcome', d.outcome, 'errcode', d.errcode, 'at', d.at) ORDER BY d.id), '[]')
         FROM weijing.deliveries d WHERE d.key = m.key AND m.direction <> 'user') AS deliveries
    FROM (
        SELECT * FROM weijing.messages WHERE openid = :openid AND (at, id) < (:at, :id) ORDER BY at DESC, id DESC LIMIT :limit
    ) AS m LEFT JOIN weijing.turns t ON t.key = m.key AND m.direction = 'user' LEFT JOIN weijing.staff s ON s.id = m.staff_id
    ORDER BY m.at DESC, m.id DESC""")
_NOTES = sa.text("""
    SELECT n.id, n.staff_id, s.name AS staff_name, n.text, n.at FROM weijing.notes n LEFT JOIN weijing.staff s ON s.id = n.staff_id
    WHERE n.openid = :openid ORDER BY n.at, n.id""")
_DEEDS = sa.text("""
    SELECT d.id, d.deed, d.by, b.name AS by_name, d.assignee, a.name AS assignee_name, d.previous, d.unit_id, d.note, d.at FROM weijing.desk_deeds d
    LEFT JOIN weijing.staff b ON b.id = d.by LEFT JOIN weijing.staff a ON a.id = d.assignee WHERE d.openid = :openid ORDER BY d.at, d.id""")
_FAILED = ("dead", "held", "retry")
"""Outcomes after which the user has not read a reply yet."""


@dataclass(frozen=True)
class TranscriptPage:
    """Messages, oldest first, each with `deliveries` (oldest first) and the turn's members; `before` opens the page of older ones."""

    messages: list[dict[str, Any]]
    before: tuple[datetime, int] | None


class Transcript:
    """Reads of one conversation."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, openid: str, before: tuple[datetime, int] | None = None, limit: int = PAGE) -> TranscriptPage:
        """The newest messages, or those before."""
        at, number = before or (datetime.max, 2**62)
        values = {"openid": openid, "at": at, "id": number, "limit": limit + 1}
        async with self._engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(_MESSAGES, values)).mappings()]
        shown = rows[:limit]
        more = (shown[-1]["at"], shown[-1]["id"]) if len(rows) > limit else None
        return TranscriptPage([{**row, "state": state_of(row)} for row in reversed(shown)], more)

    async def notes(self, openid: str) -> list[dict[str, Any]]:
        """What staff wrote for each other, oldest first."""
        return await self._all(_NOTES, openid)

    async def deeds(self, openid: str) -> list[dict[str, Any]]:
        """Who had it from when to when, oldest first."""
        return await self._all(_DEEDS, openid)

    async def _all(self, statement: sa.sql.elements.TextClause, openid: str) -> list[dict[str, Any]]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement, {"openid": openid})).mappings()]


def state_of(message: dict[str, Any]) -> str:
    """How far a message to the user has come: `sending`, `delivered`, `held` (until the user writes), `retry` or `dead`; empty for one of the user's."""
    if message["direction"] == "user":
        return ""
    last = message["deliveries"][-1]["outcome"] if message["deliveries"] else ""
    return last if last in _FAILED else "delivered" if last in ("delivered", "sent") else "sending"
