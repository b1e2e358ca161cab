"""How a notice of the bureau reads on a phone: told to subscribers in brief, and whole when somebody asks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

KINDS = {"fraud": "反诈预警", "traffic": "交通管制", "service": "办事安排", "safety": "治安提醒", "other": "公告"}
"""Kind -> what it is called."""
BRIEF = 80
"""Characters of the body that are told; it is kept for each subscriber until he writes, so the whole is read on demand."""
TOLD = "【{kind}】{title}{areas}\n{brief}\n不想再收，回复“不要再发公告了”。"


def said_areas(areas: Sequence[str]) -> str:
    """「（鼓楼区、台江区）」, nothing for everywhere."""
    return f"（{'、'.join(areas)}）" if areas else ""


def said_day(moment: str) -> str:
    """「11月20日」 of a moment of the API."""
    return f"{int(moment[5:7])}月{int(moment[8:10])}日"


def told_text(notice: Mapping[str, Any]) -> str:
    """What a subscriber gets: kind, title, districts, the beginning, and how to stop."""
    return TOLD.format(kind=KINDS[notice["kind"]], title=notice["title"], areas=said_areas(notice["areas"]), brief=brief(notice["body"]))


def full_text(notice: Mapping[str, Any]) -> str:
    """A notice whole: kind, title, body, districts, dates, link."""
    until = f"，有效到 {said_day(notice['expires_at'])}" if notice["expires_at"] else ""
    dated = f"（{said_day(notice['published_at'])}发布{until}）"
    lines = [f"【{KINDS[notice['kind']]}】{notice['title']}{said_areas(notice['areas'])}", notice["body"], dated, notice["link"]]
    return "\n".join(filter(None, lines))


def brief(body: str) -> str:
    """The first sentences that fit, or the beginning."""
    kept = ""
    for sentence in re.findall(r"[^。！？\n]*[。！？\n]?", body):
        if len(kept + sentence) > BRIEF:
            break
        kept += sentence
    return kept.strip() or body[: BRIEF - 1] + "…"
