"""Counters 窗口: what an office takes appointments for, and its half-hour slots.

No national rule says how counters are booked; workdays follow the national calendar (`weijing.workdays`), hours are the office's own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.database import POOL, connected
from backend.offices import METRES, Hours
from backend.problems import Problem
from weijing.workdays import OFFICE_HOURS, ONE_DAY, SHANGHAI, is_workday

SERVICES = {"hukou": "户政", "id_card": "身份证", "residence_permit": "居住证", "exit_entry": "出入境", "traffic": "车驾管"}
"""Service -> how it reads; the ids are categories of service items."""
SLOT = timedelta(minutes=30)
HORIZON = 30
"""Days ahead for which slots are given out."""

NEAREST = f"""
    SELECT id AS office_id, name AS office, address, phone, service, CASE WHEN $1::float8 IS NOT NULL THEN {METRES} END AS metres
      FROM backend.counters JOIN backend.offices ON id = office_id WHERE service = $3 ORDER BY metres, id LIMIT 20
"""  # noqa: S608  our own words
COUNTER = """
    SELECT o.hours, c.capacity FROM backend.counters c JOIN backend.offices o ON o.id = c.office_id WHERE c.office_id = $1 AND c.service = $2
"""
TAKEN = "SELECT starts_at, taken FROM backend.taken_slots WHERE office_id = $1 AND service = $2 AND starts_at >= $3"


async def list_counters(request: web.Request) -> web.StreamResponse:
    """The counters of a service, nearest first where a place is given."""
    lat, lng = (float(request.query[name]) if "lat" in request.query and "lng" in request.query else None for name in ("lat", "lng"))
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(NEAREST, lat, lng, request.query["service"])
    return web.json_response({"counters": [dict(row) for row in rows]})


async def list_slots(request: web.Request) -> web.StreamResponse:
    """The free slots of a counter."""
    office, service, now = request.match_info["id"], request.query["service"], datetime.now(SHANGHAI)
    first, last = (parse_day(request.query[name]) if name in request.query else default for name, default in _range(now))
    async with connected(request.app[POOL]) as connection:
        counter = await read_counter(connection, office, service)
        taken = dict(await connection.fetch(TAKEN, office, service, now))
    free = [(start, counter["capacity"] - taken.get(start, 0)) for start in starts(counter["hours"], first, last, now)]
    return web.json_response({"slots": [{"starts_at": start.isoformat(), "left": left} for start, left in free if left > 0]})


async def read_counter(connection: asyncpg.Connection, office: str, service: str) -> asyncpg.Record:
    """Hours and capacity of a counter.

    Raises:
        Problem: 404, the office has no such counter.
    """
    row = await connection.fetchrow(COUNTER, office, service)
    if row is None:
        raise Problem(404, "not_found", "This office has no counter for this service.")
    return row


def starts(hours: Hours, first: date, last: date, now: datetime) -> list[datetime]:
    """When the half hours of a counter begin, from `first` to `last`, as far as they lie ahead and inside the horizon."""
    first, last = max(first, now.date()), min(last, now.date() + timedelta(days=HORIZON))
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    return [start for day in days if is_workday(day) for opens, closes in _times(hours) for start in _halves(day, opens, closes) if start > now]


def parse_day(text: str) -> date:
    """A day of a query.

    Raises:
        Problem: 400, there is no such day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(400, "invalid_parameter", "There is no such day.") from None


def counter_rows(offices: list[tuple[Any, ...]]) -> list[tuple[str, str, int]]:
    """Counters of the demo offices, by what their names say they do: (office, service, capacity)."""
    kinds: dict[str, tuple[str, ...]] = {"station": ("hukou", "residence_permit"), "hukou": ("hukou", "id_card", "residence_permit")}
    kinds |= {kind: (kind,) for kind in ("exit_entry", "traffic")}
    return [(office[0], service, 3) for office in offices for kind, services in kinds.items() if f"demo_{kind}_" in office[0] for service in services]


def _range(now: datetime) -> tuple[tuple[str, date], tuple[str, date]]:
    return ("from", now.date()), ("to", now.date() + timedelta(days=HORIZON))


def _times(hours: Hours) -> list[tuple[time, time]]:
    """A duty room that never closes gives appointments in office hours."""
    if "always" in hours:
        return list(OFFICE_HOURS)
    return [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in hours.get("workday") or []]


def _halves(day: date, opens: time, closes: time) -> list[datetime]:
    start, end = datetime.combine(day, opens, SHANGHAI), datetime.combine(day, closes, SHANGHAI)
    return [start + number * SLOT for number in range((end - start) // SLOT)]
