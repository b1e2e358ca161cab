"""Figures for the board: what came in by day, topic, and area and hour; states, what is overdue, and how long it takes to the end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem
from backend.work_list import RUNNING
from backend.work_told import work_told
from weijing.workdays import SHANGHAI, today

LONGEST = 366
"""Days that one answer spans."""
USUAL = 30
LISTED = 100
"""Overdue items and topics that one answer holds."""
COLUMNS = ("day", "kind", "topic", "area", "weekday", "hour", "state")
SETS = {
    "by_day": ("day", "kind"), "by_topic": ("kind", "topic"), "by_area_and_hour": ("area", "hour"), "by_weekday_and_hour": ("weekday", "hour"),
    "by_state": ("state",), "time_to_end": ("kind",),
}  # fmt: skip
"""Member of the answer -> what its rows are counted by; those by hour are of reports alone."""
FIGURES = f"""
    SELECT {", ".join(COLUMNS)}, grouping({", ".join(COLUMNS)}) AS left_out, count(*) AS count, count(*) FILTER (WHERE kind = 'report') AS reports,
        count(hours) AS ended, round(avg(hours)::numeric, 1)::float8 AS hours
    FROM (
        SELECT local::date AS day, date_part('isodow', local)::int AS weekday, date_part('hour', local)::int AS hour, kind, topic, area, state,
            CASE WHEN state <> 'withdrawn' THEN date_part('epoch', ended_at - received_at) / 3600 END AS hours
        FROM backend.work CROSS JOIN LATERAL (SELECT received_at AT TIME ZONE INTERVAL '8 hours') AS shanghai (local)
        WHERE received_at >= $1 AND received_at < $2
    ) AS one GROUP BY GROUPING SETS ({", ".join(f"({', '.join(names)})" for names in SETS.values())}) ORDER BY {", ".join(COLUMNS)}"""  # noqa: S608  our own words
"""All of them in one pass over what was received in the span."""
OVERDUE = f"SELECT * FROM backend.work WHERE merged_into IS NULL AND {RUNNING} AND due_key < $1 ORDER BY due_key, number LIMIT {LISTED}"  # noqa: S608


async def read_statistics(request: web.Request) -> web.StreamResponse:
    """The figures from the one day to the other, the last thirty days without them; what is overdue is that of now.

    Raises:
        Problem: 400 for days that are none, or a span of more than a year.
    """
    first, last = span(request.query.get("from"), request.query.get("to"))
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(FIGURES, *bounds(first, last))
        overdue = [work_told(row) for row in await connection.fetch(OVERDUE, today())]
    return web.json_response({"from": first.isoformat(), "to": last.isoformat(), **_figures(rows), "overdue": overdue})


def _figures(rows: list[asyncpg.Record]) -> dict[str, list[dict[str, Any]]]:
    told = {name: [one for row in rows if row["left_out"] == _left_out(columns) for one in _figure(name, row)] for name, columns in SETS.items()}
    return told | {"by_topic": sorted(told["by_topic"], key=lambda one: -one["count"])[:LISTED]}


def _figure(name: str, row: asyncpg.Record) -> list[dict[str, Any]]:
    """One row of a member, or none where there is nothing to count."""
    by = {column: row[column].isoformat() if column == "day" else row[column] for column in SETS[name]}
    if name == "time_to_end":
        return [by | {"ended": row["ended"], "hours": row["hours"]}] if row["ended"] else []
    count = row["reports" if "hour" in by else "count"]
    return [by | {"count": count}] if count else []


def _left_out(columns: tuple[str, ...]) -> int:
    """What `grouping(COLUMNS)` says of rows counted by these."""
    return sum(1 << place for place, column in enumerate(reversed(COLUMNS)) if column not in columns)


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, in Shanghai."""
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def span(first: str | None, last: str | None) -> tuple[date, date]:
    """Two days in their order; the last thirty days without them.

    Raises:
        Problem: 400 for days that are none, or a span of more than a year.
    """
    try:
        end = date.fromisoformat(last) if last else today()
        begin = date.fromisoformat(first) if first else end - timedelta(days=USUAL - 1)
        if not timedelta() <= end - begin < timedelta(days=LONGEST) or end.year > 9000:
            raise ValueError
    except (ValueError, OverflowError):
        raise Problem(400, "invalid_parameter", f"from, to: two days in their order, at most {LONGEST} days") from None
    return begin, end
