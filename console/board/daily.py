"""The figures of whole days, kept in `weijing.daily_visits` and `weijing.daily_desk`, so that a page about 90 days reads some hundred rows.

A visit 来访 is what one user writes without a pause of 30 minutes. It is *contained* 机器人独立解决 when no handoff of this user was open from its beginning
until 24 h after its end; *satisfied* when, further, the user did not ask about the same item (or, without one, do the same thing) again within 72 h, nor call
the service bad 差 in the chat. A day is therefore final three days later; until then it is counted anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from console.context import CONSOLE
from store.db import FAULTS
from weijing.tasks import end
from weijing.workdays import SHANGHAI

log = logging.getLogger(__name__)

EVERY_S = 300.0
OPEN_DAYS = 4
"""A visit's outcome is known 72 h after its end: today and the three days before are counted anew."""
STRIDE = 7
"""Days that one transaction counts."""
SMALL_TALK = ("greet", "thank", "goodbye", "affirm", "deny", "cancel", "correct", "repeat", "help", "smalltalk", "out_of_scope", "rate_service")
"""Intents that say nothing of what a visit is about."""

_LOCK = text("SELECT pg_advisory_xact_lock(7261009)")
_KNOWN = text("SELECT (SELECT max(day) FROM weijing.daily_visits) AS last, (SELECT min(at) FROM weijing.turns) AS first")
_CLEAR = tuple(text(f"DELETE FROM weijing.{table} WHERE day >= :first AND day < :after") for table in ("daily_visits", "daily_desk"))  # noqa: S608  our own
_VISITS = text("""
    INSERT INTO weijing.daily_visits (day, intent, visits, turns, handed, contained, satisfied, answered, clarified, fallbacks, emergencies)
    WITH marked AS (
        SELECT openid, at, key, intent, service_item, decision, coalesce(at - lag(at) OVER w > interval '30 minutes', true) AS begins
        FROM weijing.turns WHERE at >= CAST(:begin AS timestamptz) - interval '1 day' AND at < CAST(:end AS timestamptz) + interval '1 day'
        WINDOW w AS (PARTITION BY openid ORDER BY at, key)
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY openid ORDER BY at, key) AS visit FROM marked
    ), visits AS (
        SELECT openid, min(at) AS began, max(at) AS ended, count(*) AS turns,
            (array_agg(intent ORDER BY at) FILTER (WHERE intent <> ALL (CAST(:small AS text[]))))[1] AS intent,
            array_agg(DISTINCT service_item) FILTER (WHERE service_item IS NOT NULL) AS items,
            array_agg(DISTINCT intent) FILTER (WHERE intent <> ALL (CAST(:small AS text[]))) AS intents,
            count(*) FILTER (WHERE decision = 'answer') AS answered, count(*) FILTER (WHERE decision = 'clarify') AS clarified,
            count(*) FILTER (WHERE decision IN ('fallback', 'error')) AS fallbacks, count(*) FILTER (WHERE decision = 'emergency') AS emergencies
        FROM numbered GROUP BY openid, visit HAVING min(at) >= :begin AND min(at) < :end
    ), judged AS (
        SELECT v.*,
            EXISTS (SELECT FROM weijing.handoffs h WHERE h.openid = v.openid AND h.opened_at <= v.ended + interval '24 hours'
                AND coalesce(h.closed_at, 'infinity') >= v.began) AS handed,
            EXISTS (SELECT FROM weijing.turns t WHERE t.openid = v.openid AND t.at > v.ended + interval '30 minutes' AND t.at <= v.ended + interval '72 hours'
                AND (t.service_item = ANY (v.items) OR (t.service_item IS NULL AND t.intent = ANY (v.intents)))) AS back,
            EXISTS (SELECT FROM weijing.messages m WHERE m.openid = v.openid AND m.direction = 'user' AND m.at >= v.began
                AND m.at <= v.ended + interval '72 hours' AND length(m.text) <= 20 AND m.text ~ '(差|差评)[。！!]?$|不满意') AS poor
        FROM visits v
    )
    SELECT CAST(began AT TIME ZONE 'Asia/Shanghai' AS date), coalesce(intent, ''), count(*), sum(turns), count(*) FILTER (WHERE handed),
        count(*) FILTER (WHERE NOT handed), count(*) FILTER (WHERE NOT (handed OR back OR poor)),
        sum(answered), sum(clarified), sum(fallbacks), sum(emergencies)
    FROM judged GROUP BY 1, 2""")
_DESK = text("""
    INSERT INTO weijing.daily_desk (day, reason, handoffs, answered, in_60s, in_5min, answer_s, ended, end_s)
    SELECT CAST(opened_at AT TIME ZONE 'Asia/Shanghai' AS date), reason, count(*), count(answered), count(*) FILTER (WHERE answered <= 60),
        count(*) FILTER (WHERE answered <= 300), coalesce(sum(answered), 0), count(ended), coalesce(sum(ended), 0)
    FROM (
        SELECT h.opened_at, h.reason, extract(epoch FROM said.at - h.opened_at) AS answered,
            CASE WHEN h.state = 'done' THEN extract(epoch FROM h.closed_at - h.opened_at) END AS ended
        FROM weijing.handoffs h LEFT JOIN LATERAL (SELECT at FROM weijing.messages m WHERE m.openid = h.openid AND m.direction = 'staff'
            AND m.at >= h.opened_at AND m.at <= coalesce(h.closed_at, 'infinity') ORDER BY at LIMIT 1) said ON true
        WHERE h.opened_at >= :begin AND h.opened_at < :end
    ) AS one GROUP BY 1, 2""")


async def count_days(engine: AsyncEngine, today: date | None = None) -> int:
    """Bring the figures up to date; returns how many days were counted. Processes that count at once do it one after the other."""
    today = today or datetime.now(SHANGHAI).date()
    async with engine.connect() as connection:
        known = (await connection.execute(_KNOWN)).one()
    oldest = known.first.astimezone(SHANGHAI).date() if known.first else today
    first = min(known.last or oldest, today) - timedelta(days=OPEN_DAYS - 1) if known.last else oldest
    days = 0
    while first <= today:
        after = min(first + timedelta(days=STRIDE), today + timedelta(days=1))
        async with engine.begin() as connection:
            await connection.execute(_LOCK)
            await _count(connection, first, after)
        days, first = days + (after - first).days, after
    return days


async def _count(connection: AsyncConnection, first: date, after: date) -> None:
    for statement in _CLEAR:
        await connection.execute(statement, {"first": first, "after": after})
    bounds = {"begin": datetime.combine(first, time(), SHANGHAI), "end": datetime.combine(after, time(), SHANGHAI)}
    await connection.execute(_VISITS, {**bounds, "small": list(SMALL_TALK)})
    await connection.execute(_DESK, bounds)


async def keep_counting(app: web.Application) -> AsyncIterator[None]:
    """Count at start and every five minutes while the console runs (an aiohttp cleanup context)."""
    task = asyncio.create_task(_keep(app[CONSOLE].engine))
    yield
    await end(task)


async def _keep(engine: AsyncEngine) -> None:
    while True:
        try:
            await count_days(engine)
        except FAULTS as error:
            log.warning("the figures by day are not counted now (%s)", type(error).__name__)
        await asyncio.sleep(EVERY_S)
