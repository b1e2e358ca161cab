"""Labels of the training data that the released model doubts: it surely reads another intent.

A correction of a sure mistake looks the same as a wrong label, so single ones are let through; a whole batch of them wants a second look by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.data_check.examples import read_examples
from bot.evaluation.outcome import read_outcome
from bot.evaluation.questions import Question
from bot.parse import parse_text

if TYPE_CHECKING:
    from bot.processor import TurnProcessor

SURE = 0.9


@dataclass(frozen=True)
class Doubt:
    """An example, its label, and what the released model reads instead."""

    text: str
    intent: str
    read: str
    where: str


async def doubtful(processor: TurnProcessor, project: Path, known: Path | None = None) -> list[Doubt]:
    """Every doubtful label of a project's examples.

    Args:
        processor: the released model's.
        known: the data that it was trained from; their labels were let through then.
    """
    old = {(one.kind, one.name, one.text) for one in read_examples(known)} if known else set()
    found = []
    for example in (one for one in read_examples(project) if one.kind == "intent" and (one.kind, one.name, one.text) not in old):
        outcome = read_outcome(Question(example.text, example.name), await parse_text(processor, example.text))
        if not outcome.understood and outcome.confidence >= SURE:
            found.append(Doubt(example.text, example.name, outcome.predicted, example.source))
    return found
