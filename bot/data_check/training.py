"""Faults of single examples and of their number: enough of each intent, none twice, known categories, entities on the borders of our words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from bot.data_check.examples import Example
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


def too_few(examples: Iterable[Example], intents: Iterable[str]) -> Iterator[str]:
    """Intents without the examples that they need."""
    counts = Counter(example.name for example in examples if example.kind == "intent")
    for intent in sorted({*intents, *counts} - _NOT_TRAINED):
        needed = _NEEDED_OUT if intent == "out_of_scope" else _NEEDED_MAIN if intent in MAIN else _NEEDED
        if counts[intent] < needed:
            yield f"intent {intent} has {counts[intent]} examples, it needs {needed}"


def twice(examples: Iterable[Example]) -> Iterator[str]:
    """Examples that are there more than once, under one label or several."""
    found: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.kind == "intent":
            found[normalise(example.text).strip("?!。,.")].append(example)
    for text, same in found.items():
        if len(same) > 1:
            places = ", ".join(f"{one.source} ({one.name}{'/' if one.category else ''}{one.category})" for one in same)
            yield f"{same[0].source}: example 「{text}」 is there {len(same)} times: {places}"


def unknown_categories(examples: Iterable[Example]) -> Iterator[str]:
    """Categories that no service item has."""
    for example in examples:
        if example.category and example.category not in CATEGORIES:
            yield f"{example.source}: example 「{example.text}」 has the category {example.category}, which is none of {', '.join(CATEGORIES)}"


def crooked_entities(examples: Iterable[Example], tokenizer: Any) -> Iterator[str]:
    """Entities that begin or end inside a word.

    Args:
        tokenizer: a `jieba.Tokenizer` with our dictionary.
    """
    for example in examples:
        words = list(tokenizer.tokenize(example.text)) if example.entities else []
        starts, ends = {start for _, start, _ in words}, {end for _, _, end in words}
        for start, end, value in example.entities:
            if start not in starts or end not in ends:
                yield f"{example.source}: entity 「{value}」 in 「{example.text}」 does not sit on word borders: mark whole words or add the word to data/dict"
