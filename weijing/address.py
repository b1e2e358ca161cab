"""Addresses in the bureau's area: from words to division, code and detail; what is ambiguous or missing is said, never guessed.

The area is `data/lookups/divisions.yml`. Street, town and village names inside it are corrected only where one single name can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ruamel.yaml import YAML

from weijing.normalise import narrow
from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "divisions.yml"
_LEAD_IN = re.compile(r"^(?:〔位置〕|我|现在|目前|就|住在|住|在|是|地址|现?住址|现居住地|[:：,，。\s])+")
_SUFFIX = re.compile("(?:街道|镇|乡|区|县|市)$")
_ELSEWHERE = re.compile(r"^[\u4e00-\u9fff]{2,7}?(?:省|自治区|市)")
_HOUSE = re.compile(r"〔地址#|\d|[一二三四五六七八九十百]+(?:号|栋|幢|楼|单元|室|组|队)|[村屯湾坑厝]")
_NO_ALIAS = re.compile("[东西南北中]?[路街巷弄里道村桥镇乡]")
"""What stands behind a name that is only the beginning of another: 鼓楼路, 仓山镇."""
Lack = Literal["", "district", "town", "detail", "elsewhere"]


@dataclass(frozen=True)
class District:
    """A district, county or county-level city with its streets, towns and townships."""

    code: str
    name: str
    towns: tuple[str, ...]
    former: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its names: as it is, as it was, and without 区 or 县 where that leaves two characters."""
        known = (self.name, *self.former)
        return known + tuple(bare for one in known if len(bare := _SUFFIX.sub("", one)) > 1)


@dataclass(frozen=True)
class Area:
    """Where the bureau is competent."""

    province: str
    name: str
    code: str
    districts: tuple[District, ...]


@dataclass(frozen=True)
class Address:
    """What was understood.

    Args:
        division: 福建省福州市鼓楼区东街街道; without the street where it was not told.
        code: of the district (GB/T 2260); empty while it is open.
        detail: road, number, building, room; house numbers may be masks.
        lack: what still has to be asked: `district` or `town` (with candidates), `detail` (road and number), `elsewhere` (not in this area).
        candidates: what to choose from.
    """

    division: str
    code: str
    detail: str
    lack: Lack = ""
    candidates: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it is shown."""
        return self.division + self.detail


@cache
def load_area() -> Area:
    """The area of this bureau."""
    raw = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    districts = tuple(District(one["code"], one["name"], tuple(one["towns"]), tuple(one.get("former", ()))) for one in raw["districts"])
    return Area(raw["province"], raw["name"], raw["code"], districts)


def read_address(text: str, area: Area | None = None) -> Address:
    """The address in a text.

    Args:
        text: words, or the label of a location message; masks stay as they are.
        area: the bureau's own unless given.
    """
    area = area or load_area()
    rest, inside = _outer(_LEAD_IN.sub("", narrow(text).strip()).rstrip("。.!！ "), area)
    if not inside:
        return Address("", "", rest, "elsewhere")
    district, rest = _named(rest, area.districts)
    found = [(one, town) for one in ([district] if district else area.districts) for town in one.towns]
    towns, tail = _town(rest, found)
    if len(towns) > 1:
        return Address("", "", rest, "district", tuple(one.name for one, _ in towns))
    if towns:
        district, rest = towns[0][0], tail
    if district is None:
        return Address("", "", rest, "district", tuple(one.name for one in area.districts))
    division = area.province + area.name + district.name + (towns[0][1] if towns else "")
    return Address(division, district.code, rest, "" if _HOUSE.search(rest) and len(rest) > 2 else "detail")


def _outer(text: str, area: Area) -> tuple[str, bool]:
    """The text without province and prefecture; False if it names others."""
    rest = text
    for name in (area.province, area.name):
        rest = re.sub(rf"^(?:{name}|{_SUFFIX.sub('', name.removesuffix('省'))}(?!路|街|大道|新村))[,，\s]*", "", rest)
    if rest != text:
        return rest, True
    other = _ELSEWHERE.match(text)
    ours = other and any(other[0].endswith(name) or text.startswith(name) for one in area.districts for name in one.names)
    return rest, not other or bool(ours)


def _named(text: str, districts: Iterable[District]) -> tuple[District | None, str]:
    """The district at the beginning of the text; a single wrong character is forgiven where only one district can be meant."""
    for one in districts:
        for name in one.names:
            if text.startswith(name) and not (name not in (one.name, *one.former) and _NO_ALIAS.match(text[len(name) :])):
                return one, text[len(name) :].lstrip(" ,，")
    slips = [one for one in districts if _slip(text[: len(one.name)], one.name)]
    return (slips[0], text[len(slips[0].name) :].lstrip(" ,，")) if len(slips) == 1 else (None, text)


def _town(text: str, towns: Iterable[tuple[District, str]]) -> tuple[list[tuple[District, str]], str]:
    """The streets or towns that the text can mean, and what is left; short names only of towns, for 上海 is as well a city and 东街 a road."""
    towns = list(towns)
    full = [one for one in towns if one[1] in text]
    if full:
        return full, text.replace(full[0][1], "", 1).lstrip(" ,，")
    slips = [one for one in towns if _slip(text[: len(one[1])], one[1])]
    if len(slips) == 1:
        return slips, text[len(slips[0][1]) :].lstrip(" ,，")
    bare = {one: name for one in towns if not one[1].endswith("街道") and len(name := _SUFFIX.sub("", one[1])) > 1 and text.startswith(name)}
    bare = {one: name for one, name in bare.items() if not _NO_ALIAS.match(text[len(name) :])}
    return ([*bare], text[len(next(iter(bare.values()))) :].lstrip(" ,，")) if len(bare) == 1 else ([], text)


def _slip(said: str, name: str) -> bool:
    """The same length, the same last character, and one other character wrong."""
    return len(said) == len(name) > 2 and said[-1] == name[-1] and sum(a != b for a, b in zip(said, name, strict=True)) == 1
