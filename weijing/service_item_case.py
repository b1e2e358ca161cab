"""A service item for one person at one place: the choices that are known, and the region's own rule.

It works on the dict form (`ServiceItem.as_dict`), as the card does. A choice is known by its name, which one item has once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from weijing.normalise import normalise
from weijing.places import Place

Item = Mapping[str, Any]
Choice = Mapping[str, Any]
UNASKED = frozenset({"overview", "legal_basis"})
"""Aspects for which nobody is asked about his situation: they are useful as they are."""
REMEMBERED_S = 3600
"""How long 「要多少钱」 alone still speaks of the item last answered."""
_NOT = re.compile("(?:不是|没有|没|不用|不)$")


def for_case(item: Item, chosen: Collection[str], place: Place | None = None) -> dict[str, Any]:
    """The item with the region's rule and then the choices' changes in force; what is needed only in another situation is left out."""
    changes = [one["changes"] for one in _in_force(item, place)] + [one["changes"] for one in _choices(item) if one["name"] in chosen]
    given = {name: value for change in changes for name, value in change.items() if value is not None}
    case = {**item, **given, "unconfirmed": [name for name in item["unconfirmed"] if name not in given]}
    case["materials"] = _needed(case["materials"], item, chosen)
    case["fee"] = {**case["fee"], "charges": _needed(case["fee"]["charges"], item, chosen)}
    case["legal_basis"] = [*(basis for one in _in_force(item, place) for basis in one["legal_basis"]), *item["legal_basis"]]
    return case


def open_situation(item: Item, aspect: str, chosen: Collection[str], others: Mapping[str, Item]) -> Mapping[str, Any] | None:
    """The first situation nobody has told about in which the choices give different answers to the aspect.

    Args:
        others: the items to which choices lead, by id.
    """
    if aspect in UNASKED:
        return None
    for situation in _situations(item):
        told = any(choice["name"] in chosen for choice in situation["choices"])
        if not told and len({repr(answer(item, aspect, {*chosen, one["name"]}, others)) for one in situation["choices"]}) > 1:
            return dict(situation)
    return None


def answer(item: Item, aspect: str, chosen: Collection[str], others: Mapping[str, Item], place: Place | None = None) -> Any:
    """What the aspect's answer comes from, for these choices at this place."""
    case = for_case(others.get(leads_to(item, chosen), item), chosen, place)
    if aspect == "overview":
        return case["summary"], case["time_limit"], case["fee"]
    return "unconfirmed" if aspect in case["unconfirmed"] else case.get(aspect)


def leads_to(item: Item, chosen: Collection[str]) -> str:
    """The id of the item that answers for these choices instead; empty when it does so itself."""
    return next((str(one["item"]) for one in _choices(item) if one["name"] in chosen and one["item"]), "")


def told(item: Item, text: str) -> dict[str, int]:
    """Choice -> number of its situation, for what a message tells; two choices of one situation tell nothing."""
    words, found = normalise(text), {}
    for number, situation in enumerate(_situations(item)):
        names = {name for _, name in _said(situation["choices"], words)}
        if len(names) == 1:
            found[names.pop()] = number
    return found


def words_of(item: Item) -> list[str]:
    """All words that tell a choice of the item."""
    return [word for one in _choices(item) for word in (one["name"], *one["words"])]


def chosen_after(item: Item, before: Collection[str], now: Mapping[str, int]) -> list[str]:
    """The choices after a message: a new one takes the place of that of the same situation."""
    replaced = {one["name"] for number in now.values() for one in _situations(item)[number]["choices"]}
    return [*(name for name in before if name not in replaced), *now]


def _said(choices: Collection[Choice], text: str) -> Iterator[tuple[str, str]]:
    """(word, choice) for each word that is said and not denied, the longest first, none inside another."""
    pairs = sorted(((_plain(word), str(one["name"])) for one in choices for word in (one["name"], *one["words"])), key=lambda pair: -len(pair[0]))
    for word, name in pairs:
        before, found, after = text.partition(word)
        if found and not _NOT.search(before):
            yield word, name
            text = f"{before}\n{after}"


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    """A choice's word as a message has it."""
    return normalise(word)


def _in_force(item: Item, place: Place | None) -> list[Mapping[str, Any]]:
    """The rules of the place, the province's before the city's."""
    held = [one for one in item.get("regions") or () if place and place.holds(one["place"])]
    return sorted(held, key=lambda one: bool(place and one["place"] == place.city))


def _situations(item: Item) -> list[Mapping[str, Any]]:
    return list(item.get("situations") or ())


def _choices(item: Item) -> list[Choice]:
    return [choice for situation in _situations(item) for choice in situation["choices"]]


def _needed(parts: Collection[Mapping[str, Any]], item: Item, chosen: Collection[str]) -> list[dict[str, Any]]:
    """Materials or charges of the case; the `when` that is left is what nobody has told yet."""
    settled = [{one["name"] for one in situation["choices"]} for situation in _situations(item) if any(one["name"] in chosen for one in situation["choices"])]
    fits = [part for part in parts if all(not names & {*(part.get("when") or ())} or names & {*(part.get("when") or ())} & {*chosen} for names in settled)]
    return [{**part, "when": [name for name in part.get("when") or () if not any(name in names for names in settled)]} for part in fits]
