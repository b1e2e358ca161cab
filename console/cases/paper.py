"""A case as PDF. The Chinese font is one that every reader has (STSong-Light, by its CID), so no font file lies here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
SMALL = ParagraphStyle("small", BODY, fontSize=8, leading=12, wordWrap="CJK", splitLongWords=1)
TITLE = ParagraphStyle("title", BODY, fontSize=16, leading=22)
HEAD = ParagraphStyle("head", BODY, fontSize=12, leading=18, spaceBefore=10, spaceAfter=4)
MARGIN, WIDTH = 20 * mm, A4[0] - 40 * mm
Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Paper:
    """What is printed; all of it is text."""

    number: str
    title: str
    printed_by: str
    printed_at: str
    facts: Rows
    content: str
    timeline: Rows
    evidence: Rows


def paper(sheet: Paper) -> bytes:
    """The PDF's bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=24 * mm, bottomMargin=20 * mm)
    document.title, document.author = sheet.number, "微警"
    document.build(_story(sheet), canvasmaker=lambda *args, **more: _Pages(sheet, *args, **more))
    return out.getvalue()


def _story(sheet: Paper) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(f"办件单 {escape(sheet.number)}", TITLE), Paragraph(escape(sheet.title), BODY), Spacer(1, 6)]
    story.append(_table(sheet.facts, (30 * mm, WIDTH - 30 * mm), BODY))
    if sheet.content:
        story += [Paragraph("内容", HEAD), *(Paragraph(escape(line), BODY) for line in sheet.content.splitlines())]
    story += [Paragraph("经过（「内部」各行不对外）", HEAD), _table([("时间", "范围", "事项", "说明", "经办"), *sheet.timeline], (28, 12, 48, 57, 25), SMALL)]
    story.append(Paragraph("证据", HEAD))
    lines: Rows = [("编号", "类型", "SHA-256 校验值", "保存时间"), *sheet.evidence]
    story.append(_table(lines, (38, 14, 88, 30), SMALL) if sheet.evidence else Paragraph("没有证据材料。", BODY))
    return story


def _table(rows: Rows, widths: tuple[float, ...], style: ParagraphStyle) -> Table:
    cells = [[Paragraph(escape(value), style) for value in row] for row in rows]
    table = Table(cells, colWidths=[width * mm if style is SMALL else width for width in widths], repeatRows=1 if style is SMALL else 0)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.lightgrey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


class _Pages(Canvas):
    """Head, foot with page of pages, and a watermark with the printer's name, once the number of pages is known."""

    def __init__(self, sheet: Paper, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._sheet = sheet
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keep the page for `save`."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Write every page with its number."""
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._frame(number)
            super().showPage()
        super().save()

    def _frame(self, number: int) -> None:
        sheet, (width, height) = self._sheet, A4
        self.setFont(FONT, 9)
        self.setFillColor(colors.grey)
        self.drawString(MARGIN, height - 14 * mm, f"微警 · 办件单 {sheet.number}")
        self.drawRightString(width - MARGIN, height - 14 * mm, "内部资料，注意保密")
        self.drawString(MARGIN, 12 * mm, f"{sheet.printed_by} 打印于 {sheet.printed_at}")
        self.drawRightString(width - MARGIN, 12 * mm, f"第 {number} 页，共 {len(self._kept)} 页")
        self._watermark(f"{sheet.printed_by} {sheet.printed_at}")

    def _watermark(self, words: str) -> None:
        self.saveState()
        self.setFont(FONT, 18)
        self.setFillColor(colors.Color(0.5, 0.5, 0.5, alpha=0.14))
        self.translate(A4[0] / 2, A4[1] / 2)
        self.rotate(35)
        for row in range(-4, 5):
            for column in (-1, 0, 1):
                self.drawCentredString((column * 120 + row % 2 * 60) * mm, row * 40 * mm, words)
        self.restoreState()
