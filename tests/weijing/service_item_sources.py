"""What the service items are checked against: the law texts, and the checked catalogue and confirmed facts that lie beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from weijing.law_texts import LawTexts, load_law_texts


@dataclass(frozen=True)
class Sources:
    """Law texts, and the confirmed facts by section."""

    texts: LawTexts
    facts: str

    def row(self, name: str) -> str:
        """A catalogue row without its names."""
        return "\t".join(next(row for row in self.texts.rows if row[0] == name)[5:])

    def fact(self, token: str) -> str:
        """`F49`: the fact of that number; `F:word`: the lines with that word."""
        if token.startswith("F:"):
            return "".join(line for line in self.facts.splitlines() if token[2:] in line)
        return self.facts.split(f"\n| {token[1:]} |")[1].split("\n")[0]

    @property
    def words(self) -> str:
        return self.facts + "\n".join("\t".join(row) for row in self.texts.rows)


@cache
def load_sources(shared: Path) -> Sources:
    return Sources(load_law_texts(shared), (shared / "facts/catalogue/facts.md").read_text(encoding="utf-8"))
