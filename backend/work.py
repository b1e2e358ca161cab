"""Work items 办件: one row for each matter that staff bring to an end, opened in the transaction that makes the matter and moved with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg

from backend.time_limits import limit_of, limit_of_item, resumed, yellow_on
from backend.work_sources import PROMISES, SOURCES
from backend.work_states import ENDED, STATE, state_by
from weijing.workdays import SHANGHAI, today

FIRST_WORDS = 300
"""Letters of what was told by which a work item is found."""
OPEN = """
    INSERT INTO backend.work (number, kind, topic, title, words, state, unit, urgency, urgency_reasons, area, mode, complaint, against, received_at,
                              promised_on, legal_on, workdays, yellow_on, waiting_since, ended_at)
    SELECT $1, $2, $3, $4, $5, $6, coalesce((SELECT id FROM backend.units WHERE name = $7), $7), $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19::date, $20::timestamptz
    ON CONFLICT DO NOTHING
"""
HISTORY = "INSERT INTO backend.work_history (number, staff, act, from_state, to_state, reason) VALUES ($1, $2, $3, $4, $5, $6)"
MOVE = """
    UPDATE backend.work SET state = $2, promised_on = $3, legal_on = $4, yellow_on = $5, waiting_since = $6,
           ended_at = CASE WHEN $7 THEN coalesce(ended_at, now()) END, version = version + 1 WHERE number = $1 RETURNING *
"""


async def open_work(connection: asyncpg.Connection, kind: str, number: str) -> None:
    """Make the work item of a matter that was just written; the second time it does nothing."""
    row = await connection.fetchrow(f"SELECT * FROM ({SOURCES[kind]}) AS matter WHERE number = $1", number)  # noqa: S608  our own words
    await connection.execute(OPEN, *opened(kind, row))


async def fill_work(connection: asyncpg.Connection) -> None:
    """Make the work items of matters that have none: those of before there were work items, and those that the demo brings."""
    for kind, source in SOURCES.items():
        query = f"SELECT * FROM ({source}) AS matter WHERE NOT EXISTS (SELECT FROM backend.work WHERE work.number = matter.number)"  # noqa: S608
        await connection.executemany(OPEN, [opened(kind, row) for row in await connection.fetch(query)])


def opened(kind: str, row: asyncpg.Record) -> tuple[Any, ...]:
    """A row of the table."""
    received = row["received_at"].astimezone(SHANGHAI).date()
    topic = row["definition"] or row["topic"]
    limit = limit_of_item(row["item"]) if kind == "application" else limit_of(kind, topic, complaint=row["complaint"])
    legal = limit.last_day(received) if limit else None
    due = min((day for day in (row["promised_on"], legal) if day), default=None)
    state = STATE[kind][row["status"]]
    words = f"{row['number']} {row['title']} {row['area']} {row['content'][:FIRST_WORDS]}".lower()
    return (
        row["number"], kind, row["topic"], row["title"], words, state, row["unit"], row["urgency"], row["urgency_reasons"], row["area"], row["mode"],
        row["complaint"], row["against"], row["received_at"], row["promised_on"], legal, bool(limit and limit.workdays), yellow_on(received, due),
        today() if state == "supplement" else None, datetime.now(SHANGHAI) if state in ENDED else None,
    )  # fmt: skip


async def follow(connection: asyncpg.Connection, number: str, status: str) -> None:
    """Bring the work item to where the public or the bureau's own system brought its matter; a number without one is passed over."""
    row = await connection.fetchrow("SELECT * FROM backend.work WHERE number = $1 FOR UPDATE", number)
    if row and (state := state_by(row["kind"], row["state"], status)) != row["state"]:
        await move(connection, row, state, "step")


async def resume(connection: asyncpg.Connection, number: str) -> None:
    """The citizen has answered: what waited for it is worked on again."""
    row = await connection.fetchrow("SELECT * FROM backend.work WHERE number = $1 AND state = 'supplement' FOR UPDATE", number)
    if row:
        await move(connection, row, "processing", "answered")


async def move(connection: asyncpg.Connection, row: asyncpg.Record, to: str, act: str, staff: str = "", reason: str = "") -> asyncpg.Record:
    """Write the state with its dates, and a line of history; returns the new row, which `row` must have been locked for."""
    since, now = row["waiting_since"], today()
    promised, legal = row["promised_on"], row["legal_on"]
    if since and to != "supplement":
        promised = resumed(promised, since, now, workdays=row["workdays"] or row["kind"] == "filing")
        legal = resumed(legal, since, now, workdays=row["workdays"])
        if promised != row["promised_on"]:
            await connection.execute(PROMISES[row["kind"]], row["number"], promised)
    if row["kind"] == "report" and to in {"accepted", "processing"}:
        promised = None  # what is promised to a reporter is to be told of the reception (信访工作条例 art. 23)
    due = min((day for day in (promised, legal) if day), default=None)
    yellow = yellow_on(row["received_at"].astimezone(SHANGHAI).date(), due)
    waiting = (since or now) if to == "supplement" else None
    moved = await connection.fetchrow(MOVE, row["number"], to, promised, legal, yellow, waiting, to in ENDED)
    await connection.execute(HISTORY, row["number"], staff, act, row["state"], to, reason)
    return moved
