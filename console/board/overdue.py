"""Electronic supervision 电子监察: what is past its day, the longest first, with the level of 督办 that it has reached."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.board.figure import Figure
from console.board.history import FORMS, answer_file
from console.board.work import KINDS
from console.calls import Calls
from console.context import Console, console_of
from console.staff import staff_of
from weijing.refusals import DeskRefused
from weijing.workdays import SHANGHAI, workdays_between

LEVELS = {0: "未督办", 1: "一级督办", 2: "二级督办", 3: "三级督办"}
SHOWN, LONGEST = 50, 1000
"""Items of a page, and of a file."""
Item = dict[str, Any]
_PEOPLE = text("SELECT id, name FROM weijing.staff")
HEAD = ("编号", "事项", "类别", "单位", "经办", "收到", "期限", "超期工作日", "督办")


async def show_overdue(request: web.Request) -> web.StreamResponse:
    """The list, a page at a time, with the counts by unit and level; those of one unit or level with `unit=` or `level=`, further ones with `after=`.

    Raises:
        DeskRefused: `after` is no page of this list.
    """
    console, unit, after = console_of(request), request.query.get("unit", "")[:64], request.query.get("after", "")[:300]
    level = level if (level := request.query.get("level", "")) in {str(one) for one in LEVELS} else ""
    asked = {"unit": unit, "supervision": level}
    calls, names = Calls(console.http), await _names(console)
    page = await calls.get("/v1/work", warning="red", sort="due", limit=str(SHOWN), after=after, **asked)
    rows = [_told(one, names) for one in page["work"]]
    shown: dict[str, Any] = {"work": rows, "next": page["next"], "unit": unit, "level": level, "words": LEVELS, "kinds": KINDS}
    if after:
        return console.pages.show(request, "board/overdue_rows.html", **shown)
    units, levels = await asyncio.gather(*(_counts(calls, by) for by in ("unit", "supervision")))
    more: dict[str, Any] = {"units": sorted(units.items(), key=lambda one: -one[1]), "levels": levels, "names": names.units, "total": sum(levels.values())}
    return console.pages.show(request, "board/overdue.html", **shown, **more)


async def export_overdue(request: web.Request) -> web.StreamResponse:
    """The list as a file.

    Raises:
        DeskRefused: there is no such form.
    """
    console, form = console_of(request), request.query.get("form", "")
    if form not in FORMS:
        raise DeskRefused("没有这份文件", "请从列表上方导出 CSV 或 XLSX。", 404)
    work = await overdue(console)
    rows = [
        (one["number"], one["title"], KINDS[one["kind"]], one["unit_name"], one["who"] or "未分人", one["received_at"][:10], one["due_on"], one["late"],
         LEVELS[one["supervision"]]) for one in work
    ]  # fmt: skip
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "overdue.exported", "", form=form, rows=len(rows))
    today = datetime.now(SHANGHAI).date()
    return answer_file(Figure("overdue", "超期办件", "过了承诺或法定期限（取近的一个）仍未办结的。", HEAD, rows), form, str(today))


async def overdue(console: Console) -> list[Item]:
    """The items that are exported, the LONGEST that are late the longest.

    Raises:
        BackendUnavailable: it does not answer.
    """
    calls, names, after = Calls(console.http), await _names(console), ""
    found: list[Item] = []
    while len(found) < LONGEST:
        page = await calls.get("/v1/work", warning="red", sort="due", limit="100", after=after)
        found += [_told(one, names) for one in page["work"]]
        if not (after := page["next"] or ""):
            break
    return found


@dataclass(frozen=True)
class _Names:
    units: dict[str, str]
    people: dict[str, str]


async def _names(console: Console) -> _Names:
    units = {unit["id"]: unit["name"] for unit in (await Calls(console.http).get("/v1/units"))["units"]}
    async with console.engine.connect() as connection:
        return _Names(units, {row.id: row.name for row in await connection.execute(_PEOPLE)})


async def _counts(calls: Calls, by: str) -> dict[str, int]:
    return {one["value"]: one["count"] for one in (await calls.get("/v1/work/counts", by=by, warning="red"))["counts"]}


def _told(one: Item, names: _Names) -> Item:
    """An item with the names of its unit and of who has it, and the workdays that it is late (`late`)."""
    late = workdays_between(date.fromisoformat(one["due_on"]), datetime.now(SHANGHAI).date())
    return {**one, "unit_name": names.units.get(one["unit"], one["unit"]), "who": names.people.get(one["assignee"], one["assignee"]), "late": late}
