"""`GET /cases`: the list, its tabs with counts, and its further pages."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

from aiohttp import web

from console.api import Json
from console.cases import words
from console.cases.client import work_of
from console.cases.filters import Filters, scopes
from console.cases.form import new_key
from console.cases.people import colleagues, name_of
from console.cases.reach import may_see, unit_name, units_of
from console.cases.words import deadline
from console.context import console_of
from console.staff import staff_of
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

SHOWN, MOST = 40, 1000


async def show_list(request: web.Request) -> web.StreamResponse:
    """The page, or for htmx the list alone; with `after` the rows of the next page."""
    staff, units = staff_of(request), await units_of(request)
    filters = Filters.of(request.query, staff)
    asked = filters.asked(staff, units)
    wanted = page_of(request, {**asked, "limit": str(SHOWN), "after": filters.after})
    page, counts = (await wanted, {}) if filters.after else await asyncio.gather(wanted, _counts(request, asked))
    rows, people = await rows_of(request, page["work"]), await colleagues(request)
    common = {"rows": rows, "filters": filters, "next": page["next"], "words": words, "units": units, "people": people}
    if filters.after:
        return console_of(request).pages.show(request, "cases/rows.html", **common)
    return console_of(request).pages.show(request, "cases/list.html", counts=counts, scopes=scopes(staff), key=new_key, **common)


async def page_of(request: web.Request, asked: dict[str, str]) -> Json:
    """A page of the API.

    Raises:
        DeskRefused: 422, the filters make no sense together (a day that there is not, a cursor of another order).
    """
    try:
        return await work_of(request).page(asked)
    except BackendRefused:
        raise _wrong() from None


async def rows_of(request: web.Request, items: list[Json]) -> list[Json]:
    """The items within reach, with what a row shows beside them."""
    staff, units, people = staff_of(request), await units_of(request), await colleagues(request)
    now = datetime.now(timezone.utc)
    return [
        {
            **item, "title": words.hidden(item["title"]), "deadline": deadline(item, now), "unit_name": unit_name(units, item["unit"]),
            "who": name_of(people, item["assignee"]), "at": datetime.fromisoformat(item["received_at"]),
        }
        for item in items if may_see(staff, item, units)
    ]  # fmt: skip


async def _counts(request: web.Request, asked: dict[str, str]) -> dict[str, Any]:
    """State -> how many fit, `999+` from a thousand on; the empty state is all."""
    try:
        counts = await work_of(request).counts("state", {name: value for name, value in asked.items() if name not in {"state", "sort"}})
    except BackendRefused:
        raise _wrong() from None
    counts[""] = sum(count for count, _ in counts.values()), any(more for _, more in counts.values())
    told = {state: counts.get(state, (0, False)) for state in ("", *words.STATES)}
    return {state: "999+" if more or count > MOST else count for state, (count, more) in told.items()}


def _wrong() -> DeskRefused:
    return DeskRefused("筛选条件不对", "请检查日期等条件，或清除筛选后重新查找。", 422)
