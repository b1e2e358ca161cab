"""Every check of the training data, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.data_check import likeness, patterns, private, training
from bot.data_check.examples import read_examples, read_filing_examples, read_item_questions
from bot.evaluation.questions import read_questions


def data_faults(root: Path, intents: Iterable[str], tokenizer: Any) -> Iterator[str]:
    """One sentence for each fault under `root`/data; see `named_faults`."""
    yield from (fault for _, fault in named_faults(root, intents, tokenizer))


def named_faults(root: Path, intents: Iterable[str], tokenizer: Any) -> Iterator[tuple[str, str]]:
    """(the check's name, a sentence) for each fault under `root`/data.

    Args:
        intents: of the domain.
        tokenizer: a `jieba.Tokenizer` with our dictionary.

    Raises:
        FilingError: a definition of a filing is wrong.
    """
    examples = [*read_examples(root), *read_filing_examples(root)]
    trained = [*examples, *read_item_questions(root)]
    tests = root / "tests" / "nlu"
    checks = {
        "too_few": training.too_few(examples, intents), "twice": training.twice(examples), "unknown_categories": training.unknown_categories(examples),
        "crooked_entities": training.crooked_entities(examples, tokenizer), "alike": likeness.alike(trained),
        "leaks": likeness.leaks(trained, read_questions(tests) if tests.is_dir() else ()), "borders": patterns.borders(root, examples),
        "never_met": patterns.never_met(root, examples), "wide": patterns.wide(root, examples), "private": private.private_values(trained),
    }  # fmt: skip
    for name, faults in checks.items():
        yield from ((name, fault) for fault in faults)
