"""`GET /cases/export.xlsx`: the filtered list as a table; written row by row, dates as dates, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from io import BytesIO
from typing import Any

from aiohttp import web
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from console import audit
from console.api import Json
from console.cases import words
from console.cases.filters import Filters
from console.cases.listing import page_of, rows_of
from console.cases.reach import units_of
from console.context import console_of
from console.staff import staff_of
from weijing.workdays import SHANGHAI

MOST = 5000
"""Rows of one file."""
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("编号", "类别", "事项", "辖区", "状态", "紧急程度", "单位", "承办人", "收件时间", "承诺期限", "法定期限", "预警", "督办", "来源")
WIDTHS = (16, 10, 24, 12, 10, 10, 16, 12, 18, 12, 12, 10, 10, 10)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet takes for a formula."""


async def export(request: web.Request) -> web.StreamResponse:
    """The file; how many rows left the house, by which filters, is in the audit trail."""
    staff = staff_of(request)
    filters = Filters.of(request.query, staff)
    rows = await _all(request, filters)
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff.id, "case.list_exported", "", rows=len(rows), query=filters.query)
    content = await asyncio.to_thread(sheet, rows)
    name = f"cases-{datetime.now(SHANGHAI):%Y%m%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=TYPE, headers=headers)


async def _all(request: web.Request, filters: Filters) -> list[Json]:
    asked, rows, after = filters.asked(staff_of(request), await units_of(request)), list[Json](), ""
    while len(rows) < MOST:
        page = await page_of(request, {**asked, "limit": "100", "after": after})
        rows += await rows_of(request, page["work"])
        if not (after := page["next"]):
            break
    return rows[:MOST]


def sheet(rows: list[Json]) -> bytes:
    """The workbook's bytes."""
    book = Workbook(write_only=True)
    page = book.create_sheet("办件")
    for place, width in enumerate(WIDTHS):
        page.column_dimensions["ABCDEFGHIJKLMN"[place]].width = width
    page.freeze_panes = "A2"
    page.append([_cell(page, name, bold=True) for name in COLUMNS])
    for row in rows:
        page.append([_cell(page, value) for value in _values(row)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _values(row: Json) -> tuple[Any, ...]:
    received = datetime.fromisoformat(row["received_at"]).astimezone(SHANGHAI).replace(tzinfo=None)
    days = (date.fromisoformat(row[name]) if row[name] else None for name in ("promised_on", "legal_on"))
    return (
        row["number"], words.KINDS[row["kind"]], row["title"], row["area"], words.STATES[row["state"]].word, words.URGENCIES[row["urgency"]].word,
        row["unit_name"], row["who"], received, *days, words.WARNINGS[row["warning"]].word, words.LEVELS[row["supervision"]], words.MODES[row["mode"]],
    )  # fmt: skip


def _cell(page: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str) and value.startswith(FORMULA):
        cell.value, cell.data_type, cell.quotePrefix = value, "s", True
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell
