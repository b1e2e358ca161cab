"""Workdays against the holiday notices of 2025 and 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weijing.workdays import SHANGHAI, add_workdays, covered, holiday_of, is_open, is_workday, next_holiday, next_opening, workdays_between

DAYS = st.dates(date(2020, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 26), True),  # 春节调休, a Sunday
        (date(2025, 1, 28), False),  # 除夕, a Tuesday
        (date(2025, 10, 8), False),  # 国庆中秋, a Wednesday
        (date(2025, 10, 11), True),  # 国庆调休, a Saturday
        (date(2026, 1, 2), False),  # 元旦, a Friday
        (date(2026, 2, 14), True),  # 春节调休, a Saturday
        (date(2026, 2, 23), False),  # 春节, a Monday
        (date(2026, 10, 10), True),  # 国庆调休, a Saturday
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 11, 23), True),  # an ordinary Monday
    ],
)
def test_holidays_and_exchanged_days_count_as_in_the_notice(day: date, works: bool) -> None:
    assert is_workday(day) is works


def test_a_holiday_is_its_whole_run_of_days_off() -> None:
    assert next_holiday("国庆节", date(2026, 1, 1)) == (date(2026, 10, 1), date(2026, 10, 7))
    assert next_holiday("国庆节", date(2026, 10, 5)) == (date(2026, 10, 5), date(2026, 10, 7)), "what is left of it"
    assert (holiday_of(date(2026, 10, 2)), holiday_of(date(2026, 10, 10)), holiday_of(date(2026, 11, 21))) == ("国庆节", "", "")
    assert next_holiday("国庆节", date(2199, 1, 1)) is None and holiday_of(date(2199, 10, 1)) == ""


def test_a_limit_runs_over_the_national_day_holiday() -> None:
    assert add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10)  # the exchanged Saturday counts
    assert add_workdays(date(2026, 10, 10), -3) == date(2026, 9, 30)
    assert add_workdays(date(2026, 10, 3), 0) == date(2026, 10, 3)
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert workdays_between(date(2026, 10, 10), date(2026, 9, 30)) == -3


def test_beyond_the_notices_weekdays_count_and_covered_says_so() -> None:
    assert covered(date(2026, 12, 31))
    far = date(2099, 10, 1)  # a Thursday
    assert not covered(far)
    assert is_workday(far) and not is_workday(date(2099, 10, 3))


@given(DAYS.filter(is_workday), st.integers(-60, 60))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    end = add_workdays(day, count)
    assert is_workday(end)
    assert workdays_between(day, end) == count


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 11:59", "2026-11-23 11:59"),
        ("2026-11-23 12:00", "2026-11-23 14:30"),
        ("2026-11-23 17:30", "2026-11-24 09:00"),
        ("2026-11-20 18:00", "2026-11-23 09:00"),  # Friday evening
        ("2026-02-14 10:00", "2026-02-14 10:00"),  # 调休 Saturday
        ("2026-02-14 17:31", "2026-02-24 09:00"),  # over the whole Spring Festival
    ],
)
def test_next_opening(now: str, opening: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert next_opening(moment) == datetime.fromisoformat(opening).replace(tzinfo=SHANGHAI)
    assert is_open(moment) is (now == opening)


def test_office_hours_are_shanghai_time_wherever_the_clock_stands() -> None:
    assert is_open(datetime(2026, 11, 23, 1, 30, tzinfo=timezone.utc))
    assert next_opening(datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)) == datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    assert next_opening(datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)).utcoffset() == timedelta(hours=8)


def test_a_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        next_opening(datetime(2026, 11, 23, 9, 30))
