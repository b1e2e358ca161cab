"""A model's report as its page shows it: counts for the pictures, and the sentences behind each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

BINS = 10
Json = dict[str, Any]


@dataclass(frozen=True)
class Bin:
    """A tenth of the confidence: messages understood and not, and their heights in per cent of the tallest."""

    low: float
    right: int
    wrong: int
    right_height: float
    wrong_height: float


@dataclass(frozen=True)
class Matrix:
    """Intents that are confused, and how often: `counts[row][column]`, the row being right and the column said."""

    names: list[str]
    counts: list[list[int]]


@dataclass(frozen=True)
class IntentChange:
    """An intent's figures, and how many of its sentences changed against the model before."""

    intent: str
    f1: float
    recall: float
    support: int
    better: int
    worse: int


def histogram(messages: list[Json]) -> list[Bin]:
    """How sure the model was of what it got right and wrong."""
    found: Counter[tuple[int, bool]] = Counter((min(BINS - 1, int(one["confidence"] * BINS)), bool(one["understood"])) for one in messages)
    tallest = max([found[place, True] + found[place, False] for place in range(BINS)], default=1) or 1
    return [
        Bin(place / BINS, found[place, True], found[place, False], 100 * found[place, True] / tallest, 100 * found[place, False] / tallest)
        for place in range(BINS)
    ]


def matrix(messages: list[Json]) -> Matrix:
    """The confused intents alone; the whole table would be mostly noughts."""
    wrong = [one for one in messages if not one["understood"]]
    names = sorted({one["intent"] for one in wrong} | {one["predicted"] for one in wrong})
    counts = Counter((one["intent"], one["predicted"]) for one in messages)
    return Matrix(names, [[counts[row, column] for column in names] for row in names])


def sentences(messages: list[Json], intent: str, predicted: str) -> list[Json]:
    """The messages of one cell."""
    return [one for one in messages if (one["intent"], one["predicted"]) == (intent, predicted)]


def changes(report: Json) -> list[IntentChange]:
    """Intents, those that lost most first."""
    compared = report.get("comparison") or {"better": [], "worse": []}
    better, worse = (Counter(one["intent"] for one in compared[name]) for name in ("better", "worse"))
    rows = [
        IntentChange(one["intent"], one["f1"], one["recall"], one["support"], better[one["intent"]], worse[one["intent"]])
        for one in report.get("intents", [])
    ]
    return sorted(rows, key=lambda row: (row.better - row.worse, row.f1))
