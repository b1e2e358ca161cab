"""Feasts and days of the lunar calendar 农历: 「中秋」「大年初二」「正月十五」「腊月廿三」「明年春节」「国庆」.

Lunar days by `borax` (tables from 1900 to 2100), the solar term 清明 by `chinesecalendar`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from weijing.article_numbers import numeral

_WORDS = {
    "元旦": "元旦", "劳动节": r"劳动节|(?<![零一二三四五六七八九十\d])五一(?:节|长假|假期)?(?![\d一二三四五六七八九十路广大中村街北南])",
    "国庆节": "(?<![王李张刘陈杨赵黄周吴徐孙马])国庆节?(?![路街村])|(?<![二三四五六七八九百零])十一(?=放假|期间|长假|假期|黄金周|那天|当天|$)",
    "除夕": "除夕夜?|大?年三十|大年夜", "春节": "春节|过年(?!轻)", "清明": "清明节?(?![路上河])", "端午": "端午节?(?!路)", "中秋": "中秋节?(?!路)",
    "元宵节": "元宵节", "七夕": "七夕节?", "重阳节": "重阳节", "腊八": "腊八节?",
}  # fmt: skip
"""Feast, a public holiday as `weijing.workdays.HOLIDAYS` calls it -> how people do."""
_SUN = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}
_MOON = {"除夕": (1, 0), "春节": (1, 1), "元宵节": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中秋": (8, 15), "重阳节": (9, 9), "腊八": (12, 8)}
"""Lunar month and day; 除夕 is the day before the first, for the last month has 29 days or 30."""
_TENS = "[一二三四五六七八九]"
_LUNAR_DAY = rf"初(?:{_TENS}|十)|廿{_TENS}?|[二三]?十{_TENS}?"
_YEAR = r"(?:(?:(?:19|20)\d{2}|[去今明前])年的?)?"
_LUNAR = (
    rf"(?:农历|阴历|旧历)的?{_YEAR}(?:闰?(?:[正冬腊]|{_TENS}|十[一二]?|1[0-2]|[1-9])月)(?:{_LUNAR_DAY}|[12]\d|30|[1-9](?!\d))[日号]?"
    rf"|[正冬腊]月(?:{_LUNAR_DAY})[日号]?|闰?(?:{_TENS}|十[一二]?)月(?:初(?:{_TENS}|十)|廿{_TENS}?)|大?年初(?:{_TENS}|十)(?!中)"
)
FEAST = rf"{_YEAR}(?:{_LUNAR}|{'|'.join(_WORDS.values())})"
"""A feast or a lunar day as a piece of a pattern, without groups."""
_FEAST = re.compile(rf"(?P<said>{_YEAR})(?:(?P<lunar>{_LUNAR})|{'|'.join(f'(?P<{name}>{words})' for name, words in _WORDS.items())})")
_SAID = re.compile(r"(?:(?P<number>(?:19|20)\d{2})|(?P<near>[去今明前]))年")
_MONTH_DAY = re.compile(rf"(?P<leap>闰)?(?:(?P<month>[正冬腊一二三四五六七八九十\d]{{1,2}})月|年)(?P<day>{_LUNAR_DAY}|\d{{1,2}})")
_MONTHS = {"正": 1, "冬": 11, "腊": 12, None: 1}


def feast_of(text: str) -> str:
    """The feast that a text names, a public holiday as `weijing.workdays.HOLIDAYS` calls it; empty if none."""
    found = _FEAST.search(text)
    return str(found.lastgroup) if found and found.lastgroup != "lunar" else ""


def find_feast(text: str, today: date, *, past: bool = False) -> date | None:
    """The day of the feast or lunar day that a text names: the next one, or the last one, unless its year is said."""
    found = _FEAST.search(text)
    if not found:
        return None
    said = _SAID.search(found[0])
    if said:
        return _day(found, int(said["number"]) if said["number"] else today.year + "前去今明".index(said["near"]) - 2)
    days = [day for year in range(today.year - 2, today.year + 3) if (day := _day(found, year))]
    fitting = [day for day in days if (day <= today if past else day >= today)]
    return (max(fitting) if past else min(fitting)) if fitting else None


def _day(found: re.Match[str], year: int) -> date | None:
    name = str(found.lastgroup)
    if name == "清明":
        return _clear_and_bright(year)
    if name in _SUN:
        return date(year, *_SUN[name])
    if name in _MOON:
        return _lunar(year, *_MOON[name])
    lunar = _MONTH_DAY.search(found["lunar"])
    return _lunar(year, _MONTHS.get(lunar["month"]) or _int(lunar["month"]), _int(lunar["day"]), leap=bool(lunar["leap"])) if lunar else None


def _lunar(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """A day of the lunar calendar in ours; None when that year has no such leap month or day."""
    from borax.calendars.lunardate import InvalidLunarDateError, LunarDate

    try:
        first = LunarDate(year, month, 1, int(leap)).to_solar_date()
        found: date = LunarDate(year, month, day, int(leap)).to_solar_date() if day else first - timedelta(days=1)
    except InvalidLunarDateError:
        return None
    return found


def _clear_and_bright(year: int) -> date | None:
    from chinese_calendar import get_solar_terms

    return next((day for day, name in get_solar_terms(date(year, 4, 1), date(year, 4, 10)) if name == "清明"), None)


def _int(text: str) -> int:
    if text.isdigit():
        return int(text)
    words = text.removeprefix("初")
    return numeral(f"二十{words[1:]}" if words.startswith("廿") else words)
