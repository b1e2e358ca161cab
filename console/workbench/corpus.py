"""What the bureau's data says now: intents, their examples, service items. Read once for each commit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ruamel.yaml import YAML

from console.workbench import examples as nlu
from console.workbench.examples import Example, Files, bare
from console.workbench.repo import Repo

DECIDED = ("nlu_clarify", "nlu_fallback")
"""Intents that the decider sets; nobody labels by them."""


@dataclass(frozen=True)
class Item:
    """A service item as far as labels need it."""

    id: str
    name: str
    category: str
    words: tuple[str, ...]
    questions: tuple[str, ...]
    path: str
    place: int
    record: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Corpus:
    """The data at one commit."""

    commit: str
    files: Files

    @cached_property
    def _read(self) -> tuple[list[Example], list[nlu.Block]]:
        return nlu.read(self.files)

    @property
    def examples(self) -> list[Example]:
        """Every example, in the order of files and lines."""
        return self._read[0]

    @cached_property
    def intents(self) -> list[str]:
        """Those of the domain that somebody can say."""
        names = YAML(typ="safe").load(self.files["domain.yml"])["intents"]
        return [name for one in names if (name := one if isinstance(one, str) else next(iter(one))) not in DECIDED]

    @cached_property
    def items(self) -> dict[str, Item]:
        """Service items by id."""
        found = {}
        for path, text in self.files.items():
            if path.startswith("data/service_items/"):
                for place, record in enumerate(YAML(typ="safe").load(text) or []):
                    words, questions = tuple(record.get("aliases", ())), tuple(map(str, record.get("questions", ())))
                    found[record["id"]] = Item(record["id"], record["name"], record["category"], words, questions, path, place, record)
        return found

    @cached_property
    def known(self) -> dict[str, list[str]]:
        """Bare text -> the intents that have it as an example or, of service items, as a question."""
        found: dict[str, list[str]] = {}
        for text, intent in [
            *((one.text, one.intent) for one in self.examples),
            *((text, "ask_guide") for item in self.items.values() for text in item.questions),
        ]:
            found.setdefault(bare(text), []).append(intent)
        return found


class Corpora:
    """The newest corpus, read again when there is a newer commit."""

    def __init__(self, repo: Repo) -> None:
        self._repo, self._newest = repo, Corpus("", {})
        self._lock = asyncio.Lock()

    async def now(self) -> Corpus:
        """The data as they are now."""
        async with self._lock:
            head = await asyncio.to_thread(self._repo.head)
            if head != self._newest.commit:
                self._newest = await asyncio.to_thread(self._load, head)
            return self._newest

    def _load(self, head: str) -> Corpus:
        patterns = ("domain.yml", "data/nlu/*.yml", "data/rules/*.yml", "data/stories/*.yml", "data/filings/*.yml", "data/lookups/answer_risk.yml")
        files = self._repo.files(*patterns, "data/service_items/**/*.yml", "tests/nlu/*.yml", "tests/conversations/*.yml")
        corpus = Corpus(head, files)
        _ = (corpus.examples, corpus.intents, corpus.items, corpus.known)  # read here, beside the event loop
        return corpus
