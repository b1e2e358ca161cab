"""Where days and times of day stand in a text, as the house reads them (`weijing.spoken_time`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from weijing.spoken_time import CLOCK, DAY, PART, find_clock, find_day

_MONTH = r"(?:(?:19|20)\d{2}|[前去今明])年(?:(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月)?"
_VAGUE = f"(?:[上这下本]个?)?周末|(?:上上?|这|下下?|本)个?(?:周|星期|礼拜|月)(?![一二三四五六日天末])|月[初中底]|{_MONTH}|前几天|这几天"
_FIRST = "(?=[0-9零一二两三四五六七八九十大前昨今明后刚上下这本周星礼半农阴旧正冬腊闰年月元劳国除春清端中七重去过])"
"""What a date begins with: most places of most texts need no second look."""
_DATE = re.compile(f"{_FIRST}(?:(?P<day>{DAY})|(?:{_VAGUE}))")
_NO_CLOCK = "(?!钱|建议|要求|意见|原因|问题|水|[都也]|[零点]?[儿])"
_TIME = re.compile(rf"{PART}?的?(?P<clock>{CLOCK})分?{_NO_CLOCK}|{PART}|半个?(?:小时|钟头)[前后]|\d{{1,3}}(?:分钟|个?小时)[前后]")
_ONE = re.compile("(?<=[快慢早晚多少好差大小便近远高低])一点")
"""「快一点」 is no hour."""


@dataclass(frozen=True)
class Spoken:
    """A day or a time of day in a text.

    Args:
        kind: `date` or `time`.
        iso: `2026-11-23` or `15:00`; empty where the words alone do not say it: 「周三」 can be the last or the next, 「三点」 of the night or of the day.
    """

    kind: str
    text: str
    start: int
    end: int
    iso: str = ""


def find_times(text: str, today: date) -> list[Spoken]:
    """Days and times in the order of the text, none overlapping."""
    days = list(_days(text, today))
    for day in days:
        text = f"{text[: day.start]}{'〇' * (day.end - day.start)}{text[day.end :]}"
    return sorted([*days, *_clocks(text, days)], key=lambda one: one.start)


def _days(text: str, today: date) -> Iterator[Spoken]:
    for found in _DATE.finditer(text):
        ahead, past = find_day(found[0], today), find_day(found[0], today, past=True)
        if ahead or past or not found["day"]:
            iso = ahead.isoformat() if ahead and ahead == past else ""
            yield Spoken("date", found[0], found.start(), found.end(), iso)


def _clocks(text: str, days: list[Spoken]) -> Iterator[Spoken]:
    for found in _TIME.finditer(text):
        if _ONE.match(text, found.start()):
            continue
        evening = next((day.text for day in days if day.end == found.start()), "")
        clock = find_clock(evening + found[0])
        sure = clock and (clock[0] > 11 or not found["clock"].startswith(found[0]) or (evening and evening[-1] in "早晚晨夜") or re.search("[:：时]", found[0]))
        if clock or not found["clock"]:
            yield Spoken("time", found[0], found.start(), found.end(), f"{clock[0]:02}:{clock[1]:02}" if clock and sure else "")
