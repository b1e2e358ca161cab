"""The ladder of supervision 督办: level 1 when an item turns yellow, 2 when it is red, 3 when it is five workdays over; staff set a level with a reason."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import transaction
from backend.work import HISTORY
from backend.work_list import RUNNING
from backend.work_moves import do
from weijing.workdays import add_workdays, today

OVER = 5
"""Workdays over the last day, after which nothing but the top level is left."""
CLIMB = f"""
    WITH due AS (
        SELECT number, supervision AS had, CASE WHEN due_key < $2 THEN 3 WHEN due_key < $1 THEN 2 ELSE 1 END AS level
          FROM backend.work WHERE {RUNNING} AND merged_into IS NULL AND (due_key < $1 OR yellow_on <= $1) FOR UPDATE SKIP LOCKED
    ), risen AS (
        UPDATE backend.work SET supervision = level, version = version + 1 FROM due WHERE due.number = work.number AND level > had
        RETURNING work.number, had, level
    )
    INSERT INTO backend.work_history (number, staff, act, from_state, to_state) SELECT number, '', 'supervise', had::text, level::text FROM risen
"""  # noqa: S608  our own words
SET = "UPDATE backend.work SET supervision = $2, version = version + 1 WHERE number = $1 RETURNING *"


async def climb(pool: asyncpg.Pool) -> None:
    """Raise what the calendar raises; what is locked just now is raised the next time. It never lowers a level."""
    async with transaction(pool) as connection:
        await connection.execute(CLIMB, today(), add_workdays(today(), -OVER))


async def supervise(request: web.Request) -> web.StreamResponse:
    """Set a level by hand, with a reason.

    Raises:
        Problem: 404 unknown number.
    """
    body = request[BODY]

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, _: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        await connection.execute(HISTORY, row["number"], body["staff"], "supervise", str(row["supervision"]), str(body["level"]), body["reason"])
        return await connection.fetchrow(SET, row["number"], body["level"])

    return await do(request, deed)
