"""Provinces and cities of the mainland, as people name the place where they want something done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ruamel.yaml import YAML

from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "places.yml"
_THERE = r"(?:省|市)?(?:这边|那边|这里|那里|本地|当地)?"
_DONE = r".{0,6}(?:办|可以|能|要|也|行|弄|开|换|补|申请|呢|怎么|多少|规定|一样)"


@dataclass(frozen=True)
class Place:
    """A province, or a city in one; a municipality is a province without a city."""

    province: str
    city: str = ""

    @property
    def name(self) -> str:
        """The narrower of the two."""
        return self.city or self.province

    def holds(self, name: str) -> bool:
        """Whether a rule that is in force in `name` is in force here."""
        return name in (self.province, self.city)

    def near(self, other: Place) -> bool:
        """Whether both are under one rule as far as is known: one lies in the other."""
        return self.province == other.province and (self.city == other.city or not (self.city and other.city))


def find_place(text: str) -> Place | None:
    """The narrowest place named in a text, whatever is said of it."""
    found = [spoken_places()[name] for name in _names().findall(text)]
    return next((place for place in found if place.city), found[0] if found else None)


def find_asked_place(text: str) -> Place | None:
    """The place where something is to be done: 「在厦门办」「浙江那边呢」; where one comes from or moves away from is none."""
    found = _asked().search(text)
    return find_place(found[0]) if found else None


@lru_cache(maxsize=1)
def spoken_places() -> Mapping[str, Place]:
    """Provinces and cities by the names that people use."""
    table: dict[str, list[str]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    cities = {city: Place(province, city) for province, all_of_it in table.items() for city in all_of_it}
    return {**cities, **{province: Place(province) for province in table}}


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    return re.compile("|".join(sorted(spoken_places(), key=len, reverse=True)))


@lru_cache(maxsize=1)
def _asked() -> re.Pattern[str]:
    names = _names().pattern
    after = r"(?:省|市)?(?:这边|那边|这里|那里|本地|当地|的话|也|能|可以|呢|怎么|办|有什么|的?规定)"
    return re.compile(rf"(?<![迁搬转落])(?:在|去|到)[^，。]{{0,2}}(?:{names}){_THERE}{_DONE}|^(?:那|如果是?|要是|换成)?(?:{names}){after}")
