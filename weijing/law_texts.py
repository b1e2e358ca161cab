"""The law texts that lie beside the project: does an article that a service item cites exist, and what does it say?

They are not part of the project: `facts/laws` (a file a law, and one line an article) and `facts/catalogue/items.tsv`, whose article numbers were checked one
by one. `data/laws/articles_read.yml` adds articles that no text there holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from weijing.article_numbers import ARTICLE, article_of, chinese, number_of
from weijing.service_item import ServiceItem
from weijing.settings import ROOT

READ = ROOT / "data" / "laws" / "articles_read.yml"
_CITED = 5
"""Column of a catalogue row that holds its laws and articles."""


@dataclass(frozen=True)
class LawTexts:
    """Law -> article -> text; law -> article -> what was read of it; the rows of the checked catalogue."""

    laws: dict[str, dict[str, str]]
    read: dict[str, dict[str, str]]
    rows: list[list[str]]

    def text(self, law: str, citation: str) -> str:
        """The article's text, or what was read of it; empty if there is none."""
        return self.laws.get(law, self.read.get(law, {})).get(article_of(citation), "")

    def knows(self, law: str, citation: str) -> bool:
        """Whether the article exists: in the law's text, or, where there is none, among those read or in the checked catalogue."""
        article = article_of(citation)
        if law in self.laws:
            return article in self.laws[law]
        cited = (part for row in self.rows for part in row[_CITED].split("；") if law in part)
        return bool(article) and (article in self.read.get(law, {}) or any(article in _spread(part) for part in cited))


def has_law_texts(shared: Path) -> bool:
    """Whether the texts lie in this folder."""
    return (shared / "facts" / "laws").is_dir() and (shared / "facts" / "catalogue" / "items.tsv").is_file()


@cache
def load_law_texts(shared: Path) -> LawTexts:
    """The texts of the folder; see `has_law_texts`."""
    laws: dict[str, dict[str, str]] = {}
    for file in (shared / "facts" / "laws").glob("*.md"):
        laws[file.name.split("(")[0].removesuffix(".md")] = dict(_articles(file.read_text(encoding="utf-8")))
    for file in (shared / "facts" / "laws").glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            laws.setdefault(record["law"].removeprefix("中华人民共和国"), {})[record["article"]] = record["text"]
    rows = [line.split("\t") for line in (shared / "facts" / "catalogue" / "items.tsv").read_text(encoding="utf-8").splitlines()]
    return LawTexts(laws, YAML(typ="safe").load(READ.read_text(encoding="utf-8")), rows)


def unknown_articles(items: Iterable[ServiceItem], texts: LawTexts) -> Iterator[str]:
    """A sentence for every cited article that does not exist."""
    for item in items:
        places = [("legal_basis", item.legal_basis), *((f"regions.{region.place}.legal_basis", region.legal_basis) for region in item.regions)]
        for field, number, basis in ((field, number, basis) for field, bases in places for number, basis in enumerate(bases)):
            if basis.article and not texts.knows(basis.law, basis.article):
                yield f"{item.category}: {item.id}.{field}[{number}].article: {basis.law} has no {basis.article}"


def _articles(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(rf"^({ARTICLE.pattern})[ 　]", text, flags=re.MULTILINE)
    return zip(parts[1::2], parts[2::2], strict=True)


def _spread(words: str) -> set[str]:
    """Article numbers in a catalogue cell, ranges such as 第十九条–第二十二条 filled up."""
    found = set(ARTICLE.findall(words))
    for first, last in re.findall(rf"({ARTICLE.pattern})–({ARTICLE.pattern})", words):
        found |= {f"第{chinese(number)}条" for number in range(number_of(first), number_of(last) + 1)}
    return found
