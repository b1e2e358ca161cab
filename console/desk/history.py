"""What else the tables tell of a conversation: whose it is, how it was handed over and ended, what the bot made of each turn, which files came."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import TextClause

Row = dict[str, Any]
THOUGHTS = 8
_CONVERSATION = text("""
    SELECT c.openid, c.channel, c.owner, c.owner_at, c.assignee, s.name AS assignee_name, c.unit_id, u.name AS unit_name, c.waiting_since, c.claimed_at,
        c.urgency, c.first_at, c.last_user_at, c.user_messages, c.erased_at, h.reason, h.topic, h.intent, h.confidence, h.item, h.area
    FROM weijing.conversations c LEFT JOIN weijing.staff s ON s.id = c.assignee LEFT JOIN weijing.units u ON u.id = c.unit_id
    LEFT JOIN LATERAL (
        SELECT * FROM weijing.handoffs WHERE openid = c.openid AND (c.handoff IS NULL OR key = c.handoff) ORDER BY opened_at DESC LIMIT 1
    ) AS h ON true WHERE c.openid = :openid""")
_HANDOFFS = text("""
    SELECT h.key, h.reason, h.urgency, h.state, h.opened_at, h.closed_at, h.topic, h.item, h.area, h.end_state, s.name AS closed_by_name
    FROM weijing.handoffs h LEFT JOIN weijing.staff s ON s.id = h.closed_by WHERE h.openid = :openid ORDER BY h.opened_at DESC LIMIT 50""")
_THOUGHTS = text(f"""
    SELECT t.key, t.intent, t.confidence, t.decision, t.ranking, t.service_item, t.aspect, t.slots, t.model_id, t.data_commit, t.ms, t.error, t.at, m.text
    FROM weijing.turns t LEFT JOIN weijing.messages m ON m.key = t.key AND m.direction = 'user'
    WHERE t.openid = :openid AND t.intent IS NOT NULL ORDER BY t.at DESC LIMIT {THOUGHTS}""")  # noqa: S608  a constant of ours
_FILES = text("""
    SELECT id, key, kind, media_type, bytes, state, received_at, report_no FROM weijing.evidence
    WHERE openid = :openid AND source <> 'desk' ORDER BY received_at DESC LIMIT 200""")
_LAST_ITEM = text("SELECT service_item, aspect FROM weijing.turns WHERE openid = :openid AND service_item IS NOT NULL ORDER BY at DESC LIMIT 1")


class History:
    """Reads of one conversation beside its words."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def conversation(self, openid: str) -> Row:
        """Whose it is, and about what the last handoff was; the caller has made sure that it exists."""
        return (await self._all(_CONVERSATION, openid))[0]

    async def handoffs(self, openid: str) -> list[Row]:
        """The newest first."""
        return await self._all(_HANDOFFS, openid)

    async def thoughts(self, openid: str) -> list[Row]:
        """What the bot made of the last turns, the newest first."""
        return await self._all(_THOUGHTS, openid)

    async def files(self, openid: str) -> list[Row]:
        """What the citizen sent as files and is still there, or on its way; the newest first."""
        return await self._all(_FILES, openid)

    async def last_item(self, openid: str) -> tuple[str, str] | None:
        """(service item, aspect) that the citizen asked for last."""
        found = await self._all(_LAST_ITEM, openid)
        return (found[0]["service_item"], found[0]["aspect"] or "overview") if found else None

    async def _all(self, statement: TextClause, openid: str) -> list[Row]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement, {"openid": openid})).mappings()]
