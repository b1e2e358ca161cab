"""The first look at a message: a linear model on character and word n-grams, nothing but numpy, 0.1 ms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.nlu.calibration import Calibration, Floats

Rows = npt.NDArray[np.int64]

CHARS = (1, 2, 3, 4)
"""Lengths of character n-grams."""
FOREIGN = 15.0
"""What an n-gram that training never saw twice adds to the squared length: words the model does not know make it less sure."""
_EDGE = "\x02"


def ngrams(text: str, words: list[str]) -> tuple[list[str], list[str]]:
    """The character 1-4-grams of the text between edge marks, and the word 1-2-grams."""
    framed = f"{_EDGE}{text.replace(' ', '')}{_EDGE}"
    chars = [framed[at : at + size] for size in CHARS for at in range(len(framed) - size + 1)]
    return chars, [f"w:{word}" for word in words] + [f"w:{first}|{second}" for first, second in pairwise(words)]


def _no_floats() -> Floats:
    return np.zeros((0, 0), np.float32)


@dataclass
class NgramModel:
    """What training leaves.

    Args:
        vocabulary: n-gram -> row.
        idf: per row.
        weights: rows x labels.
        bias: per label.
        calibration: of its scores.
    """

    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats = field(default_factory=_no_floats)
    bias: Floats = field(default_factory=_no_floats)
    calibration: Calibration = field(default_factory=Calibration)

    def vector(self, text: str, words: list[str]) -> tuple[Rows, Floats]:
        """Rows and values of a text: sublinear TF-IDF, each of the two blocks of unit length if all of it is known."""
        rows: list[int] = []
        values: list[float] = []
        for block in ngrams(text, words):
            counts = Counter(self.vocabulary.get(gram, -1) for gram in block)
            foreign = counts.pop(-1, 0)
            if counts:
                at = list(counts)
                weighed = (1.0 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[at]
                rows += at
                values += list(weighed / np.sqrt(weighed @ weighed + FOREIGN * foreign))
        return np.array(rows, np.int64), np.array(values, np.float32)

    def shares(self, rows: Rows, values: Floats) -> Floats:
        """The probability of each label, of a text's vector."""
        return self.calibration.shares(values @ self.weights[rows] + self.bias)
