"""Times as people say them, and slots said back."""

from __future__ import annotations

from datetime import date

import pytest

from actions.appointment_time import find_wish, said_start, spread, typed_start


@pytest.mark.parametrize(("text", "day", "first", "last"), [
    ("明天下午", "2026-11-26", "13:00", "18:00"),
    ("周三上午十点", "2026-11-25", "10:00", "10:00"),
    ("周二", "2026-12-01", "00:00", "23:59"),
    ("下周一下午三点半", "2026-11-30", "15:30", "15:30"),
    ("11月27日9:00", "2026-11-27", "09:00", "09:00"),
    ("3号下午2点", "2026-12-03", "14:00", "14:00"),
    ("1月5日", "2027-01-05", "00:00", "23:59"),
    ("大后天两点", "2026-11-28", "14:00", "14:00"),
    ("十一点", "", "11:00", "11:00"),
    ("凌晨三点", "", "03:00", "03:00"),
    ("最早的", "", "00:00", "23:59"),
])  # fmt: skip
def test_times_are_read_as_people_say_them(text: str, day: str, first: str, last: str) -> None:
    wish = find_wish(text, date(2026, 11, 25))
    assert wish is not None and (wish.day, wish.first, wish.last) == (day, first, last)


@pytest.mark.parametrize("text", ["张三丰", "13812345678", "我要预约", "2月30日", "确认"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert find_wish(text, date(2026, 11, 25)) is None


def test_a_button_reads_back_as_its_slot_and_a_short_list_leaves_a_choice() -> None:
    free = [f"2026-11-{day}T{clock}:00+08:00" for day in (26, 27) for clock in ("09:00", "09:30", "14:30")]
    assert spread(free, 3) == [free[0], free[2], free[3]] and said_start(free[2]) == "11月26日（周四）14:30"
    assert all(wish.fits(start) for start in free if (wish := find_wish(typed_start(start), date(2026, 11, 25))))
