"""The pages of the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from console import audit
from console.context import console_of
from console.page import SHANGHAI
from console.staff import staff_of
from console.trail import reading
from console.trail.export import MOST, workbook
from console.trail.reading import PAGE, Asked, day_of
from console.trail.words import ACTS


async def show_list(request: web.Request) -> web.StreamResponse:
    """What fits the filters, newest first, a page at a time."""
    asked = Asked.of(request.query)
    async with console_of(request).engine.connect() as connection:
        found = await reading.rows(connection, asked, PAGE + 1)
        people = await reading.people(connection)
    older = urlencode({**asked.told(), "before": found[PAGE - 1]["seq"]}) if len(found) > PAGE else ""
    values: dict[str, Any] = {"rows": found[:PAGE], "asked": asked, "people": people, "acts": ACTS, "older": older, "filters": urlencode(asked.told())}
    return console_of(request).pages.show(request, "audit/list.html", **values)


async def show_day(request: web.Request) -> web.StreamResponse:
    """One person's day from morning to night, a page at a time; without a person, the choice of one."""
    today, query = datetime.now(SHANGHAI).date(), Asked.of(request.query)
    who, day = query.who, day_of(request.query.get("day", "")) or today
    whole = Asked(who=who, since=day, until=day)
    async with console_of(request).engine.connect() as connection:
        people = await reading.people(connection)
        counted = await reading.by_act(connection, whole) if who else []
        found = await reading.rows(connection, replace(whole, after=query.after), PAGE + 1, oldest_first=True) if counted else []
    step, own = timedelta(days=1), {"who": who, "day": day}
    links = {"earlier": urlencode({"who": who, "day": day - step}), "later": urlencode({"who": who, "day": day + step}) if day < today else ""}
    links |= {"first": urlencode(own) if query.after else "", "next": urlencode({**own, "after": found[PAGE - 1]["seq"]}) if len(found) > PAGE else ""}
    values: dict[str, Any] = {"rows": found[:PAGE], "who": who, "day": day, "people": people, "counted": counted, **links}
    return console_of(request).pages.show(request, "audit/day.html", **values)


async def show_object(request: web.Request) -> web.StreamResponse:
    """One object's history: who read it, who did what with it, the newest first, a page at a time."""
    query = Asked.of(request.query)
    asked = Asked(object=query.object, before=query.before, part=False)
    async with console_of(request).engine.connect() as connection:
        persons = await reading.by_person(connection, asked.object) if asked.object else []
        found = await reading.rows(connection, asked, PAGE + 1) if persons else []
    older = urlencode({"object": asked.object, "before": found[PAGE - 1]["seq"]}) if len(found) > PAGE else ""
    newest = urlencode({"object": asked.object}) if asked.before else ""
    values: dict[str, Any] = {"rows": found[:PAGE], "older": older, "newest": newest, "thing": asked.object, "persons": persons}
    return console_of(request).pages.show(request, "audit/object.html", **values)


async def verify(request: web.Request) -> web.StreamResponse:
    """Read the whole trail and say whether it is whole."""
    console = console_of(request)
    whole, broken = await audit.verify(console.engine)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "audit.verified", whole=whole, broken=broken)
    return console.pages.show(request, "audit/verdict.html", rows=whole, broken=broken)


async def export(request: web.Request) -> web.StreamResponse:
    """The filtered rows as an XLSX; that they were taken out is in the trail."""
    asked = Asked.of(request.query)
    async with console_of(request).engine.begin() as connection:
        found = await reading.rows(connection, asked, MOST)
        await audit.append(connection, staff_of(request).id, "audit.exported", rows=len(found), **asked.told())
    name = f"audit-{datetime.now(SHANGHAI):%Y%m%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=await workbook(found), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", headers=headers)
