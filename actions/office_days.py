"""Whether offices work on the day, weekend or holiday that a question names, by the national calendar (`weijing.workdays`)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from weijing.feasts import feast_of
from weijing.spoken_time import find_day
from weijing.workdays import HOLIDAYS, OFFICE_HOURS, ONE_DAY, covered, holiday_of, is_workday, next_holiday

_DAYS = "一二三四五六日"
_WEEKEND = re.compile(r"(下个?)?(?:周末|星期末|礼拜末)")


def hours_text() -> str:
    """The usual hours of the bureau's counters: 9:00—12:00、14:30—17:30."""
    return "、".join(f"{opens:%-H:%M}—{closes:%-H:%M}" for opens, closes in OFFICE_HOURS)


def day_text(text: str, today: date) -> str:
    """A sentence on the days that the text names, or on today and the next workday when it names none."""
    name = feast_of(text)
    if name in HOLIDAYS:
        return _holiday_text(name, today)
    days = days_said(text, today)
    if days:
        return "，".join(map(_one, days)) + "。"
    return f"今天{_one(today)}" + ("。" if is_workday(today) else f"，下一个工作日是{_named(_next_workday(today))}。")


def days_said(text: str, today: date) -> list[date]:
    """明天, 周六, 周末, 下周一, 大年初四: the days that are meant, none before today."""
    weekend = _WEEKEND.search(text)
    if not weekend:
        day = find_day(text, today)
        return [day] if day and day >= today else []
    saturday = today + timedelta(days=5 - today.weekday() + 7 * bool(weekend[1]))
    return [day for day in (saturday, saturday + ONE_DAY) if day >= today]


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
