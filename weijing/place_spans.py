"""Where places stand in a text: divisions with their code, and behind or without them roads, estates, markets and offices by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from weijing.divisions import find_divisions

_HOUSE = (
    "派出所|警务站|警务室|交警大队|交警队|车管所|分局|公安局|服务中心|办证中心|办事大厅|办证大厅|政务大厅|小区|花园|家园|公寓|大厦|广场|市场|公园|医院|学校|小学|中学|大学|"
    "火车站|汽车站|高铁站|地铁站|车站|机场|酒店|宾馆|社区"
)
_ROAD = (
    "大街|大道|街道|步行街|路口|新村|弄|巷|(?<![迷问带走思一半马公铁线电套让拦堵认赶出道网门上绕同顺过这条])路|"
    "(?<![农乡本全我个])村|(?<![城小乡本])镇|(?<![家老城故他下同异本])乡"
)
_SPLIT = "在到去住从离往的是有了我你他她您们这那哪个跟与被把叫找让给问查想要请说怎么"
_SPOT = re.compile(rf"(?:(?![{_SPLIT}])[\u4e00-\u9fff]){{2,9}}?(?:{_HOUSE}|{_ROAD})+(?:〔地址#[0-9a-f]{{8}}〕)?")
_TAIL = re.compile(rf"(?:{_HOUSE})+(?:〔地址#[0-9a-f]{{8}}〕)?")
"""What may follow a division with no name of its own: 鼓楼区派出所."""
_COMMON = (
    "附近|最近|旁边|对面|隔壁|当地|本地|外地|城中|人民|便民|政务|行政|城市|农贸|菜|人才|二手车?|劳务|户政|出入境|第|市|区|县|省|各|全|每|新|老|旧|住宅|居民|公立|私立|附属|"
    "初级|高级|商品|旅游|快捷|户籍|所属|辖区|居委会?"
)
_UNNAMED = re.compile(rf"(?:{_COMMON}|{_HOUSE})+|(?:公|马|新|老|旧|小|大|城中|全|每|条|第|附近|最近|旁边|对面)*(?:{_ROAD})+")
_LEAD = re.compile(
    "^(?:家|最近|附近|就|位于|有人|导航|一?条|孩子|现在|目前|今天|昨天|因为|地址|户口|户籍|居民|举报|投诉|反映|来自|搬|因|由|于|还|不|办理|预约|报名|这边|关于|经过|路过|"
    "发生|和(?!平)|外地|本地)+"
)
_HINT = re.compile("[所站队局心厅区园寓厦场院校学店馆村街道路口镇乡弄巷]")
_BETWEEN = re.compile("[ ,，]?")


@dataclass(frozen=True)
class PlaceSpan:
    """A place in a text.

    Args:
        code, level: of its narrowest division (`weijing.divisions`); both empty where only a road or a house is named.
    """

    text: str
    start: int
    end: int
    code: str = ""
    level: str = ""


def find_places(text: str, borders: Collection[int] | None = None) -> list[PlaceSpan]:
    """The places of a text in order, none overlapping.

    Args:
        borders: where words begin or end; no place begins or ends inside a word.
    """
    divisions, rest = find_divisions(text, borders), text
    for one in divisions:
        rest = f"{rest[: one.start]}{'，' * (one.end - one.start)}{rest[one.end :]}"
    spots = [*_spots(rest, borders)] if _HINT.search(rest) else []
    joined = {one: _end(one.end, text, spots) for one in divisions}
    wide = [PlaceSpan(text[one.start : end], one.start, end, one.code, one.level) for one, end in joined.items()]
    return sorted([*wide, *(PlaceSpan(text[a:b], a, b) for a, b in spots if b not in joined.values())], key=lambda one: one.start)


def _end(at: int, text: str, spots: list[tuple[int, int]]) -> int:
    """Where a place ends whose division ends there: with the road or house behind it, if one is named."""
    tail = _TAIL.match(text, at)
    return tail.end() if tail else next((end for start, end in spots if start >= at and _BETWEEN.fullmatch(text[at:start])), at)


def _spots(text: str, borders: Collection[int] | None) -> Iterator[tuple[int, int]]:
    for match in _SPOT.finditer(text):
        start, end = match.end() - len(_LEAD.sub("", match[0])), match.end()
        if borders is not None:
            start = next((at for at in range(start, end) if at in borders), end)
        if start < end and not _UNNAMED.fullmatch(text[start:end]) and (borders is None or end in borders or text[end - 1] == "〕"):
            yield start, end
