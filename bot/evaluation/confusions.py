"""Which intents are taken for which others, with the messages that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.outcome import Outcome

_EXAMPLES = 5


@dataclass(frozen=True)
class Confusion:
    """`intent` was right, `predicted` was said, `count` times; `examples` are some of the messages."""

    intent: str
    predicted: str
    count: int
    examples: tuple[str, ...]


def confusions(outcomes: Sequence[Outcome]) -> list[Confusion]:
    """Every pair that occurs, the most frequent first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in outcomes:
        if not one.understood:
            found[one.question.intent, one.predicted].append(one.question.text)
    listed = [Confusion(*pair, len(texts), tuple(texts[:_EXAMPLES])) for pair, texts in found.items()]
    return sorted(listed, key=lambda one: (-one.count, one.intent, one.predicted))
