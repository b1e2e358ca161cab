"""Trains an `IntentModel` in seconds and without scikit-learn: ridge regression on the classes, solved among examples instead of features.

Unseen scores (`bot.nlu.ridge`) are what the probabilities are calibrated on. The examples are shuffled with those of the calibration last: the last corner of
the factor alone tells their part of the inverse, at no cost.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.calibration import Calibration, Floats, log_odds, softmax
from bot.nlu.encoder import Encoder, encode_examples
from bot.nlu.intent_model import IntentModel
from bot.nlu.ngram_model import NgramModel, ngrams
from bot.nlu.ridge import solve
from bot.nlu.second_look import SecondLook, axes_of, likeness, turned

_CALIBRATED = 3000
"""Examples on which the three numbers of a calibration are fitted at most."""
_BLOCK = 1024
"""Rows of the kernel that are computed at a time."""


@dataclass(frozen=True)
class Examples:
    """What is learnt from: equally long lists.

    Args:
        shares: how much each example counts; those of 1.0 (written by people) also fit the calibration.
    """

    texts: list[str]
    words: list[list[str]]
    labels: list[str]
    shares: list[float]


@dataclass(frozen=True)
class _Fit:
    dual: Floats
    calibration: Calibration

    def weights(self, matrix: csr_matrix) -> Floats:
        return np.asarray(matrix.T @ self.dual, np.float32)

    @property
    def bias(self) -> Floats:
        return np.asarray(self.dual.sum(axis=0), np.float32)


def train(examples: Examples, encoder: Encoder | None) -> IntentModel:
    """Fit the first look and, with an encoder, the second.

    Raises:
        TrainingFailed: the examples determine no model.
    """
    with threadpool_limits(os.cpu_count(), "blas"):  # a worker has one thread; a training may use the machine
        return _train(examples, encoder)


def unseen_shares(examples: Examples, encoder: Encoder | None) -> tuple[list[str], Floats]:
    """(labels, their probabilities for each example by the model that all other examples make): leave-one-out without training again.

    One fit of everything that is known of a message, where a loaded model asks the n-grams first.

    Raises:
        TrainingFailed: the examples determine no model.
    """
    with threadpool_limits(os.cpu_count(), "blas"):
        labels, targets = _targets(examples)
        kernel = _kernel(_matrix(_vocabulary(examples), examples))
        if encoder:
            encodings = encode_examples(encoder, examples.texts)
            mean = encodings.mean(axis=0)
            _add_likeness(kernel, turned(encodings, mean, axes_of(encodings, mean)))
        _, unseen = solve(kernel, targets, np.array(examples.shares, np.float32), len(examples.texts))
        return labels, calibrate(unseen, targets.argmax(axis=1)).shares(unseen)


def _train(examples: Examples, encoder: Encoder | None) -> IntentModel:
    examples = _shuffled(examples)
    share = np.array(examples.shares, np.float32)
    labels, targets = _targets(examples)
    first = _vocabulary(examples)
    matrix = _matrix(first, examples)
    kernel = _kernel(matrix)
    alone = _fit(kernel, targets, share)
    first.weights, first.bias, first.calibration = alone.weights(matrix), alone.bias, alone.calibration
    if encoder is None:
        return IntentModel(labels, first, None, None)
    encodings = encode_examples(encoder, examples.texts)
    mean = encodings.mean(axis=0)
    axes = axes_of(encodings, mean)
    meanings = turned(encodings, mean, axes)
    _add_likeness(kernel, meanings)
    both = _fit(kernel, targets, share)
    second = SecondLook(encoder.name, both.weights(matrix), both.bias, mean, axes, meanings, both.dual, both.calibration)
    return IntentModel(labels, first, second, encoder)


def _targets(examples: Examples) -> tuple[list[str], Floats]:
    """The labels, and for each example 1 at its own and -1 at the others."""
    labels = sorted(set(examples.labels))
    targets = -np.ones((len(examples.labels), len(labels)), np.float32)
    targets[np.arange(len(targets)), [labels.index(label) for label in examples.labels]] = 1.0
    return labels, targets


def _shuffled(examples: Examples) -> Examples:
    """The same order by chance each time, with those written by people last."""
    chance = np.random.default_rng(0).permutation(len(examples.texts)).tolist()
    order = sorted(chance, key=lambda at: examples.shares[at] == 1.0)
    texts, words, labels, shares = examples.texts, examples.words, examples.labels, examples.shares
    return Examples([texts[at] for at in order], [words[at] for at in order], [labels[at] for at in order], [shares[at] for at in order])


def _kernel(matrix: csr_matrix) -> Floats:
    """The lower triangle of the n-grams' kernel; the 1.0 is a bias that is fitted like every other feature."""
    kernel = np.zeros((matrix.shape[0], matrix.shape[0]), np.float32)
    for start in range(0, len(kernel), _BLOCK):
        end = start + _BLOCK
        kernel[start:end, :end] = (matrix[start:end] @ matrix[:end].T).toarray() + np.float32(1.0)
    return kernel


def _add_likeness(kernel: Floats, meanings: Floats) -> None:
    for start in range(0, len(kernel), _BLOCK):
        end = start + _BLOCK
        kernel[start:end, :end] += likeness(meanings[start:end], meanings[:end])


def _fit(kernel: Floats, targets: Floats, share: Floats) -> _Fit:
    last = min(_CALIBRATED, int((share == 1.0).sum()) or len(share))
    dual, unseen = solve(kernel, targets, share, last)
    return _Fit(dual, calibrate(unseen, targets[-last:].argmax(axis=1)))


def _vocabulary(examples: Examples) -> NgramModel:
    seen: Counter[str] = Counter()
    for text, words in zip(examples.texts, examples.words, strict=True):
        for block in ngrams(text, words):
            seen.update(set(block))
    grams = sorted(gram for gram, count in seen.items() if count > 1)
    idf = np.log((1 + len(examples.texts)) / (1 + np.array([seen[gram] for gram in grams]))) + 1
    return NgramModel({gram: row for row, gram in enumerate(grams)}, idf.astype(np.float32))


def _matrix(model: NgramModel, examples: Examples) -> csr_matrix:
    vectors = [model.vector(text, words) for text, words in zip(examples.texts, examples.words, strict=True)]
    ends = np.cumsum([0, *(len(rows) for rows, _ in vectors)])
    return csr_matrix((np.concatenate([v for _, v in vectors]), np.concatenate([r for r, _ in vectors]), ends), shape=(len(vectors), len(model.vocabulary)))


def calibrate(unseen: Floats, right: np.ndarray[Any, Any]) -> Calibration:
    """The temperature that makes all labels, then the slope and offset that make the best label, most likely to be as right as they say."""

    def surprise(logarithm: float) -> float:
        shares = softmax(unseen * np.exp(logarithm))
        return float(-np.log(shares[np.arange(len(right)), right] + 1e-9).mean())

    temperature = float(np.exp(minimize_scalar(surprise, bounds=(-1.0, 4.0), method="bounded").x))
    shares = softmax(unseen.astype(np.float64) * temperature)
    odds, hit = log_odds(np.clip(shares.max(axis=1), 1e-4, 1 - 1e-4)), shares.argmax(axis=1) == right

    def surprise_of_best(line: Floats) -> float:
        said = line[0] * odds + line[1]
        return float(np.logaddexp(0, np.where(hit, -said, said)).mean())

    slope, offset = minimize(surprise_of_best, [1.0, 0.0], bounds=[(0.1, 2.0), (-2.0, 2.0)]).x
    return Calibration(temperature, float(slope), float(offset))
