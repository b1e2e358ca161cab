"""Days and times of day as people write them: 「明天下午三点」「上周一」「去年9月3号」「十一月一日」「三天前」「中秋」「40分钟后」.

A day without a year or week is taken as the next one for what is to come (a booking) and as the last one for what has been (a move).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from weijing.article_numbers import numeral
from weijing.feasts import FEAST, find_feast

_FIGURE = "[零一二两三四五六七八九十]{1,3}"
_NUMBER = rf"(?:\d{{1,3}}|{_FIGURE})"
_NEAR = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨晚": -1, "昨夜": -1, "今天": 0, "今日": 0, "今儿": 0, "今早": 0,
    "今晚": 0, "今晚上": 0, "昨晚上": -1, "明晚上": 1, "今夜": 0, "今晨": 0, "刚刚": 0, "刚才": 0, "大后天": 3, "后天": 2, "后晚": 2,
    "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晚": 1,
}  # fmt: skip
_NEAR_DAY = re.compile("|".join(sorted(_NEAR, key=len, reverse=True)))
_DAYS = "一二三四五六日"
_WEEKDAY = re.compile("(?P<week>上上个?|上个?|下下个?|下个?|这个?|本)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_WEEKS = {"上上": -2, "上": -1, "下": 1, "下下": 2, "这": 0, "本": 0}
_AGO = re.compile(rf"(?P<half>半)?(?P<count>{_NUMBER})?个?多?(?P<unit>天|日|周|星期|礼拜|月|年)(?:之?(?P<side>前|后)|以(?P<after>后))")
_DASHED = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)")
_DATED = re.compile(
    rf"(?:(?P<year>(?:19|20)?\d{{2}})年|(?P<said>前年|去年|今年|明年))?的?(?:(?P<month>\d{{1,2}}|{_FIGURE})月(?:份)?|(?P<near>上个?月|这个?月|本月|下个?月)的?)?"
    rf"(?<![路街道巷弄里村屯组坊楼栋第\d])(?P<day>\d{{1,2}}|{_FIGURE})[日号](?![楼院线门窗柜车桌房机厂店库台令文公井码派])"
)
_BARE = re.compile(r"(?P<month>\d{1,2})[-./](?P<day>\d{1,2})")
_SAID_YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_TIME = re.compile(
    rf"(?<![\d.:：第有])(?P<hour>\d{{1,2}}|(?:二十|十)[一二三]?|[零一二两三四五六七八九])(?:点钟?|时|[:：](?=\d))(?P<minute>半|一刻|三刻|\d{{1,2}}|[二三四五]?十[一二三四五六七八九]?"
    rf"|零[一二三四五六七八九]|{_FIGURE}(?=分))?(?!\d)"
)
_SPAN = re.compile(rf"(?P<half>半)?(?P<count>{_NUMBER})?个?(?P<more>半)?(?P<unit>小时|钟头|分钟|刻钟)")
_PARTS = ((re.compile("下午|傍晚|午后"), 1, 11), (re.compile("中午"), 1, 3), (re.compile("晚(?![点了到些])|夜"), 5, 11))
"""Part of the day, and the hours said of it that are of the afternoon: 「夜里两点」 is two in the morning."""
_NIGHT = _PARTS[-1][0]
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}
_DAY_S = timedelta(days=1)


def find_day(text: str, today: date, *, past: bool = False) -> date | None:
    """The day that a text names, None if it names none or one that the calendar does not have."""
    feast = find_feast(text, today, past=past)
    if feast:
        return feast
    near, weekday, ago = _NEAR_DAY.search(text), _WEEKDAY.search(text), _AGO.search(text)
    if near:
        return today + _NEAR[near[0]] * _DAY_S
    if weekday:
        return _of_week(weekday, today, past)
    if ago and (ago["half"] or ago["count"]):
        return _counted(ago, today)
    dashed = _DASHED.search(text)
    if dashed:
        return _real(int(dashed["year"]), int(dashed["month"]), int(dashed["day"]))
    dated = _DATED.search(text) or _BARE.fullmatch(text.strip())
    return _dated(dated.groupdict(), today, past) if dated else None


def find_clock(text: str) -> tuple[int, int] | None:
    """(hour, minute) of a time of day; None if the text names none. What is said of the part of the day counts."""
    found = _TIME.search(text)
    if not found:
        return None
    hour, minute = _int(found["hour"]), found["minute"] or "0"
    minutes = _QUARTERS.get(minute)
    minutes = _int(minute) if minutes is None else minutes
    before = text[: found.start()]
    if any(part.search(before) and first <= hour <= last for part, first, last in _PARTS):
        hour += 12
    elif hour == 12 and _NIGHT.search(before):
        hour = 0
    return (hour % 24, minutes) if hour <= 24 and minutes < 60 else None


def find_moment(text: str, now: datetime) -> datetime | None:
    """The moment to come that a text names: 「半小时后」「大概40分钟」「晚上十点半」「明天早上8:00」."""
    span = _SPAN.search(text)
    if span and (span["half"] or span["count"]):
        size = {"小时": 60, "钟头": 60, "刻钟": 15}.get(span["unit"], 1)
        count = (_int(span["count"]) if span["count"] else 0.5) + (0.5 if span["more"] else 0)
        return now + timedelta(minutes=size * count)
    clock, day = find_clock(text), find_day(text, now.date())
    if clock is None:
        return None
    found = datetime.combine(day or now.date(), datetime.min.time(), now.tzinfo).replace(hour=clock[0], minute=clock[1])
    if day is not None and clock[0] < 5 and _NIGHT.search(text):  # 「今晚十二点」 is the next day's beginning
        found += _DAY_S
    if found > now or day is not None:
        return found
    later = found + timedelta(hours=12)
    return later if later > now and clock[0] < 12 and not re.search("早|上午|凌晨|晚上|夜", text) else found + _DAY_S


def _bare(*patterns: re.Pattern[str]) -> str:
    """The patterns as one without groups of names, to build others from."""
    return "|".join(re.sub(r"\?P<\w+>", "?:", pattern.pattern) for pattern in patterns)


DAY = f"(?:{FEAST}|{_bare(_DASHED, _NEAR_DAY, _WEEKDAY, _AGO, _DATED)})"
"""What `find_day` reads, as a piece of a pattern without groups; whether the calendar has such a day it does not know."""
PART = "(?:凌晨|清晨|大清早|一大早|早上|早晨|上午|中午|下午|午后|傍晚|晚上|夜里|深夜|半夜)"
"""Parts of the day, without groups."""
CLOCK = f"(?:{_bare(_TIME)})"
"""What `find_clock` reads, without groups."""


def _of_week(found: re.Match[str], today: date, past: bool) -> date:
    index, monday = _DAYS.index(found["day"].replace("天", "日")), today - today.weekday() * _DAY_S
    if found["week"]:
        return monday + (index + 7 * _WEEKS[found["week"].removesuffix("个")]) * _DAY_S
    ahead = (index - today.weekday()) % 7
    return today + (ahead - 7 if past and ahead else ahead) * _DAY_S


def _counted(found: re.Match[str], today: date) -> date:
    count = _int(found["count"]) if found["count"] else 0.5
    days = {"周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}.get(found["unit"], 1) * count
    return today + timedelta(days=int(days if (found["side"] or found["after"]) == "后" else -days))


def _dated(said: dict[str, str | None], today: date, past: bool) -> date | None:
    """The day of a date, or the nearest one in the direction that is meant where year or month is not said."""
    day = _int(said["day"] or "0")
    if said.get("near"):
        month = today.year * 12 + today.month - 1 + {"上": -1, "下": 1}.get((said["near"] or "")[0], 0)
        return _real(month // 12, month % 12 + 1, day)
    month_said = _int(said["month"]) if said["month"] else 0
    year = _year(said, today)
    if year:
        return _real(year, month_said, day)
    step = -1 if past else 1
    for ahead in range(0, 13 * step, step):
        month = today.year * 12 + today.month - 1 + ahead
        found = _real(month // 12, month % 12 + 1, day)
        if found and month_said in (0, found.month) and (found <= today if past else found >= today):
            return found
    return None


def _year(said: dict[str, str | None], today: date) -> int:
    if said.get("said"):
        return today.year + _SAID_YEARS[str(said["said"])]
    year = int(said.get("year") or 0)
    return year + 2000 if 0 < year < 100 else year


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _int(text: str) -> int:
    return int(text) if text.isdigit() else numeral(text.replace("两", "二"))
