"""The transcript as lines: what was said, with day separators, files, how far each message has come, and every change of hands between."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from console.desk import words
from console.page import SHANGHAI
from store.evidence import evidence_id
from store.transcript import TranscriptPage
from weijing.links import SENT_PICTURES

Line = dict[str, Any]
WHO = {"user": "群众", "bot": "微警", "staff": "坐席", "notice": "通知"}
_LINK = re.compile(r"""<a\s+href=["'](?P<href>[^"']+)["'][^>]*>(?P<words>.*?)</a>|(?P<bare>https?://[^\s<>"'，。；）]+)""", re.DOTALL)
_SENT = re.compile(SENT_PICTURES + r"/(E-[0-9A-Za-z]{1,16})\.")
_LABEL = re.compile(r"〔(?:图片|语音|视频|位置|文件|链接|表单|不支持的消息)〕")


def lines(page: TranscriptPage, deeds: list[Line], handoffs: list[Line], files: list[Line]) -> list[Line]:
    """What the template `desk/lines.html` shows, oldest first."""
    named = {row["id"]: row for row in files}
    said = [_said(message, named) for message in page.messages]
    start = page.messages[0]["at"] if page.before and page.messages else None
    turns = [_handed_over(row) for row in handoffs] + [_deed(row) for row in deeds]
    marks = [line for line in turns if start is None or line["at"] >= start]
    return _with_days(sorted([*said, *marks], key=lambda line: (line["at"], line["rank"])))


def linked(text: str) -> Markup:
    """Words with their links, everything else escaped; only web addresses are links."""
    shown, end = Markup(), 0
    for found in _LINK.finditer(text):
        href = found["href"] or found["bare"]
        shown += escape(text[end : found.start()])
        link = Markup('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>').format(href, found["words"] or found["bare"])
        shown += link if href.startswith(("http://", "https://")) else escape(found["words"] or "")
        end = found.end()
    return shown + escape(text[end:])


def _said(message: Line, files: dict[str, Line]) -> Line:
    direction = message["direction"]
    file = files.get(evidence_id(message["key"])) if direction == "user" else None
    text = message["text"]
    place = text.partition("〔位置〕")[2] if message["kind"] == "location" else ""
    return {
        **message, "type": "said", "rank": 1 if direction == "user" else 2, "who": message["staff_name"] or WHO[direction], "file": file, "place": place,
        "words": linked(_LABEL.sub("", text).strip()), "label": words.KINDS.get(message["kind"], ""), "shown": [bubble(one) for one in message["bubbles"]],
    }  # fmt: skip


def bubble(said: Line) -> Line:
    """One bubble, as the template `desk/bubble.html` shows it."""
    custom = said.get("custom") or {}
    image = said.get("image") or ""
    sent = _SENT.search(image)
    shown = {"words": linked(said.get("text") or ""), "buttons": said.get("buttons") or [], "news": custom.get("news")}
    return {**shown, "image": image, "file": sent[1] if sent else ""}


def _handed_over(row: Line) -> Line:
    told = f"转人工（{words.reason_words(row['reason'])}）"
    return {"type": "mark", "id": f"h-{row['key']}", "at": row["opened_at"], "rank": 3, "words": told}


def _deed(row: Line) -> Line:
    by, to = row["by_name"] or "", row["assignee_name"] or row["unit_id"] or ""
    word = words.DEEDS[row["deed"]]
    told = {"transferred": f"{by}{word}{to}", "closed": f"{by}{word}（{words.END_STATES.get(row['note'], '')}）"}.get(row["deed"], f"{by}{word}")
    note = f"：{row['note']}" if row["deed"] == "transferred" and row["note"] else ""
    return {"type": "mark", "id": f"d-{row['id']}", "at": row["at"], "rank": 4, "words": told + note}


def _with_days(found: list[Line]) -> list[Line]:
    shown: list[Line] = []
    day = None
    for line in found:
        at: datetime = line["at"]
        if (own := at.astimezone(SHANGHAI).date()) != day:
            shown.append({"type": "day", "id": f"day-{own.isoformat()}", "at": at})
            day = own
        shown.append(line)
    return shown
