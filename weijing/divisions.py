"""Provinces, cities, districts and the bureau's own streets and towns, found in a text with their code (GB/T 2260) and level.

National names come from the table of `python-stdnum`, cities as people say them from `data/lookups/places.yml`, streets and towns of the bureau's own area
from `data/lookups/divisions.yml` (they carry the code of their district). A name that several have (和平区) gets a code only where what stands before it, or
the bureau's own area, tells which.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from weijing.address import load_area
from weijing.places import spoken_places

_ENDED = re.compile(r"\[\d*-\d{4}\]")
_SINCE = re.compile(r"\[\d{4}-\]")
_OTHER_NAME = re.compile("[东西南北中]?[一二三四五]?(?:路|街(?!道)|大道|道(?!路|歉|理)|巷|弄|新村|花园|小区|大厦|广场|酒店|宾馆|饭店|苑|[东西南北]站)")
"""What stands behind a short name that is only the beginning of another: 南京路, 上海新村."""
_AMONG = re.compile("[ ,，]?")
Code = tuple[str, str]
"""Code and level."""


@dataclass(frozen=True)
class Division:
    """A place named in a text, from the widest to the narrowest part that is said of it.

    Args:
        code: of the narrowest part, of the district for a street or town; empty when several have that name.
        level: `province`, `city`, `district` or `town`.
    """

    start: int
    end: int
    code: str
    level: str


def find_divisions(text: str, borders: Collection[int] | None = None) -> list[Division]:
    """The places of a text in order; parts of one that follow each other (福州市鼓楼区) are one.

    Args:
        borders: where words begin or end; short names (福州) count only between two of them.
    """
    found: list[Division] = []
    inside: tuple[Code, ...] = ()
    for start, end, codes in _names(text, borders):
        known = bool(found) and bool(_AMONG.fullmatch(text[found[-1].end : start]))
        within = tuple(code for code in codes if any(_holds(outer, code) for outer in inside)) if known else ()
        if not within and (end - start < 3 and codes[0][1] in {"district", "short"}):
            continue
        inside = within or codes
        code, level = _one(inside)
        found[-1:] = [*(found[-1:] if not within else ()), Division(found[-1].start if within else start, end, code, level)]
    return found


def _names(text: str, borders: Collection[int] | None) -> Iterator[tuple[int, int, tuple[Code, ...]]]:
    index, done, last = _index(), 0, -1
    for at in [at for at in range(len(text) - 1) if text[at : at + 2] in index]:
        name = next((one for one in index[text[at : at + 2]] if text.startswith(one, at)), "") if at >= done else ""
        if name:
            done = at + len(name)
            if at == last or _whole(text, name, at, done, borders):
                last = done
                yield at, done, _table()[name]


def _whole(text: str, name: str, start: int, end: int, borders: Collection[int] | None) -> bool:
    """Whether a short name is one: neither a piece of a word nor the beginning of a road's name; a full name always is."""
    if name[-1] in "省市区县旗州盟道镇乡" and len(name) > 2:
        return True
    return not _OTHER_NAME.match(text, end) and (borders is None or (start in borders and (end in borders or text[end : end + 2] in _index())))


def _holds(outer: Code, inner: Code) -> bool:
    return outer[1] in {"province", "city", "district"} and inner != outer and inner[0].startswith(outer[0].rstrip("0") if outer[1] != "district" else outer[0])


def _one(codes: tuple[Code, ...]) -> Code:
    own = load_area().code[:4]
    ours = [code for code in codes if code[0].startswith(own)]
    code, level = (ours or list(codes))[0]
    return (code if len(ours or codes) == 1 else "", "district" if level == "short" else level)


@cache
def _table() -> Mapping[str, tuple[Code, ...]]:
    """Name -> everything that is called so."""
    table: defaultdict[str, set[Code]] = defaultdict(set)
    for code, level, name in _national():
        table[name].add((code, level))
    for short, place in spoken_places().items():
        wide = "province" if not place.city else "city"
        codes = {code for name, all_of_it in table.items() if name.startswith(short) for code in all_of_it if code[1] == wide}
        table[short] |= {code for code in codes if not place.city or _in_province(code, place.province, table)}
    for district in load_area().districts:
        for name in district.names:
            table[name].add((district.code, "district" if name in (district.name, *district.former) else "short"))
        for town in district.towns:
            table[town].add((district.code, "town"))
    return {name: tuple(sorted(codes)) for name, codes in table.items() if codes}


def _in_province(city: Code, province: str, table: Mapping[str, set[Code]]) -> bool:
    return any(level == "province" and city[0].startswith(code[:2]) for name, codes in table.items() if name.startswith(province) for code, level in codes)


def _national() -> Iterator[tuple[str, str, str]]:
    """Code, level and name of every division of today."""
    from stdnum import numdb

    for _, head, _, about, inner in numdb.get("cn/loc").prefixes:
        yield f"{head}0000", "province", about["province"]
        for _, tail, _, named, _ in inner:
            name = next((_SINCE.sub("", one) for one in named["county"].split(",") if not _ENDED.match(one)), "")
            if len(name) > 1 and tail != "0000" and "直辖" not in name and name != "市辖区":
                yield head + tail, "city" if tail.endswith("00") else "district", name


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    """The first two characters -> the names that begin so, longest first."""
    index: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(_table(), key=len, reverse=True):
        index[name[:2]].append(name)
    return {start: tuple(names) for start, names in index.items()}
