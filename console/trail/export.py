"""Rows of the audit trail as a spreadsheet."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from console.page import SHANGHAI

MOST = 50_000
"""Rows of one file; the newest."""
HEAD = (("序号", 10), ("时间", 20), ("登录名", 14), ("姓名", 12), ("操作", 22), ("操作代码", 20), ("结果", 8), ("对象", 36), ("细节", 60), ("导出说明", 30))
NOTE = f"按当时的筛选导出，最多 {MOST} 行；以系统内的记录为准"


async def workbook(rows: Sequence[dict[str, Any]]) -> bytes:
    """An XLSX file."""
    return await asyncio.to_thread(_write, rows)


def _write(rows: Sequence[dict[str, Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("审计记录")
    sheet.freeze_panes = "A2"
    for number, (_, width) in enumerate(HEAD):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.append([title for title, _ in HEAD])
    for number, row in enumerate(rows):
        at = row["at"].astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        words = (at, row["staff_id"] or "", row["name"] or "", row["words"], row["act"], "被拒" if row["refused"] else "", row["object"], row["facts"])
        sheet.append([row["seq"], *(_cell(sheet, one) for one in (*words, NOTE if number == 0 else ""))])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, words: str) -> Any:
    """Text and nothing else: what begins with = would be a formula that somebody else wrote."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", words)[:32_000])
    cell.data_type = "s"
    return cell
