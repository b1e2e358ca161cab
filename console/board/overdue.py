"""Electronic supervision 电子监察: what is past its day, the longest first, with the level of 督办 that it has reached."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.board.figure import Figure
from console.board.history import FORMS, answer_file
from console.board.work import KINDS
from console.content.calls import Calls
from console.context import Console, console_of
from console.staff import staff_of
from weijing.refusals import DeskRefused
from weijing.workdays import SHANGHAI, workdays_between

LEVELS = {0: "未督办", 1: "一级督办", 2: "二级督办", 3: "三级督办"}
LONGEST = 1000
"""Items that are listed and exported: more than that is counted, not shown."""
_PEOPLE = text("SELECT id, name FROM weijing.staff")
HEAD = ("编号", "事项", "类别", "单位", "经办", "收到", "期限", "超期工作日", "督办")


async def show_overdue(request: web.Request) -> web.StreamResponse:
    """The list; those of one unit or level with `unit=` or `level=`."""
    console, unit, level = console_of(request), request.query.get("unit", ""), request.query.get("level", "")
    work, more = await overdue(console)
    units = Counter(one["unit_name"] for one in work)
    levels = Counter(one["supervision"] for one in work)
    shown = [one for one in work if unit in ("", one["unit_name"]) and level in ("", str(one["supervision"]))]
    asked: dict[str, Any] = {"unit": unit, "level": level, "units": units, "levels": levels}
    return console.pages.show(request, "board/overdue.html", work=shown, total=len(work), more=more, words=LEVELS, kinds=KINDS, **asked)


async def export_overdue(request: web.Request) -> web.StreamResponse:
    """The list as a file.

    Raises:
        DeskRefused: there is no such form.
    """
    console, form = console_of(request), request.query.get("form", "")
    if form not in FORMS:
        raise DeskRefused("没有这份文件", "请从列表上方导出 CSV 或 XLSX。", 404)
    work, _ = await overdue(console)
    rows = [
        (one["number"], one["title"], KINDS[one["kind"]], one["unit_name"], one["who"] or "未分人", one["received_at"][:10], one["due_on"], one["late"],
         LEVELS[one["supervision"]]) for one in work
    ]  # fmt: skip
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "overdue.exported", "", form=form, rows=len(rows))
    today = datetime.now(SHANGHAI).date()
    return answer_file(Figure("overdue", "超期办件", "过了承诺或法定期限（取近的一个）仍未办结的。", HEAD, rows), form, str(today))


async def overdue(console: Console) -> tuple[list[dict[str, Any]], bool]:
    """The items, each with the names of its unit and of who has it, and the workdays that it is late (`late`); and whether there are more than are listed.

    Raises:
        BackendUnavailable: it does not answer.
    """
    calls, after, today = Calls(console.http), "", datetime.now(SHANGHAI).date()
    found: list[dict[str, Any]] = []
    names = {unit["id"]: unit["name"] for unit in (await calls.get("/v1/units"))["units"]}
    async with console.engine.connect() as connection:
        people = {row.id: row.name for row in await connection.execute(_PEOPLE)}
    while len(found) < LONGEST:
        page = await calls.get("/v1/work", warning="red", sort="due", limit="100", after=after)
        for one in page["work"]:
            late = workdays_between(date.fromisoformat(one["due_on"]), today)
            found.append({**one, "unit_name": names.get(one["unit"], one["unit"]), "who": people.get(one["assignee"], one["assignee"]), "late": late})
        if not (after := page["next"] or ""):
            return found, False
    return found, True
