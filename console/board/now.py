"""What happens now: who waits, who works, what was promised and what was kept today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.board.words import share
from console.context import console_of
from console.desk.words import reason_words
from store.dead_letters import DeadLetters
from store.keys import PARTITIONS, key
from store.redis import FAULTS, Redis
from store.turns import now_ms
from weijing.errors import StoreUnavailable
from weijing.workdays import SHANGHAI

SILENT_S = 180
"""Seconds without a sign of life after which a person is shown as away."""
_QUEUE = text("""
    SELECT count(*) AS waiting, count(*) FILTER (WHERE rank < 2) AS urgent, min(waiting_since) AS since
    FROM weijing.conversations WHERE owner = 'waiting'""")
_HELD = text("SELECT count(*) AS held, min(until) AS until FROM weijing.held_answers WHERE state = 'waiting'")
_PEOPLE = text("""
    SELECT p.id, p.name, p.capacity, coalesce(c.mine, 0) AS mine, c.oldest, greatest(c.seen, s.seen, p.attended_at) AS seen, s.staff_id IS NOT NULL AS here
    FROM weijing.staff p
    LEFT JOIN (SELECT assignee, count(*) AS mine, min(waiting_since) AS oldest, max(assignee_seen_at) AS seen FROM weijing.conversations
        WHERE owner = 'staff' AND assignee IS NOT NULL GROUP BY assignee) c ON c.assignee = p.id
    LEFT JOIN (SELECT staff_id, max(seen_at) AS seen FROM weijing.staff_sessions WHERE revoked_at IS NULL AND expires_at > now()
        AND seen_at > now() - interval '30 minutes' GROUP BY staff_id) s ON s.staff_id = p.id
    WHERE p.active AND p.roles && ARRAY['agent', 'supervisor'] ORDER BY coalesce(c.mine, 0) DESC, s.staff_id IS NULL, p.name""")
_RELEASED = text("""
    SELECT d.openid, d.at, p.name AS previous, c.owner, c.urgency FROM weijing.desk_deeds d
    LEFT JOIN weijing.staff p ON p.id = d.previous LEFT JOIN weijing.conversations c ON c.openid = d.openid
    WHERE d.deed = 'released' AND d.at >= :midnight ORDER BY d.at DESC LIMIT 20""")
_TURNS = text("""
    SELECT count(*) AS turns, count(*) FILTER (WHERE decision = 'answer') AS answered, count(*) FILTER (WHERE decision IN ('fallback', 'error')) AS missed,
        count(DISTINCT openid) AS people FROM weijing.turns WHERE at >= :midnight""")
_HANDOFFS = text("""
    SELECT h.reason, count(*) AS handoffs, count(said.at) AS answered,
        count(*) FILTER (WHERE said.at <= h.opened_at + interval '60 seconds') AS in_60s,
        count(*) FILTER (WHERE said.at <= h.opened_at + interval '5 minutes') AS in_5min,
        count(*) FILTER (WHERE said.at IS NOT NULL OR h.opened_at < now() - interval '60 seconds') AS due_60s,
        count(*) FILTER (WHERE said.at IS NOT NULL OR h.opened_at < now() - interval '5 minutes') AS due_5min
    FROM weijing.handoffs h LEFT JOIN LATERAL (SELECT at FROM weijing.messages m WHERE m.openid = h.openid AND m.direction = 'staff'
        AND m.at >= h.opened_at ORDER BY at LIMIT 1) said ON true
    WHERE h.opened_at >= :midnight GROUP BY h.reason ORDER BY count(*) DESC""")


@dataclass(frozen=True)
class Letters:
    """What is on its way out: replies that are due, and those that nobody could deliver; None while Redis does not answer."""

    due: int | None = None
    dead: int | None = None


async def show_now(request: web.Request) -> web.StreamResponse:
    """The whole page."""
    return await _show(request, "board/now.html")


async def show_figures(request: web.Request) -> web.StreamResponse:
    """What changes on it."""
    return await _show(request, "board/now_figures.html")


async def _show(request: web.Request, template: str) -> web.StreamResponse:
    console = console_of(request)
    async with console.engine.connect() as connection:
        told = await read_now(connection)
    return console.pages.show(request, template, letters=await letters(console.redis), **told)


async def read_now(connection: AsyncConnection) -> dict[str, Any]:
    """Everything that PostgreSQL knows, for the template."""
    midnight = {"midnight": datetime.combine(datetime.now(SHANGHAI).date(), time(), SHANGHAI)}
    queue, held = (await connection.execute(_QUEUE)).one(), (await connection.execute(_HELD)).one()
    people, released = (await connection.execute(_PEOPLE)).all(), (await connection.execute(_RELEASED, midnight)).all()
    turns, handoffs = (await connection.execute(_TURNS, midnight)).one(), (await connection.execute(_HANDOFFS, midnight)).all()
    kept = {name: sum(getattr(row, name) for row in handoffs) for name in ("handoffs", "answered", "in_60s", "in_5min", "due_60s", "due_5min")}
    return {
        "queue": queue, "held": held, "people": people, "released": released, "turns": turns, "kept": kept,
        "reasons": [(reason_words(row.reason), row.handoffs) for row in handoffs], "sla_60s": share(kept["in_60s"], kept["due_60s"]),
        "sla_5min": share(kept["in_5min"], kept["due_5min"]), "silent_s": SILENT_S,
    }  # fmt: skip


async def letters(redis: Redis) -> Letters:
    """Counted over all partitions."""
    try:
        async with redis.pipeline(transaction=False) as pipe:
            for part in range(PARTITIONS):
                pipe.zcount(key(part, "due"), "-inf", now_ms())
            due = sum(await pipe.execute())
        return Letters(due, await DeadLetters(redis).count())
    except (*FAULTS, StoreUnavailable):
        return Letters()

