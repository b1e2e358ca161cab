"""What a complaint or tip is made of, and how its parts are read out of plain words.

Fields: docs/contracts.md, `POST /v1/reports`. No field forces the reporter to reveal himself; whoever reports is heard
(公安机关办理行政案件程序规定 arts. 60, 63).
"""

from __future__ import annotations

import re
from typing import Any

from actions import report_words as words
from actions.field import Field, Slots
from actions.masks import sealed as sealed  # where the other topics look for it
from actions.report_details import DETAIL_FIELDS
from actions.report_files import MOST
from actions.report_reporter import REPORTER_FIELDS
from actions.said import Said
from weijing.report_topics import OTHER

LEAST = {"投诉": 10, "举报": 4}
"""Characters below which nobody could look into it."""
TOLD = 10
"""Characters from which the first message counts as the story itself."""
SENTENCE = 20
"""Characters up to which a message that begins with a place is nothing but the place."""


def _kind(said: Said, slots: Slots) -> str | None:
    if re.search(r"投诉", said.text):
        return "投诉"
    if words.TIP.search(said.text):
        return "举报"
    return "投诉" if words.COMPLAINT.search(said.text) else None


def _told_kind(said: Said, slots: Slots) -> str | None:
    return _kind(said, slots) or ("举报" if _match(said.text, words.TIP_TOPICS) else None)


def _match(text: str, topics: dict[str, str]) -> str | None:
    return next((topic for topic, pattern in topics.items() if re.search(rf"{topic}|{pattern}", text)), None)


def _topic(said: Said, slots: Slots) -> str | None:
    topics = words.COMPLAINT_TOPICS if slots.get("report_kind") == "投诉" else words.TIP_TOPICS
    elsewhere = said.denies or _told_time(said, slots) or _told_place(said, slots)
    return _match(said.text, topics) or (OTHER if 2 <= len(said.text) <= 20 and not elsewhere else None)


def _told_topic(said: Said, slots: Slots) -> str | None:
    kind = slots.get("report_kind") or _told_kind(said, slots)
    topics = {name: pattern for name, pattern in (words.COMPLAINT_TOPICS if kind == "投诉" else words.TIP_TOPICS).items() if name != OTHER}
    return _match(said.text, topics) if kind else None


def _content(said: Said, slots: Slots) -> str | None:
    text = said.text.strip()
    return text if len(text) >= LEAST.get(str(slots.get("report_kind")), TOLD) else None


def _told_content(said: Said, slots: Slots) -> str | None:
    text = words.OPENING.sub("", said.text.strip())
    return text if len(text) >= TOLD and said.intent in {"file_report", ""} and not text.startswith("〔") else None


def _time(said: Said, slots: Slots) -> str | None:
    text = said.text.strip()
    told = _told_time(said, slots) or ("现在" if words.NOW.search(text) else None)
    return told or (text[:80] if len(text) >= 2 and not said.denies and not _told_place(said, slots) else None)


def _told_time(said: Said, slots: Slots) -> str | None:
    found = words.TIME.search(said.text)
    named = "".join(value for name, value in said.entities if name in {"date", "time"})
    return (found[0] if found else named) or None


def _place(said: Said, slots: Slots) -> str | None:
    if said.sent:
        return located(said)
    text = words.LEAD_IN.sub("", said.text.strip()).rstrip("。 ")
    return text[:150] if len(text) >= 2 and not said.denies and not words.TIME.fullmatch(text) else said.entity("place")


def _told_place(said: Said, slots: Slots) -> str | None:
    if said.sent:
        return located(said)
    found = words.PLACE.search(words.TIME.sub("在", said.text))  # 「昨晚九点人民路…」: a place often follows the time with no word between
    named = said.entity("place")
    if named and said.text.startswith(named) and len(said.text) <= SENTENCE:
        return said.text.strip()
    return found["place"] if found else named


def located(said: Said) -> str | None:
    """The place of a location message: its label with the coordinates, which staff can look up; WeChat's are GCJ-02."""
    lat, lng, label = said.entity("lat"), said.entity("lng"), said.entity("place") or ""
    if not (lat and lng):
        return label[:150] or None
    point = f"{'北' if float(lat) >= 0 else '南'}纬{abs(float(lat)):.5f}，{'东' if float(lng) >= 0 else '西'}经{abs(float(lng)):.5f}"
    return f"{label[:120]}（{point}）" if label else point


def _happening(said: Said, slots: Slots) -> str | None:
    return _told_happening(said, slots) or ("否" if said.denies else "是" if said.agrees else None)


def _told_happening(said: Said, slots: Slots) -> str | None:
    if words.NOW.search(said.text) and not words.NOT_NOW.search(said.text):
        return "是"
    return "否" if words.PAST.search(said.text) else None


def _evidence(said: Said, slots: Slots) -> list[dict[str, Any]] | None:
    return [*(slots.get("report_evidence") or []), *said.evidence][:MOST] if said.evidence else None


def _asked_evidence(said: Said, slots: Slots) -> list[dict[str, Any]] | None:
    text = said.text.strip()
    given = _evidence(said, slots)
    if given is not None:
        return given
    if said.denies or words.NOTHING.match(text):
        return []
    return [{"kind": "text", "ref": text[:500]}] if len(text) >= 6 else None


def _confirmed(said: Said, slots: Slots) -> bool | None:
    return True if said.agrees else None


FIELDS = (
    Field("report_kind", "类型|类别", _kind, _told_kind),
    Field("report_topic", "种类|问题", _topic, _told_topic),
    Field("report_content", "内容|经过|情况|事情", _content, _told_content, story=True),
    Field("report_occurred_at", "时间|日期", _time, _told_time, alone=words.TIME),
    Field("report_place", "地点|地址|位置|地方", _place, _told_place, alone=words.LOCATION, sent=frozenset({"位置"})),
    Field("report_happening_now", "是否正在发生|正在发生|现在", _happening, _told_happening),
    *DETAIL_FIELDS,
    Field("report_evidence", "材料|证据|图片|照片", _asked_evidence, _evidence, skipped=[], adds=True, sent=frozenset(words.MEDIA)),
    *REPORTER_FIELDS,
    Field("report_confirmed", "确认", _confirmed),
)
"""In the order of asking."""
