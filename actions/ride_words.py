"""What a passenger says of the way: arrived, nearly, later, and until when."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from weijing.spoken_time import find_moment
from weijing.workdays import SHANGHAI

LONGEST = timedelta(hours=24)
"""How far ahead an arrival may lie; the backend takes no more."""
_NOT_YET = re.compile(
    "[?？]|吗|没(?!事|有?问题|啥)|不(?!用|堵|错|好意思)|未|晚(?!上|安)|迟|(?<!不)堵|再(?:过|有|等)|还[要有得差在]|(?<!刚)才|推后|推迟|延[后迟长]|多(?:等|给|要)|久|"
    "快要?到|就[要快]?到|[要将]到|马上|即将|路上|差一?点|如果|要是|万一|什么时候|怎[么样]|如何"
)
_LATER = re.compile(r"晚(?!上|安)|迟|堵|再[过有等]|还[要有得没差在]|才|推[后迟]|延[后迟长]|久|没到|分钟|小时|钟头|[\d一二两三四五六七八九十]点|半")
_ARRIVED = re.compile(
    r"平安(?=$|到|回|了|抵|[。.！!,，~～ ]|谢)|安全|到达|抵达|到家|下车了|(?:到|回来)[了啦咯喽](?:[啊哈呀呢吧嗯]?$|[。.！!,，~～ ]|谢|放心|哈)|"
    r"(?:到|回)了?(?:目的地|单位|公司|学校|宿舍|酒店|宾馆|车站|机场|小区|家门口|楼下|家里|地方)[了啦]?(?:$|[。.！!,，~～ ]|谢|放心)"
)
_DELAY = re.compile(r"(?:晚|迟|推迟|延后|延迟|延长|推后|耽误)(?:个|到|了|大概|大约|可能|要|上)*(?=半|\d|[一二两三四五六七八九十])")


def has_arrived(text: str) -> bool:
    """Whether it surely says that they are there; a word of doubt, of haste or of danger is none."""
    return bool(_ARRIVED.search(text.strip())) and not _NOT_YET.search(text)


def is_of_a_ride(text: str) -> bool:
    """Whether it can hardly be the answer to any other question."""
    return has_arrived(text) or text.startswith("晚点到")


def comes_later(text: str) -> bool:
    """Whether it says that it takes longer."""
    return not has_arrived(text) and bool(_LATER.search(text))


def new_arrival(text: str, expected_at: datetime | None = None) -> datetime | None:
    """The moment that a text names, within a day; 「晚半小时」 counts from when the ride was expected, and from now once that is past."""
    now = datetime.now(SHANGHAI).replace(microsecond=0)
    start = max(now, expected_at) if expected_at and _DELAY.search(text) else now
    found = find_moment(text, start)
    return found if found and now < found <= now + LONGEST else None


def said_moment(moment: datetime | str, now: datetime | None = None) -> str:
    """「今天 21:05」, 「11月23日 00:30」."""
    at = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(SHANGHAI)
    day = "今天" if at.date() == (now or datetime.now(SHANGHAI)).date() else f"{at.month}月{at.day}日"
    return f"{day} {at.hour}:{at.minute:02}"
