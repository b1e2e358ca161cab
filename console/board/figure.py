"""A figure of the board: one table of numbers with its definition; the page draws the chart from the table, and the file holds what the page shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | None
Kind = Literal["line", "stack", "bar", "heat", "table"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a table calculation would take for a formula (OWASP, CSV Injection)."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        id: in the address of its file.
        note: what is counted, and how: printed beside it.
        head: names of the columns; the first names the rows.
        kind: how the page draws it; `table` is not drawn.
        drawn: how many columns of numbers the chart shows; 0 is all.
        percent: what is drawn are shares in percent.
        empty: what will appear here, and how.
    """

    id: str
    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    kind: Kind = "table"
    drawn: int = 0
    percent: bool = False
    empty: str = "这段时间还没有数据。群众来访后，这里会自动出现。"

    @property
    def body(self) -> Markup:
        """The rows of a page's table; made here because a template takes ten times as long, and a page has thousands of cells."""
        return Markup("".join(f"<tr>{_head(row[0])}{''.join(map(_cell, row[1:]))}</tr>" for row in self.rows))  # noqa: S704  every cell is escaped


def _head(cell: Cell) -> str:
    return f'<th scope="row">{escape(str(cell))}</th>'


def _cell(cell: Cell) -> str:
    return f"<td>{escape(cell)}</td>" if isinstance(cell, str) else f'<td class="num">{"—" if cell is None else cell}</td>'


def plain(cell: Cell) -> Cell:
    """A text that no table calculation runs as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_csv(figure: Figure) -> bytes:
    """UTF-8 with a mark at its beginning, without which Excel reads Chinese wrongly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([plain(cell) for cell in row] for row in (figure.head, *figure.rows))
    return "\ufeff".encode() + out.getvalue().encode()


def as_xlsx(figure: Figure) -> bytes:
    """A workbook of two sheets: the numbers, and what they mean."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(figure.title[:31])
    sheet.freeze_panes = "B2"
    for column in range(1, len(figure.head) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 24 if column == 1 else 14
    head = [WriteOnlyCell(sheet, value=name) for name in figure.head]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in figure.rows:
        sheet.append([plain(cell) for cell in row])
    meaning = book.create_sheet("口径")
    meaning.append([figure.title])
    meaning.append([figure.note])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
