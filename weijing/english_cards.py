"""English cards of service items for foreigners: `data/lookups/english.yml`, held to what the items themselves say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from weijing.article_numbers import article_of, number_of
from weijing.errors import ServiceItemError
from weijing.service_item import ServiceItem
from weijing.service_item_record import read_record
from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "english.yml"
TITLE = 40
"""Characters of a title: it is shown on a button."""
_FIGURE = re.compile(r"\d+")
_PHONES = frozenset({"110", "119", "120", "12110", "12367"})
_WORDS = {"一": "1"}


@dataclass(frozen=True)
class EnglishBasis:
    """The law as the item names it, its name in English, and the articles."""

    law: str
    english: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class EnglishCard:
    """What is said in English about one service item.

    Args:
        item: its id.
        title: its name in English.
        asked: a regular expression for messages, lower case, that ask for it.
        text: the facts.
        checked: the day on which item and card were compared; it must be the item's `valid_from`.
    """

    item: str
    title: str
    asked: str
    text: str
    basis: EnglishBasis
    checked: date

    def shown(self) -> str:
        """The card as the user reads it, its basis and date last."""
        articles = ", ".join(str(number_of(article_of(article))) for article in self.basis.articles)
        return f"[{self.title}]\n{self.text}\nBasis: {self.basis.english}, art. {articles} (checked {self.checked})"


@cache
def english_cards() -> tuple[EnglishCard, ...]:
    """All of them, in the order in which they are tried.

    Raises:
        ServiceItemError: naming the first field that is missing or mistyped.
    """
    records = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return tuple(read_record(EnglishCard, record, f"{FILE.name}[{number}]") for number, record in enumerate(records))


def card_asked_for(text: str) -> EnglishCard | None:
    """The first card that the words of a message ask for."""
    lower = " ".join(text.lower().replace("’", "'").split())
    return next((card for card in english_cards() if re.search(card.asked, lower)), None)


def faults(card: EnglishCard, item: Mapping[str, Any]) -> Iterator[str]:
    """What the card says that the item (as `ServiceItem.as_dict`) does not; such a card is not shown."""
    if card.checked.isoformat() != item["valid_from"]:
        yield f"was checked on {card.checked}, the item on {item['valid_from']}: compare them again"
    cited = {(basis["law"], basis["article"]) for basis in item["legal_basis"]}
    yield from (f"cites {card.basis.law}{article}, the item does not" for article in card.basis.articles if (card.basis.law, article) not in cited)
    known = _figures(json.dumps(item, ensure_ascii=False)) | _PHONES
    yield from (f"says {figure}, the item does not" for figure in sorted(set(_FIGURE.findall(card.text)) - known))


def english_faults(items: list[ServiceItem]) -> Iterator[str]:
    """A sentence for every fault of the file."""
    known = {item.id: item.as_dict() for item in items}
    try:
        cards = english_cards()
    except ServiceItemError as error:
        yield error.message
        return
    for card in cards:
        found = list(faults(card, known[card.item])) if card.item in known else ["there is no such item"]
        found += ["title is too long for a button"] * (len(card.title) > TITLE)
        yield from (f"{FILE.name}: {card.item}: {fault}" for fault in found)


def _figures(text: str) -> set[str]:
    """Every figure of the item, also those in characters (科目一) and in 万."""
    thousands = {f"{number}0000" for number in re.findall(r"(\d+)万", text)}
    return {*_FIGURE.findall(text), *thousands, *(figure for word, figure in _WORDS.items() if word in text)}
