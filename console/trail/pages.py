"""The pages of the audit trail."""

from __future__ import annotations

from collections import Counter
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
from console.trail.reading import PAGE, WHOLE, Asked, day_of
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
    """One person's day from morning to night; without a person, the choice of one."""
    today = datetime.now(SHANGHAI).date()
    who, day = Asked.of(request.query).who, day_of(request.query.get("day", "")) or today
    async with console_of(request).engine.connect() as connection:
        people = await reading.people(connection)
        found = await reading.rows(connection, Asked(who=who, since=day, until=day), WHOLE + 1, oldest_first=True) if who else []
    counted = Counter(row["words"] for row in found[:WHOLE]).most_common()
    step = timedelta(days=1)
    links = {"earlier": urlencode({"who": who, "day": day - step}), "later": urlencode({"who": who, "day": day + step}) if day < today else ""}
    values: dict[str, Any] = {"rows": found[:WHOLE], "more": len(found) > WHOLE, "who": who, "day": day, "people": people, "counted": counted, **links}
    return console_of(request).pages.show(request, "audit/day.html", **values)


async def show_object(request: web.Request) -> web.StreamResponse:
    """One object's history: who read it, who did what with it."""
    asked = Asked(object=Asked.of(request.query).object, part=False)
    async with console_of(request).engine.connect() as connection:
        found = await reading.rows(connection, asked, WHOLE + 1) if asked.object else []
        persons = await reading.by_person(connection, asked.object) if asked.object else []
    values: dict[str, Any] = {"rows": found[:WHOLE], "more": len(found) > WHOLE, "thing": asked.object, "persons": persons}
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
