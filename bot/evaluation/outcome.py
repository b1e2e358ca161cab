"""What a model made of one held-out message, and whether it was right."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.evaluation.questions import Question
from bot.parse import parse_text
from weijing.emergency import screen

if TYPE_CHECKING:
    from bot.processor import TurnProcessor

OPEN = frozenset({"out_of_scope", "smalltalk"})
"""Labels for which giving up is right."""
_OFFERED = 3
"""Candidates that a clarification shows."""
_WARM_UP = 20
"""Messages read before the clock counts."""


@dataclass(frozen=True)
class Outcome:
    """A question and its answer.

    Args:
        predicted: the intent acted on or, where the bot asks or gives up, the best one.
        decision: `answer clarify fallback handoff emergency`.
        confidence: of that intent, all its service items together.
        offered: intents of the first candidates, as a clarification shows them.
        items: service items of the guide candidates, best first.
        aspect: `overview` if the words name none.
        screened: the screen of the edge raised the alarm by itself.
        seconds: wall time of the parse.
    """

    question: Question
    predicted: str
    decision: str
    confidence: float
    offered: tuple[str, ...]
    items: tuple[str, ...]
    aspect: str
    screened: bool
    seconds: float

    @property
    def understood(self) -> bool:
        """The best intent is a right one."""
        return self.predicted in self.question.intents

    @property
    def routed(self) -> bool:
        """The user gets a right answer, a choice with a right one in it, or an honest refusal where nothing is ours."""
        if self.decision == "fallback":
            return bool(self.question.intents & OPEN)
        if self.decision == "clarify":
            return bool(self.question.intents & set(self.offered))
        return self.understood


async def ask(processor: TurnProcessor, questions: Sequence[Question]) -> list[Outcome]:
    """Every question put to a model, in order."""
    for question in questions[:_WARM_UP]:
        await processor.parse(question.text)
    outcomes = []
    for question in questions:
        started = time.perf_counter()
        parsed = await parse_text(processor, question.text)
        outcomes.append(read_outcome(question, parsed, time.perf_counter() - started))
    return outcomes


def read_outcome(question: Question, parsed: dict[str, Any], seconds: float = 0.0) -> Outcome:
    """From what `bot.parse.parse_text` says."""
    decision, ranking = parsed["decision"], parsed["ranking"]
    name = {"emergency": "emergency", "handoff": "request_handoff"}.get(decision, parsed["intent"]["name"])
    share = sum(one["confidence"] for one in ranking if one["intent"] == name) if ranking else parsed["intent"]["confidence"]
    return Outcome(
        question, name, decision, min(1.0, share), tuple(one["intent"] for one in ranking[:_OFFERED]),
        tuple(_unique(one["service_item"] for one in ranking if "service_item" in one)), parsed["aspect"] or "overview",
        screen(question.text) is not None, seconds,
    )  # fmt: skip


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
