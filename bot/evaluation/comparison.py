"""This model against the one before on the same messages: which got better, which got worse, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluation.measures import ROUNDS, SEED
from bot.evaluation.outcome import Outcome
from weijing.errors import InputError

Answers = Mapping[str, str]
"""Text -> the intent that the previous model understood; it is judged by the labels of today."""


@dataclass(frozen=True)
class Change:
    """One message that one of the two models alone understood."""

    text: str
    intent: str
    before: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """Two models on the messages that both have seen.

    Args:
        name: of the previous model.
        shared: messages compared.
        before, now: messages understood.
        better, worse: those that changed.
        p_value: exact McNemar test, two-sided: how likely such an imbalance is if both models were equally good.
        low, high: 95 % interval (bootstrap over messages) of the share understood now less the share understood before.
    """

    name: str
    shared: int
    before: int
    now: int
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    p_value: float
    low: float = 0.0
    high: float = 0.0


def answers_of(outcomes: Sequence[Outcome]) -> Answers:
    """What a later model is compared with."""
    return {one.question.text: one.predicted for one in outcomes}


def compare(name: str, previous: Answers, outcomes: Sequence[Outcome]) -> Comparison:
    """The paired comparison.

    Raises:
        InputError: the two have no message in common.
    """
    both = [(one, previous[one.question.text]) for one in outcomes if one.question.text in previous]
    if not both:
        raise InputError(f"{name} was measured on other messages: give a model, or an evaluation.json of these messages")
    better = tuple(_change(one, before) for one, before in both if one.understood and before not in one.question.intents)
    worse = tuple(_change(one, before) for one, before in both if not one.understood and before in one.question.intents)
    counts = sum(before in one.question.intents for one, before in both), sum(one.understood for one, _ in both)
    return Comparison(name, len(both), *counts, better, worse, _mcnemar(len(better), len(worse)), *_interval(len(better), len(worse), len(both)))


def _change(one: Outcome, before: str) -> Change:
    return Change(one.question.text, one.question.intent, before, one.predicted)


def _mcnemar(better: int, worse: int) -> float:
    from scipy.stats import binomtest

    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def _interval(better: int, worse: int, total: int) -> tuple[float, float]:
    shares = (better / total, worse / total, 1 - (better + worse) / total)
    drawn = np.random.default_rng(SEED).multinomial(total, shares, ROUNDS)  # resampling messages that got better, worse or stayed is the same as this draw
    low, high = np.percentile((drawn[:, 0] - drawn[:, 1]) / total, [2.5, 97.5])
    return float(low), float(high)
