"""The page of past days and the files of its figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from console import audit
from console.board.figure import Figure, as_csv, as_xlsx
from console.board.past import SATISFIED, Span, read_past
from console.board.words import OTHER, TOPICS
from console.board.work import read_work
from console.calls import Calls
from console.content.replies import inspects
from console.context import Console, console_of
from console.staff import Staff, staff_of
from weijing.errors import WeijingError
from weijing.refusals import DeskRefused
from weijing.workdays import SHANGHAI

LENGTHS = (7, 30, 90)
FORMS = {"csv": ("text/csv", as_csv), "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)}
BAD = 20


async def show_history(request: web.Request) -> web.StreamResponse:
    """Charts and tables; where the backend is away, those of PostgreSQL alone, and the page says so."""
    console, asked = console_of(request), asked_of(request)
    async with console.engine.connect() as connection:
        figures, head = await read_past(connection, asked)
    told = await _of_backend(console, asked, staff_of(request))
    shown: dict[str, Any] = {"figures": figures, "head": head, "asked": asked, "days": len(asked.days), "satisfied": SATISFIED, **told}
    return console.pages.show(request, "board/history.html", lengths=LENGTHS, topics=(*TOPICS, OTHER), **shown)


async def export(request: web.Request) -> web.StreamResponse:
    """One figure as CSV or XLSX, as the page with this address shows it; the trail keeps which.

    Raises:
        DeskRefused: there is no such figure or form.
    """
    console, asked, name, form = console_of(request), asked_of(request), request.query.get("figure", ""), request.query.get("form", "")
    async with console.engine.connect() as connection:
        figures, _ = await read_past(connection, asked)
    found = next((one for one in figures if one.id == name), None)
    if found is None:
        found = next((one for one in await read_work(Calls(console.http), asked) if one.id == name), None)
    if found is None or form not in FORMS:
        raise DeskRefused("没有这份文件", "请回到历史页面，从图表下方导出。", 404)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "figure.exported", name, form=form, first=str(asked.first), last=str(asked.last))
    return answer_file(found, form, f"{asked.first}_{asked.last}")


def answer_file(figure: Figure, form: str, about: str) -> web.Response:
    """The figure as a file to keep."""
    kind, write = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{figure.id}_{about}.{form}"', "Cache-Control": "no-store"}
    return web.Response(body=write(figure), content_type=kind, charset="utf-8" if form == "csv" else None, headers=headers)


def asked_of(request: web.Request) -> Span:
    """The days and the topic that the address names; what it does not name well is the last 30 days, all topics."""
    days, topic = request.query.get("days", ""), request.query.get("topic", "")
    length = int(days) if days in {str(one) for one in LENGTHS} else LENGTHS[1]
    today: date = datetime.now(SHANGHAI).date()
    return Span(today - timedelta(days=length - 1), today, topic if topic in (*TOPICS, OTHER) else "")


async def _of_backend(console: Console, asked: Span, staff: Staff) -> dict[str, Any]:
    calls = Calls(console.http)
    try:
        figures = await read_work(calls, asked)
        bad, inspector = (await calls.get("/v1/follow-ups", limit=str(BAD)))["follow_ups"], await inspects(console, staff)
    except WeijingError as error:
        return {"work": [], "bad": [], "inspector": False, "away": error.message}
    return {"work": figures, "bad": bad, "inspector": inspector, "away": ""}
