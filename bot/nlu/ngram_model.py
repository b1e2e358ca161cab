"""A linear model on character and word n-grams: vocabulary and weights, nothing but numpy at prediction."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

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


@dataclass
class NgramModel:
    """What training leaves.

    Args:
        labels: the classes, in the order of the columns.
        vocabulary: n-gram -> row.
        idf: per row.
        weights: rows x labels.
        bias: per label.
        temperature: scores are multiplied by it before the softmax, so that confidences mean what they say.
    """

    labels: list[str]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float

    def vector(self, text: str, words: list[str]) -> tuple[npt.NDArray[np.int64], Floats]:
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

    def scores(self, text: str, words: list[str]) -> Floats:
        """The linear score of each label."""
        rows, values = self.vector(text, words)
        found: Floats = values @ self.weights[rows] + self.bias
        return found

    def predict(self, text: str, words: list[str]) -> Floats:
        """The probability of each label."""
        return softmax(self.scores(text, words) * self.temperature)

    def save(self, folder: Path) -> None:
        """Write `ngrams.json` and `weights.npz`."""
        header = {"labels": self.labels, "temperature": self.temperature, "vocabulary": list(self.vocabulary)}
        (folder / "ngrams.json").write_text(json.dumps(header, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "weights.npz", idf=self.idf, weights=self.weights.astype(np.float16), bias=self.bias)

    @classmethod
    def load(cls, folder: Path) -> NgramModel:
        """Read what `save` wrote."""
        header = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
        vocabulary = {gram: row for row, gram in enumerate(header["vocabulary"])}
        with np.load(folder / "weights.npz") as arrays:
            return cls(header["labels"], vocabulary, arrays["idf"], arrays["weights"].astype(np.float32), arrays["bias"], header["temperature"])


def softmax(scores: Floats) -> Floats:
    """Probabilities of the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
