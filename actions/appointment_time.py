"""Days and times as people say them when they book: 「明天下午」「周三上午十点」「11月23日9:00」; and how a slot is said back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from weijing.spoken_time import find_clock, find_day

_DAYS = "一二三四五六日"
_PARTS = {
    "凌晨": ("00:00", "06:00"), "早": ("00:00", "11:59"), "上午": ("00:00", "11:59"), "中午": ("11:30", "14:00"),
    "下午": ("13:00", "18:00"), "晚上": ("18:00", "23:59"),
}  # fmt: skip
_ANY = re.compile("最早|最快|最近的时间|随便|都可?以|都行")
_WHOLE = ("00:00", "23:59")
_AFTERNOON = 8
"""An hour before it, said without 上午 or 下午, is one of the afternoon: no counter opens so early."""


@dataclass(frozen=True)
class Wish:
    """When somebody would like to come.

    Args:
        day: ISO date; empty for any.
        first, last: `HH:MM`, the earliest and the latest start.
    """

    day: str
    first: str
    last: str

    def fits(self, start: str) -> bool:
        """Whether a slot (ISO moment) is inside it."""
        return (not self.day or start.startswith(self.day)) and self.first <= start[11:16] <= self.last


def find_wish(text: str, today: date) -> Wish | None:
    """The day and time in a message, None if it names neither."""
    day, (first, last) = find_day(text, today), _clock(text)
    if day is None and (first, last) == _WHOLE and not _ANY.search(text):
        return None
    return Wish(day.isoformat() if day else "", first, last)


def spread(free: Sequence[str], most: int) -> list[str]:
    """The next free slots, the first of each half day, so that a short list leaves a choice."""
    halves: dict[tuple[str, bool], str] = {}
    for start in free:
        halves.setdefault((start[:10], start[11:16] < "13:00"), start)
    return list(halves.values())[:most]


def said_start(start: str) -> str:
    """「11月23日（周一）9:00」."""
    moment = datetime.fromisoformat(start)
    return f"{moment.month}月{moment.day}日（周{_DAYS[moment.weekday()]}）{moment.hour}:{moment.minute:02}"


def typed_start(start: str) -> str:
    """「11月23日9:00」: what a button sends back, and `find_wish` reads."""
    return re.sub("（.*）", "", said_start(start))


def _clock(text: str) -> tuple[str, str]:
    part = next((name for name in _PARTS if name in _ANY.sub("", text)), "")
    clock = find_clock(text)
    if not clock:
        return _PARTS.get(part, _WHOLE)
    hour, minute = clock
    exact = f"{hour + 12 * (not part and hour < _AFTERNOON):02}:{'30' if minute >= 30 else '00'}"
    return exact, exact
