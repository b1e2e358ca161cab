"""Whether offices work on the day, weekend or holiday that a question names, by the national calendar (`weijing.workdays`)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from weijing.workdays import HOLIDAYS, OFFICE_HOURS, ONE_DAY, covered, holiday_of, is_workday, next_holiday

_DAYS = "一二三四五六日"
_NEAR = {"今天": 0, "现在": 0, "明天": 1, "大后天": 3, "后天": 2}
_WEEKDAY = re.compile(r"(下个?)?(?:周|星期|礼拜)([一二三四五六日天末])")
_SAID = {"劳动节": "五一", "国庆节": "国庆|十一", "春节": "春节|过年", **{name: name for name in ("元旦", "清明", "端午", "中秋")}}
"""Holiday as the calendar calls it -> how people do."""


def hours_text() -> str:
    """The usual hours of the bureau's counters: 9:00—12:00、14:30—17:30."""
    return "、".join(f"{opens:%-H:%M}—{closes:%-H:%M}" for opens, closes in OFFICE_HOURS)


def day_text(text: str, today: date) -> str:
    """A sentence on the days that the text names, or on today and the next workday when it names none."""
    name = next((name for name, said in _SAID.items() if re.search(said, text)), "")
    if name:
        return _holiday_text(name, today)
    days = days_said(text, today)
    if days:
        return "，".join(map(_one, days)) + "。"
    return f"今天{_one(today)}" + ("。" if is_workday(today) else f"，下一个工作日是{_named(_next_workday(today))}。")


def days_said(text: str, today: date) -> list[date]:
    """明天, 周六, 周末, 下周一: the days that are meant, none before today."""
    near = next((number for word, number in _NEAR.items() if word in text), None)
    if near is not None:
        return [today + timedelta(days=near)]
    found = _WEEKDAY.search(text)
    if not found:
        return []
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if found[1] else 0)
    wanted = (5, 6) if found[2] == "末" else (_DAYS.index(found[2].replace("天", "日")),)
    days = [monday + timedelta(days=number) for number in wanted]
    return [day if day >= today else day + timedelta(days=7) for day in days] if days[-1] < today else [day for day in days if day >= today]


def _holiday_text(name: str, today: date) -> str:
    span = next_holiday(name, today)
    if span is None:
        return f"下一个{name}的放假安排我这里还没有，以国务院办公厅的通知为准。"
    return f"{name}放假：{_named(span[0])}至{_named(span[1])}，{_named(_next_workday(span[1]))}上班。"


def _one(day: date) -> str:
    kind = "是工作日" if is_workday(day) else f"放假（{holiday_of(day)}）" if holiday_of(day) in HOLIDAYS else "是休息日"
    return f"{_named(day)}{kind}" + ("" if covered(day) else "（当年的放假安排还没有公布，先按周一至周五算）")


def _named(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_DAYS[day.weekday()]}）"


def _next_workday(day: date) -> date:
    day += ONE_DAY
    while not is_workday(day):
        day += ONE_DAY
    return day
