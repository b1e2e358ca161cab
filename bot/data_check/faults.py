"""Every check of the training data, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.data_check import likeness, patterns, private, training
from bot.data_check.examples import read_examples, read_filing_examples, read_item_questions
from bot.evaluation.questions import read_questions


def data_faults(root: Path, intents: Iterable[str], tokenizer: Any) -> Iterator[str]:
    """One sentence for each fault under `root`/data.

    Args:
        intents: of the domain.
        tokenizer: a `jieba.Tokenizer` with our dictionary.

    Raises:
        FilingError: a definition of a filing is wrong.
    """
    examples = [*read_examples(root), *read_filing_examples(root)]
    trained = [*examples, *read_item_questions(root)]
    tests = root / "tests" / "nlu"
    yield from training.too_few(examples, intents)
    yield from training.twice(examples)
    yield from training.unknown_categories(examples)
    yield from training.crooked_entities(examples, tokenizer)
    yield from likeness.alike(trained)
    yield from likeness.leaks(trained, read_questions(tests) if tests.is_dir() else ())
    yield from patterns.borders(root, examples)
    yield from patterns.never_met(root, examples)
    yield from patterns.wide(root, examples)
    yield from private.private_values(trained)
