"""Trains an `IntentModel` in seconds and without scikit-learn: ridge regression on the classes, solved among examples instead of features.

With n examples the kernel is n × n whatever the features are, so that one Cholesky factor gives the weights for every class at once, and each example's
score by a model that has not seen it (Allen's PRESS formula). Those unseen scores are what the probabilities are calibrated on. The time grows with n³.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg.lapack import spotrf, spotrs, strtri
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.calibration import Calibration, Floats, log_odds, softmax
from bot.nlu.encoder import Encoder, encode_examples
from bot.nlu.intent_model import IntentModel
from bot.nlu.ngram_model import NgramModel, ngrams
from bot.nlu.second_look import SecondLook, centred, likeness
from weijing.errors import TrainingFailed

RIDGE = 0.6
"""Strength of the regularisation; between 0.1 and 1.0 accuracy hardly moves."""


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


def _train(examples: Examples, encoder: Encoder | None) -> IntentModel:
    labels = sorted(set(examples.labels))
    share = np.array(examples.shares, np.float32)
    targets = -np.ones((len(share), len(labels)), np.float32)
    targets[np.arange(len(share)), [labels.index(label) for label in examples.labels]] = 1.0
    first = _vocabulary(examples)
    matrix = _matrix(first, examples)
    kernel = (matrix @ matrix.T).toarray() + np.float32(1.0)  # the 1.0 is a bias that is fitted like every other feature
    alone = _fit(kernel, targets, share)
    first.weights, first.bias, first.calibration = alone.weights(matrix), alone.bias, alone.calibration
    if encoder is None:
        return IntentModel(labels, first, None, None)
    encodings = encode_examples(encoder, examples.texts)
    mean = encodings.mean(axis=0)
    meanings = centred(encodings, mean)
    kernel += likeness(meanings, meanings)
    both = _fit(kernel, targets, share)
    second = SecondLook(encoder.name, both.weights(matrix), both.bias, mean, meanings, both.dual, both.calibration)
    return IntentModel(labels, first, second, encoder)


def _fit(kernel: Floats, targets: Floats, share: Floats) -> _Fit:
    dual, unseen = solve(kernel, targets, share)
    people = share == 1.0
    return _Fit(dual, calibrate(unseen[people], targets[people].argmax(axis=1)))


def solve(kernel: Floats, targets: Floats, share: Floats) -> tuple[Floats, Floats]:
    """(what each example says of each label, each example's scores by a model without it); single precision is plenty, the ridge keeps it well-behaved.

    Raises:
        TrainingFailed: the kernel is no kernel.
    """
    system = kernel.copy().T  # symmetric, so this is the order of columns that LAPACK wants
    system[np.diag_indices(len(share))] += RIDGE / share
    factor, failed = spotrf(system, lower=True, clean=True, overwrite_a=True)
    if failed:
        raise TrainingFailed("the intent classifier cannot be fitted: is an example's share 0 or not a number?")
    dual, _ = spotrs(factor, np.asfortranarray(targets), lower=True)
    root, _ = strtri(factor, lower=True, overwrite_c=True)
    unseen: Floats = targets - dual / np.einsum("ij,ij->j", root, root)[:, None]  # the diagonal of the inverse
    return np.ascontiguousarray(dual), unseen


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
