"""Everything that is known about one model, gathered, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from bot.evaluation import measures
from bot.evaluation.comparison import Comparison
from bot.evaluation.confusions import Confusion, confusions
from bot.evaluation.development import Development
from bot.evaluation.floors import Floors, broken_floors
from bot.evaluation.outcome import Outcome


@dataclass(frozen=True)
class Evaluation:
    """A model and what it made of the messages.

    Args:
        model: its file's name.
        floors: see `bot.evaluation.floors`.
        development: None where the development questions are absent.
        comparison: None where no previous model was given.
    """

    model: str
    outcomes: Sequence[Outcome]
    floors: Floors
    development: Development | None = None
    comparison: Comparison | None = None

    @cached_property
    def shares(self) -> dict[str, measures.Share]:
        """See `bot.evaluation.measures.SHARES`."""
        return measures.shares(self.outcomes)

    @cached_property
    def macro_f1(self) -> tuple[float, float, float]:
        """(value, low, high)."""
        return measures.macro_f1(self.outcomes)

    @cached_property
    def table(self) -> list[measures.IntentRow]:
        """Intents, worst first."""
        return measures.table(self.outcomes)

    @cached_property
    def confusions(self) -> list[Confusion]:
        """Most frequent first."""
        return confusions(self.outcomes)

    @cached_property
    def broken(self) -> list[str]:
        """Floors that do not hold."""
        return list(broken_floors(self.floors, self.shares, self.macro_f1[0], self.table))

    def as_json(self) -> dict[str, Any]:
        """The content of `evaluation.json`; a later run compares itself with its `messages`."""
        value, low, high = self.macro_f1
        return {
            "model": self.model,
            "shares": {name: {"value": share.value, **asdict(share)} for name, share in self.shares.items()},
            "macro_f1": {"value": value, "low": low, "high": high},
            "calibration_error": measures.calibration_error(self.outcomes),
            "milliseconds": measures.milliseconds(self.outcomes),
            "intents": [asdict(row) for row in self.table],
            "confusions": [asdict(one) for one in self.confusions],
            "development": self.development and asdict(self.development),
            "comparison": self.comparison and asdict(self.comparison),
            "broken_floors": self.broken,
            "messages": [_message(one) for one in self.outcomes],
        }


def _message(one: Outcome) -> dict[str, Any]:
    question = one.question
    return {
        "text": question.text, "source": question.source, "intent": question.intent, "predicted": one.predicted, "decision": one.decision,
        "confidence": round(one.confidence, 4), "items": one.items[:3], "aspect": one.aspect, "understood": one.understood, "routed": one.routed,
    }  # fmt: skip
