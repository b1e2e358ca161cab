"""Outcomes made by hand, so that every measure can be counted on the fingers."""

from __future__ import annotations

from bot.evaluation.outcome import Outcome, read_outcome
from bot.evaluation.questions import Question


def outcome(
    intent: str, predicted: str, decision: str = "answer", *, text: str = "", also: tuple[str, ...] = (),
    items: tuple[str, ...] = (), offered: tuple[str, ...] = (), linked: tuple[str, ...] = (), aspects: tuple[str, ...] = (),
    aspect: str | None = None, confidence: float = 0.9, source: str = "talk.yml:1",
) -> Outcome:  # fmt: skip
    """From a parse as `weijing parse` prints it."""
    question = Question(text or f"{intent} {predicted}", intent, frozenset(also), items, aspects, source)
    share = confidence / max(1, len(linked))
    ranking = [{"intent": predicted, "confidence": share, "service_item": item, "category": "hukou"} for item in linked]
    ranking = ranking or [{"intent": predicted, "confidence": confidence}]
    ranking += [{"intent": other, "confidence": 0.05} for other in offered]
    parsed = {"intent": {"name": predicted, "confidence": confidence}, "ranking": ranking, "decision": decision, "aspect": aspect}
    return read_outcome(question, parsed, 0.002)
