"""The desk's hours 接待时间: PostgreSQL keeps them, Redis tells the bot, which says when a person answers."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime, time
from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit
from console.content.form import Form, read_form
from console.context import CONSOLE, Console, console_of
from console.staff import staff_of
from store.db import FAULTS
from store.keys import HOURS
from store.redis import FAULTS as REDIS_FAULTS
from weijing.desk_hours import USUAL, DeskHours
from weijing.workdays import HOLIDAYS, SHANGHAI, next_holiday

log = logging.getLogger(__name__)

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
HALVES = (("morning", "上午"), ("afternoon", "下午"))
_READ = text("SELECT weekday, opens, closes FROM weijing.office_hours ORDER BY weekday, opens")
_CLEAR = text("DELETE FROM weijing.office_hours")
_ADD = text("INSERT INTO weijing.office_hours (weekday, opens, closes) VALUES (:weekday, :opens, :closes)")


async def show_hours(request: web.Request) -> web.StreamResponse:
    """The week as it stands."""
    async with console_of(request).engine.connect() as connection:
        hours = await _stored(connection)
    return _show(request, hours, Form(_typed(hours)))


async def set_hours(request: web.Request) -> web.StreamResponse:
    """Set the week; the bot follows within ten seconds."""
    console, form = console_of(request), await read_form(request)
    hours = DeskHours({day: ranges for day in range(1, 8) if (ranges := _ranges(form, day))})
    if not hours.weekdays and not form.faults:
        form.faults["week"] = "至少一天有人接待"
    if form.faults:
        return _show(request, hours, form, status=422)
    async with console.engine.begin() as connection:
        before = await _stored(connection)
        await connection.execute(_CLEAR)
        rows = [{"weekday": day, "opens": opens, "closes": closes} for day, ranges in hours.weekdays.items() for opens, closes in ranges]
        await connection.execute(_ADD, rows)
        await audit.append(connection, staff_of(request).id, "hours.set", "", before=before.as_json(), after=hours.as_json())
    await console.redis.set(HOURS, hours.as_json())
    raise web.HTTPSeeOther(f"{request.path}?done=1")


async def tell_hours(app: web.Application) -> None:
    """At start: a Redis that was emptied hears again what was set; one that is away hears it with the next change or start."""
    console: Console = app[CONSOLE]
    try:
        async with console.engine.connect() as connection:
            stored = await _stored(connection)
        await console.redis.set(HOURS, stored.as_json())
    except (*FAULTS, *REDIS_FAULTS) as error:
        log.warning("the bot is not told of the desk's hours now (%s)", type(error).__name__)


async def _stored(connection: AsyncConnection) -> DeskHours:
    days: defaultdict[int, list[tuple[time, time]]] = defaultdict(list)
    for row in await connection.execute(_READ):
        days[row.weekday].append((row.opens, row.closes))
    return DeskHours({day: tuple(ranges) for day, ranges in days.items()} or USUAL)


def _ranges(form: Form, day: int) -> tuple[tuple[time, time], ...]:
    found: list[tuple[time, time]] = []
    for half, _ in HALVES:
        name = f"{half}_{day}"
        typed = [form.value(f"{name}_{end}") for end in ("opens", "closes")]
        if not any(typed):
            continue
        try:
            opens, closes = (time.fromisoformat(one) for one in typed)
        except ValueError:
            form.faults[name] = "开始和结束都要填"
            continue
        if opens >= closes or (found and found[-1][1] > opens):
            form.faults[name] = "结束要晚于开始，下午要晚于上午"
        found.append((opens.replace(second=0, tzinfo=None), closes.replace(second=0, tzinfo=None)))
    return tuple(found)


def _typed(hours: DeskHours) -> dict[str, str]:
    typed: dict[str, str] = {}
    for day, ranges in hours.weekdays.items():
        for opens, closes in ranges:
            half = HALVES[0][0] if opens < time(12) and f"morning_{day}_opens" not in typed else HALVES[1][0]
            typed |= {f"{half}_{day}_opens": f"{opens:%H:%M}", f"{half}_{day}_closes": f"{closes:%H:%M}"}
    return typed


def _show(request: web.Request, hours: DeskHours, form: Form, status: int = 200) -> web.Response:
    now = datetime.now(SHANGHAI)
    opens = hours.next_opening(now)
    more: dict[str, Any] = {"form": form, "weekdays": WEEKDAYS, "halves": HALVES, "opens": opens, "open": opens == now, "holidays": _holidays(now.date())}
    return console_of(request).pages.show(request, "content/hours.html", status=status, done="done" in request.query, **more)


def _holidays(today: date) -> list[tuple[str, date, date]]:
    found = [(name, *days) for name in HOLIDAYS if (days := next_holiday(name, today))]
    return sorted(found, key=lambda one: one[1])[:4]
