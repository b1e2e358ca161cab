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


@dataclass
class SecondLook:
    """What training leaves.

    Args:
        encoder: name and version of the encoder that it was fitted with; another one's vectors mean nothing to it.
        weights, bias: the part of the n-grams, as in `NgramModel`.
        mean: of the encodings of the examples.
        examples: their centred encodings, of length 1.
        dual: what each example says of each label.
        calibration: of the scores.
    """

    encoder: str
    weights: Floats
    bias: Floats
    mean: Floats
    examples: Floats
    dual: Floats
    calibration: Calibration

    def shares(self, rows: Rows, values: Floats, encoding: Floats) -> Floats:
        """The probability of each label, of a text's n-gram vector and its encoding."""
        meaning = likeness(self.examples, centred(encoding, self.mean)) @ self.dual
        return self.calibration.shares(values @ self.weights[rows] + meaning + self.bias)


def centred(encodings: Floats, mean: Floats) -> Floats:
    """Encodings about their mean, of length 1 again."""
    moved = encodings - mean
    ones: Floats = moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + np.float32(1e-9))
    return ones


def likeness(examples: Floats, others: Floats) -> Floats:
    """A Gaussian kernel of centred encodings: 0 for strangers, `WEIGHT` for the same meaning."""
    near: Floats = examples @ others.T
    near -= np.float32(1)
    near *= np.float32(2 * WIDTH)
    np.exp(near, out=near)
    near *= np.float32(WEIGHT)
    return near
