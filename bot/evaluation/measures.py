"""The measures of a set of outcomes, each a share between 0 and 1 with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.outcome import Outcome

CALM = frozenset({"greet", "thank", "goodbye", "help", "affirm", "deny", "repeat", "smalltalk", "out_of_scope"})
"""Intents whose answer does no harm to who asked something that is not ours."""
NEAR = ("near.yml", "fresh_near.yml")
"""The files of ordinary messages with words of danger."""
CRITICAL = ("emergency", "file_report", "request_handoff")
"""Intents that may not be missed."""
ROUNDS, SEED = 1000, 20260101
"""Bootstrap samples; fixed, so that two runs differ only by the model."""
_BINS = 10
Indices = NDArray[np.int64]
"""Places in a list of labels, one for each message."""


@dataclass(frozen=True)
class Share:
    """`hits` of `total`, with the 95 % interval of a bootstrap over messages."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """0 where there is nothing to count."""
        return self.hits / self.total if self.total else 0.0


@dataclass(frozen=True)
class IntentRow:
    """One line of the table: precision, recall and F1 of an intent, and how many messages have it."""

    intent: str
    precision: float
    recall: float
    f1: float
    support: int


def _falsely_accepted(one: Outcome) -> bool:
    return one.decision in {"answer", "emergency"} and one.predicted not in CALM | one.question.intents


def _guide(one: Outcome) -> bool:
    return one.question.intent == "ask_guide" and bool(one.question.items)


_Test = Callable[[Outcome], bool]
SHARES: dict[str, tuple[_Test, _Test]] = {
    "accuracy": (lambda one: True, lambda one: one.understood),
    "routed": (lambda one: True, lambda one: one.routed),
    "false_accept": (lambda one: one.question.intent == "out_of_scope", _falsely_accepted),
    "emergency_recall": (lambda one: one.question.intent == "emergency", lambda one: one.decision == "emergency"),
    "emergency_screen": (lambda one: one.question.intent == "emergency", lambda one: one.screened),
    "near_alarms": (lambda one: one.question.source.startswith(NEAR), lambda one: one.decision == "emergency"),
    "emergency_alarms": (lambda one: "emergency" not in one.question.intents, lambda one: one.decision == "emergency"),
    "report_recall": (lambda one: one.question.intent == "file_report", lambda one: one.routed),
    "report_alarms": (lambda one: "file_report" not in one.question.intents, lambda one: (one.predicted, one.decision) == ("file_report", "answer")),
    "handoff_recall": (lambda one: one.question.intent == "request_handoff", lambda one: one.decision == "handoff"),
    "handoff_alarms": (lambda one: "request_handoff" not in one.question.intents, lambda one: one.decision == "handoff"),
    "item_top1": (_guide, lambda one: bool(set(one.items[:1]) & set(one.question.items))),
    "item_top3": (_guide, lambda one: bool(set(one.items[:3]) & set(one.question.items))),
    "aspect": (lambda one: bool(one.question.aspects), lambda one: one.aspect in one.question.aspects),
}
"""Name -> (which messages count, which of them are hits)."""
ERRORS = frozenset({"false_accept", "near_alarms", "emergency_alarms", "report_alarms", "handoff_alarms"})
"""Shares that should be small."""


def shares(outcomes: Sequence[Outcome]) -> dict[str, Share]:
    """Every measure of `SHARES`."""
    return {name: _share([hit(one) for one in outcomes if counts(one)]) for name, (counts, hit) in SHARES.items()}


def _share(hits: Sequence[bool]) -> Share:
    if not hits:
        return Share(0, 0, 0.0, 0.0)
    found = np.random.default_rng(SEED).binomial(len(hits), sum(hits) / len(hits), ROUNDS) / len(hits)  # resampling yes and no is the same as this draw
    low, high = np.percentile(found, [2.5, 97.5])
    return Share(sum(hits), len(hits), float(low), float(high))


def pairs(outcomes: Sequence[Outcome]) -> tuple[list[str], Indices, Indices]:
    """(labels, right ones, predicted ones as indices); a second right label counts as the right one if it was predicted."""
    truth = [one.predicted if one.understood else one.question.intent for one in outcomes]
    labels = sorted({*truth, *(one.predicted for one in outcomes)})
    at = {label: place for place, label in enumerate(labels)}
    return labels, np.array([at[label] for label in truth]), np.array([at[one.predicted] for one in outcomes])


def table(outcomes: Sequence[Outcome]) -> list[IntentRow]:
    """A row for each intent that is right for some message, worst F1 first."""
    from sklearn.metrics import precision_recall_fscore_support

    labels, truth, predicted = pairs(outcomes)
    columns = precision_recall_fscore_support(truth, predicted, labels=range(len(labels)), zero_division=0)
    rows = [IntentRow(label, float(p), float(r), float(f), int(n)) for label, p, r, f, n in zip(labels, *columns, strict=True)]
    return sorted((row for row in rows if row.support), key=lambda row: row.f1)


def macro_f1(outcomes: Sequence[Outcome]) -> tuple[float, float, float]:
    """(value, low, high) with the 95 % interval of a bootstrap over messages."""
    labels, truth, predicted = pairs(outcomes)
    chance = np.random.default_rng(SEED)
    found = [_macro(truth[pick], predicted[pick], len(labels)) for pick in chance.integers(0, len(truth), (ROUNDS, len(truth)))]
    low, high = np.percentile(found, [2.5, 97.5])
    return _macro(truth, predicted, len(labels)), float(low), float(high)


def _macro(truth: Indices, predicted: Indices, size: int) -> float:
    hits = np.bincount(truth[truth == predicted], minlength=size)
    there, said = np.bincount(truth, minlength=size), np.bincount(predicted, minlength=size)
    return float(np.mean((2 * hits[there > 0]) / (there + said)[there > 0]))


def reliability(outcomes: Sequence[Outcome]) -> list[tuple[float, float, int]]:
    """(mean confidence, share understood, messages) of each tenth of the confidence that has messages."""
    bins: list[list[Outcome]] = [[] for _ in range(_BINS)]
    for one in outcomes:
        bins[min(_BINS - 1, int(one.confidence * _BINS))].append(one)
    return [(float(np.mean([one.confidence for one in some])), float(np.mean([one.understood for one in some])), len(some)) for some in bins if some]


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Expected calibration error: the mean distance between confidence and share understood, weighted by messages."""
    return sum(abs(sure - right) * count for sure, right, count in reliability(outcomes)) / len(outcomes)


def milliseconds(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Wall time of a parse: mean, median and 99th percentile."""
    times = np.array([one.seconds for one in outcomes]) * 1000
    return {"mean": float(times.mean()), "median": float(np.median(times)), "p99": float(np.percentile(times, 99))}
