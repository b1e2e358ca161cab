"""Offices 网点: the nearest to a place or those that words name, with what can be done there and whether they are open today."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from aiohttp import web

from backend.database import POOL, connected
from backend.problems import Problem
from weijing.workdays import ONE_DAY, SHANGHAI, is_workday

METRES = """round(2 * 6371008.8 * asin(least(1, sqrt(
    sin(radians(lat - $1::float) / 2) ^ 2 + cos(radians($1::float)) * cos(radians(lat)) * sin(radians(lng - $2::float) / 2) ^ 2))))::integer"""
"""The haversine formula on the mean radius of the earth (m)."""
FIND = f"""
    SELECT name, address, phone, services, hours, lat, lng, CASE WHEN $1::float IS NOT NULL THEN {METRES} END AS metres
      FROM backend.offices
     WHERE NOT EXISTS (SELECT 1 FROM unnest($4::text[]) AS word WHERE strpos(name || ' ' || address || ' ' || services::text, word) = 0)
     ORDER BY metres, id LIMIT $3
"""  # noqa: S608  of our own constants
"""The distance is null without a place; every word must be found."""

_DAYS = "一二三四五六日"
_FEW = 3
Hours = dict[str, list[list[str]]]
"""Opening times by kind of day: `workday` and `rest`, each [[opens, closes], …] as HH:MM in Shanghai; `always` for a duty room that never closes."""


async def list_offices(request: web.Request) -> web.StreamResponse:
    """The nearest offices, or those that words name.

    Raises:
        Problem: 400, neither a whole place nor words are given.
    """
    query = request.query
    place = [float(query[name]) for name in ("lat", "lng") if name in query]
    words = query.get("q", "").split()
    if len(place) == 1 or not (place or words):
        raise Problem(400, "invalid_parameter", "lat and lng together, or q, are required")
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(FIND, *(place or (None, None)), int(query.get("limit", _FEW)), words)
    now = datetime.now(SHANGHAI)
    return web.json_response({"offices": [{**row, "hours": hours_text(row["hours"]), "today": today(row["hours"], now)} for row in rows]})


def hours_text(hours: Hours) -> str:
    """The opening hours in words."""
    if "always" in hours:
        return "24小时值班"
    parts = [("工作日", hours.get("workday")), ("休息日", hours.get("rest"))]
    return "；".join(f"{name}{_times(times)}" for name, times in parts if times)


def today(hours: Hours, now: datetime) -> str:
    """What holds today; holidays and the weekends worked in exchange are known (`weijing.workdays`)."""
    if "always" in hours:
        return "今天24小时值班"
    open_today = _on(hours, now.date())
    if any(now.time() < time.fromisoformat(closes) for _, closes in open_today):
        return f"今天{_times(open_today)}"
    day = now.date() + ONE_DAY
    for _ in range(30):  # longer than any holiday
        if _on(hours, day):
            closed = "今天已经下班" if open_today else "今天休息"
            return f"{closed}，{day.month}月{day.day}日（周{_DAYS[day.weekday()]}）{_clock(_on(hours, day)[0][0])}开门"
        day += ONE_DAY
    return "今天休息"


def _on(hours: Hours, day: date) -> list[list[str]]:
    return hours.get("workday" if is_workday(day) else "rest") or []


def _times(times: list[list[str]]) -> str:
    return "、".join(f"{_clock(opens)}—{_clock(closes)}" for opens, closes in times)


def _clock(text: str) -> str:
    return text.removeprefix("0")


def office_row(**fields: Any) -> tuple[Any, ...]:
    """A row of the table, in the order of its columns."""
    return tuple(fields[name] for name in ("id", "name", "address", "phone", "services", "hours", "lat", "lng"))
