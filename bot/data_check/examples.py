"""The training examples with the file and line where each was written, which Rasa's own reader forgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.nlu.training_data import entities_parser
from ruamel.yaml import YAML

from weijing.errors import ServiceItemError
from weijing.filing import FilingError, load_filings
from weijing.service_items import load_service_items


@dataclass(frozen=True)
class Example:
    """One line of a block of data/nlu.

    Args:
        kind: `intent synonym lookup regex`.
        name: of the intent, synonym, lookup or regex.
        text: without the marks of entities.
        source: file and line.
        category: of a guide question; empty if the block names none.
        entities: (start, end, value) of what is marked.
    """

    kind: str
    name: str
    text: str
    source: str
    category: str = ""
    entities: tuple[tuple[int, int, str], ...] = ()


def read_examples(root: Path) -> list[Example]:
    """Every example under `root`/data/nlu, in the order of files and lines."""
    return [example for file in sorted((root / "data" / "nlu").rglob("*.yml")) for example in _of_file(file, file.relative_to(root))]


def read_item_questions(root: Path) -> list[Example]:
    """How people ask for each service item, which is trained too; the source is the item's id. None of records that cannot be read: `item_faults` says why."""
    try:
        items = load_service_items(root / "data" / "service_items")
    except ServiceItemError:
        return []
    return [Example("intent", "ask_guide", text, f"service item {item.id}", item.category) for item in items for text in item.questions]


def read_filing_examples(root: Path) -> list[Example]:
    """How people begin each filing, which is trained too; the source is the filing's id. None of definitions that cannot be read: `filing_faults` says why."""
    try:
        filings = load_filings(root / "data" / "filings").values()
    except FilingError:
        return []
    return [Example("intent", one.intent, text, f"filing {one.id}") for one in filings for text in dict.fromkeys((one.name, *one.examples))]


def _of_file(file: Path, name: Path) -> Iterator[Example]:
    for block in YAML().load(file.read_text(encoding="utf-8")).get("nlu") or []:
        kind = next(kind for kind in block if kind != "metadata" and kind != "examples")
        for line, text in _lines(block):
            entities = tuple((one["start"], one["end"], one["value"]) for one in entities_parser.find_entities_in_training_example(text))
            yield Example(kind, block[kind], entities_parser.replace_entities(text), f"{name}:{line}", _category(block.get("metadata")), entities)


def _lines(block: Any) -> Iterator[tuple[int, str]]:
    """(line number, text): of a literal block a line each, of a list a record each."""
    examples, above = block["examples"], block.lc.value("examples")[0] + 1
    if isinstance(examples, str):
        rows = enumerate(examples.splitlines(), start=above + 1)
        yield from ((number, row.strip()[1:].strip()) for number, row in rows if row.strip().startswith("-"))
    else:
        yield from ((examples.lc.item(place)[0] + 1, str(one["text"]).strip()) for place, one in enumerate(examples))


def _category(metadata: Any) -> str:
    return str((metadata or {}).get("category") or "")
