"""Days and times as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weijing.spoken_time import find_clock, find_day, find_moment

SUNDAY = date(2026, 11, 22)
EVENING = datetime(2026, 11, 22, 20, 10)
PAST = {
    "今天": "2026-11-22", "昨天刚搬来": "2026-11-21", "昨晚": "2026-11-21", "前天": "2026-11-20", "大前天": "2026-11-19", "上周一": "2026-11-09",
    "周一": "2026-11-16", "星期三": "2026-11-18", "周日": "2026-11-22", "本周五": "2026-11-20", "上上周六": "2026-11-07", "三天前": "2026-11-19",
    "10天前": "2026-11-12", "半个月前": "2026-11-07", "两周前": "2026-11-08", "11月1日": "2026-11-01", "11月1号": "2026-11-01", "十一月一号": "2026-11-01",
    "9月3号": "2026-09-03", "12月3日": "2025-12-03", "去年9月3号": "2025-09-03", "前年十月一日": "2024-10-01", "今年一月二十号": "2026-01-20",
    "2026.11.1": "2026-11-01", "2025-3-4": "2025-03-04", "2024/12/31": "2024-12-31", "16年5月2日": "2016-05-02", "5号": "2026-11-05", "二十三号": "2026-10-23",
    "上个月5号": "2026-10-05", "11.1": "2026-11-01", "我是上周六搬来的": "2026-11-14", "2026年2月29日": None, "11月31日": None, "3号楼": None, "不记得": None,
    "住了很久": None, "电话13800000000": None, "人民路12号": None, "3号窗口": None, "中秋": "2026-09-25", "大年初二": "2026-02-18", "正月十五": "2026-03-03",
    "农历八月十五": "2026-09-25", "腊月廿三": "2026-02-10", "2025年闰六月初一": "2025-07-25", "去年国庆": "2025-10-01", "除夕": "2026-02-16",
    "五一": "2026-05-01", "清明节那天": "2026-04-05", "农历闰八月初一": None, "五一路": None, "李国庆": None, "十一点": None, "农历九月三十一": None,
}  # fmt: skip
AHEAD = {
    "周一": "2026-11-23", "下周三": "2026-11-25", "明天": "2026-11-23", "大后天": "2026-11-25", "12月1日": "2026-12-01", "11月1日": "2027-11-01",
    "5号": "2026-12-05", "下个月3号": "2026-12-03", "三天后": "2026-11-25", "下下周一": "2026-11-30",
    "春节": "2027-02-06", "大年三十": "2027-02-05", "元旦": "2027-01-01", "国庆节放假吗": "2027-10-01", "明年中秋": "2027-09-15", "冬月初一": "2026-12-09",
}  # fmt: skip
MOMENTS = {
    "半小时后": "20:40", "大概40分钟": "20:50", "一个半小时": "21:40", "三刻钟": "20:55", "1小时": "21:10", "晚上十点半": "22:30", "十点一刻到": "22:15",
    "九点到": "21:00", "21:30": "21:30", "两个钟头": "22:10", "十一点二十分": "23:20", "夜里两点": "02:00", "今晚十二点": "00:00", "不知道": None, "快了": None,
}  # fmt: skip


@pytest.mark.parametrize(("words", "day"), PAST.items())
def test_a_day_that_has_been(words: str, day: str | None) -> None:
    found = find_day(words, SUNDAY, past=True)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(("words", "day"), AHEAD.items())
def test_a_day_to_come(words: str, day: str) -> None:
    assert str(find_day(words, SUNDAY)) == day


@pytest.mark.parametrize(("words", "clock"), MOMENTS.items())
def test_a_moment_of_this_evening(words: str, clock: str | None) -> None:
    found = find_moment(words, EVENING)
    assert (found.strftime("%H:%M") if found else None) == clock


def test_an_hour_that_has_passed_is_tomorrows() -> None:
    assert find_moment("早上8点", EVENING) == datetime(2026, 11, 23, 8, 0)
    assert find_moment("凌晨一点", EVENING) == datetime(2026, 11, 23, 1, 0)
    assert find_moment("明天下午三点", EVENING) == datetime(2026, 11, 23, 15, 0)


@given(st.text("今明后天上下周一二三四五六七八九十零两年月日号点半分0123456789:：.-/前小时个去晚", max_size=14))
def test_no_words_raise(words: str) -> None:
    for past in (True, False):
        found = find_day(words, SUNDAY, past=past)
        assert found is None or isinstance(found, date)
    clock = find_clock(words)
    assert clock is None or (0 <= clock[0] < 24 and 0 <= clock[1] < 60)
    find_moment(words, EVENING)
