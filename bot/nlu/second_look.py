"""The second look at a message, where the n-grams alone are not sure: n-grams and the meaning that a sentence encoder sees, fitted together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.nlu.calibration import Calibration, Floats
from bot.nlu.ngram_model import Rows

WEIGHT = 2.0
"""How much the meaning counts against the n-grams (whose two blocks have length 1 each)."""
WIDTH = 1.0
"""How fast likeness falls with the distance of two meanings."""
_AXES = 256
"""Of the encoder's numbers, turned so that the first say most, those that are compared: half the time of all of them, and a tenth of a point."""


@dataclass
class SecondLook:
    """What training leaves.

    Args:
        encoder: name and version of the encoder that it was fitted with; another one's vectors mean nothing to it.
        weights, bias: the part of the n-grams, as in `NgramModel`.
        mean: of the encodings of the examples.
        axes: what turns an encoding into the numbers that are compared.
        examples: their turned encodings, of length 1.
        dual: what each example says of each label.
        calibration: of the scores.
    """

    encoder: str
    weights: Floats
    bias: Floats
    mean: Floats
    axes: Floats
    examples: Floats
    dual: Floats
    calibration: Calibration

    def shares(self, rows: Rows, values: Floats, encoding: Floats) -> Floats:
        """The probability of each label, of a text's n-gram vector and its encoding."""
        meaning = likeness(self.examples, turned(encoding, self.mean, self.axes)) @ self.dual
        return self.calibration.shares(values @ self.weights[rows] + meaning + self.bias)


def axes_of(encodings: Floats, mean: Floats) -> Floats:
    """The principal axes of the encodings, the longest first."""
    moved = (encodings - mean).astype(np.float64)
    _, axes = np.linalg.eigh(moved.T @ moved)
    return np.ascontiguousarray(axes[:, : -_AXES - 1 : -1], np.float32)


def turned(encodings: Floats, mean: Floats, axes: Floats) -> Floats:
    """Encodings about their mean, on the axes, of length 1 again."""
    moved = (encodings - mean) @ axes
    ones: Floats = moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + np.float32(1e-9))
    return ones


def likeness(examples: Floats, others: Floats) -> Floats:
    """A Gaussian kernel of turned encodings: 0 for strangers, `WEIGHT` for the same meaning."""
    near: Floats = examples @ others.T
    near -= np.float32(1)
    near *= np.float32(2 * WIDTH)
    np.exp(near, out=near)
    near *= np.float32(WEIGHT)
    return near
