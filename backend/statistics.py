"""Figures for the board: what came in by day, topic, and area and hour; states, what is overdue, and how long it takes to the end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem
from backend.work import today
from backend.work_list import RUNNING
from backend.work_told import work_told
from weijing.workdays import SHANGHAI

LONGEST = 366
"""Days that one answer spans."""
USUAL = 30
LISTED = 100
"""Overdue items and topics that one answer holds."""
SPAN = "FROM backend.work WHERE received_at >= $1 AND received_at < $2"
LOCAL = "(received_at AT TIME ZONE 'Asia/Shanghai')"
QUERIES = {
    "by_day": f"SELECT to_char({LOCAL}, 'YYYY-MM-DD') AS day, kind, count(*) AS count {SPAN} GROUP BY 1, 2 ORDER BY 1, 2",
    "by_topic": f"SELECT kind, topic, count(*) AS count {SPAN} GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT {LISTED}",
    "by_area_and_hour": f"SELECT area, extract(hour FROM {LOCAL})::int AS hour, count(*) AS count {SPAN} AND kind = 'report' GROUP BY 1, 2 ORDER BY 1, 2",  # noqa: S608  our own words
    "by_weekday_and_hour": f"""SELECT extract(isodow FROM {LOCAL})::int AS weekday, extract(hour FROM {LOCAL})::int AS hour, count(*) AS count
                                 {SPAN} AND kind = 'report' GROUP BY 1, 2 ORDER BY 1, 2""",  # noqa: S608  our own words
    "by_state": f"SELECT state, count(*) AS count {SPAN} GROUP BY 1 ORDER BY 1",
    "time_to_end": f"""SELECT kind, count(*) AS ended, round(avg(extract(epoch FROM ended_at - received_at) / 3600)::numeric, 1)::float8 AS hours
                         {SPAN} AND ended_at IS NOT NULL AND state <> 'withdrawn' GROUP BY 1 ORDER BY 1""",  # noqa: S608
}  # fmt: skip
"""Member of the answer -> its rows, over what was received in the span."""
OVERDUE = f"SELECT * FROM backend.work WHERE merged_into IS NULL AND {RUNNING} AND due_key < $1 ORDER BY due_key, number LIMIT {LISTED}"  # noqa: S608


async def read_statistics(request: web.Request) -> web.StreamResponse:
    """The figures from the one day to the other, the last thirty days without them; what is overdue is that of now.

    Raises:
        Problem: 400 for days that are none, or a span of more than a year.
    """
    first, last = span(request.query.get("from"), request.query.get("to"))
    async with connected(request.app[POOL]) as connection:
        told = {name: [dict(row) for row in await connection.fetch(query, *bounds(first, last))] for name, query in QUERIES.items()}
        overdue = [work_told(row) for row in await connection.fetch(OVERDUE, today())]
    return web.json_response({"from": first.isoformat(), "to": last.isoformat(), **told, "overdue": overdue})


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
