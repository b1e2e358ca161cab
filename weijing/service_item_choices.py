"""What must be so about situations and regions of a service item: every `when` names a choice, every choice has words and an effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from weijing.places import find_place
from weijing.service_item import ASPECTS, Changes, ServiceItem, Situation
from weijing.service_item_case import UNASKED, Item, answer, told

NAME_LENGTH = 10
"""Characters of a choice's name: with an item's name before it it still is a button's payload."""
MOST = 2
"""Questions that a person may be asked for one answer, that of the item to which a choice leads included."""
CHOICES = range(2, 5)


def choice_faults(item: ServiceItem) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) of one item by itself."""
    names = Counter(choice.name for situation in item.situations for choice in situation.choices)
    yield from ((f"situations.{name}", "is the name of two choices") for name, count in names.items() if count > 1)
    plain = item.as_dict() if item.situations else {}
    for number, situation in enumerate(item.situations):
        yield from ((f"situations[{number}]", fault) for fault in _situation_faults(plain, situation))
    for field, wanted in _whens(item):
        yield from ((field, f"{name} is no choice of this item") for name in wanted if name not in names)
    for region in item.regions:
        place = find_place(region.place)
        if place is None or place.name != region.place:
            yield "regions", f"{region.place} is no province or city of data/lookups/places.yml"
        if region.changes == Changes() or not region.legal_basis:
            yield "regions", f"{region.place} changes nothing or has no basis"


def effect_faults(items: Mapping[str, ServiceItem]) -> Iterator[str]:
    """A sentence for every choice that leads nowhere or changes no answer, and for every item that may ask too much."""
    plain = {name: item.as_dict() for name, item in items.items()}
    for item in items.values():
        here = f"{item.category}: {item.id}.situations"
        led = [choice.item for situation in item.situations for choice in situation.choices if choice.item]
        yield from (f"{here}: {other} is no other item" for other in led if other not in items or other == item.id)
        asked = [aspect for aspect in ASPECTS if aspect not in UNASKED]
        for aspect in asked:
            further = max((len(_asking(plain[other], aspect, plain)) for other in led if other in items), default=0)
            if max(len(_asking(plain[item.id], aspect, plain)), 1 + further if further else 0) > MOST:
                yield f"{here}: a person may be asked more than {MOST} questions about {aspect}"
        for situation in item.situations:
            answers = [repr([answer(plain[item.id], aspect, {choice.name}, plain) for aspect in asked]) for choice in situation.choices]
            if len({*answers}) < len(answers):
                yield f"{here}: {situation.question} has two choices with one effect"


def _asking(item: Item, aspect: str, plain: Mapping[str, Item]) -> list[str]:
    """The questions on which the aspect's answer depends."""
    found = []
    for situation in item["situations"]:
        if len({repr(answer(item, aspect, {choice["name"]}, plain)) for choice in situation["choices"]}) > 1:
            found.append(str(situation["question"]))
    return found


def _situation_faults(plain: Item, situation: Situation) -> Iterator[str]:
    if len(situation.choices) not in CHOICES:
        yield "has not 2 to 4 choices"
    for choice in situation.choices:
        if len(choice.name) > NAME_LENGTH:
            yield f"{choice.name} is longer than {NAME_LENGTH} characters"
        yield from (f"{word} is not found to mean {choice.name}" for word in (choice.name, *choice.words) if choice.name not in told(plain, word))


def _whens(item: ServiceItem) -> Iterator[tuple[str, tuple[str, ...]]]:
    changes = [choice.changes for situation in item.situations for choice in situation.choices] + [region.changes for region in item.regions]
    for materials in (item.materials, *(one.materials or () for one in changes)):
        yield from (("materials.when", one.when) for one in materials)
    for fee in (item.fee, *(one.fee for one in changes if one.fee)):
        yield from (("fee.when", one.when) for one in fee.charges)
