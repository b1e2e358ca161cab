"""Workdays and office hours in China: weekends, 法定节假日 and the Saturdays and Sundays worked in exchange (调休).

The calendar is the `chinesecalendar` package, which follows the yearly notice of the State Council (国务院办公厅关于节假日安排的通知). The
notice of a year comes out in the autumn before: until the package has it, a day of that year counts by Monday to Friday and `covered` says no.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The one time zone of offices, dates and promises."""

OFFICE_HOURS = ((time(9), time(12)), (time(14, 30), time(17, 30)))
"""Opening and closing of the two halves of a workday, Shanghai time; the closing minute is closed."""

ONE_DAY = timedelta(days=1)

HOLIDAYS = {holiday.chinese: holiday.value for holiday in chinese_calendar.Holiday}
"""法定节假日 as people call them -> the package's name."""


def covered(day: date) -> bool:
    """Whether the holidays of that day are known; otherwise answers about it are by Monday to Friday only."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether offices work on that day; by Monday to Friday when the day is not `covered`."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def holiday_of(day: date) -> str:
    """The holiday in whose run of days off that day falls, in Chinese; empty for other days and for those that are not `covered`."""
    if not covered(day):
        return ""
    off, name = chinese_calendar.get_holiday_detail(day)
    return next((chinese for chinese, english in HOLIDAYS.items() if off and english == name), "")


def next_holiday(name: str, day: date) -> tuple[date, date] | None:
    """First and last day off of the holiday that runs on `day` or comes next; None when the calendar does not know it yet."""
    while covered(day) and holiday_of(day) != name:
        day += ONE_DAY
    if not covered(day):
        return None
    last = day
    while holiday_of(last + ONE_DAY) == name:
        last += ONE_DAY
    return day, last


def add_workdays(day: date, count: int) -> date:
    """The day on which a limit of `count` workdays ends; the first day does not count (民法典 art. 201). Negative counts go back, 0 stays."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_workday(day):
            day += step
    return day


def workdays_between(start: date, end: date) -> int:
    """Workdays after `start` up to and including `end`, so that `add_workdays(start, n)` of a workday is `n` away; negative when `end` is earlier."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=number)) for number in range(1, (end - start).days + 1))


def today() -> date:
    """The date in Shanghai, by which the whole country counts."""
    return datetime.now(SHANGHAI).date()


def is_open(now: datetime) -> bool:
    """Whether an office is open at that moment (`now` must be aware)."""
    return next_opening(now) == now


def next_opening(now: datetime) -> datetime:
    """The first moment from `now` on at which an office is open, in Shanghai time; `now` itself during office hours.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    local = now.astimezone(SHANGHAI)
    day = local.date()
    while True:
        for opens, closes in OFFICE_HOURS if is_workday(day) else ():
            if local < datetime.combine(day, closes, SHANGHAI):
                return max(local, datetime.combine(day, opens, SHANGHAI))
        day += ONE_DAY
