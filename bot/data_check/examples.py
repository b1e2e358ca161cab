"""What Rasa's own validation does not look at in the training data: enough examples, none twice, entities on the borders of our words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from weijing.normalise import normalise
from weijing.service_items import CATEGORIES

MAIN = frozenset(
    {
        "ask_guide", "query_progress", "query_case", "file_report", "check_name", "ask_naming", "file_residence", "book_appointment", "find_office",
        "request_handoff", "emergency", "smalltalk",
    }
)  # fmt: skip
"""Intents that most messages have."""
_NEEDED_MAIN, _NEEDED, _NEEDED_OUT = 40, 25, 250
_NOT_TRAINED = frozenset({"nlu_clarify", "nlu_fallback"})
"""Set by the decider, so without examples."""


def faults(examples: Iterable[Message], intents: Iterable[str], tokenizer: Any) -> Iterator[str]:
    """One sentence for each fault.

    Args:
        examples: those with an intent.
        intents: of the domain.
        tokenizer: a `jieba.Tokenizer` with our dictionary.
    """
    rows = [example for example in examples if example.get(TEXT)]
    yield from _too_few(Counter(row.get(INTENT) for row in rows), intents)
    yield from _twice(rows)
    for row in rows:
        yield from _categories(row)
        yield from _borders(row, tokenizer)


def _too_few(counts: Counter[str], intents: Iterable[str]) -> Iterator[str]:
    for intent in sorted({*intents, *counts} - _NOT_TRAINED):
        needed = _NEEDED_OUT if intent == "out_of_scope" else _NEEDED_MAIN if intent in MAIN else _NEEDED
        if counts[intent] < needed:
            yield f"intent {intent} has {counts[intent]} examples, it needs {needed}"


def _twice(rows: list[Message]) -> Iterator[str]:
    labels: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        labels[normalise(row.get(TEXT)).strip("?!。,.")].append(f"{row.get(INTENT)}/{_category(row) or ''}".rstrip("/"))
    for text, found in sorted(labels.items()):
        if len(found) > 1:
            yield f"example 「{text}」 is there {len(found)} times: {', '.join(sorted(found))}"


def _categories(row: Message) -> Iterator[str]:
    category = _category(row)
    if category and category not in CATEGORIES:
        yield f"example 「{row.get(TEXT)}」 has the category {category}, which is none of {', '.join(CATEGORIES)}"


def _borders(row: Message, tokenizer: Any) -> Iterator[str]:
    entities = row.get(ENTITIES) or []
    if not entities:
        return
    words = list(tokenizer.tokenize(row.get(TEXT)))
    starts, ends = {start for _, start, _ in words}, {end for _, _, end in words}
    for entity in entities:
        if entity["start"] not in starts or entity["end"] not in ends:
            yield f"entity 「{entity['value']}」 in 「{row.get(TEXT)}」 does not sit on word borders: mark whole words or add the word to data/dict"


def _category(row: Message) -> str | None:
    category = ((row.get(METADATA) or {}).get("intent") or {}).get("category")
    return str(category) if category else None
