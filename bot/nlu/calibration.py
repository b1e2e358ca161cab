"""Scores become probabilities that mean what they say: of the answers given 0.8, eight in ten are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_EDGE = 1e-4
"""No answer is more certain than this leaves open."""


@dataclass(frozen=True)
class Calibration:
    """Fitted on scores of examples that the model had not seen (`bot.nlu.trainer`).

    Args:
        temperature: scores are multiplied by it before the softmax.
        slope, offset: of the best label's log-odds (Platt): a temperature alone leaves the top too sure and the bottom too modest.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0

    def shares(self, scores: Floats) -> Floats:
        """The probability of each label, along the last axis; the order of the labels below the best one stays."""
        raw = softmax(scores * self.temperature)
        best = np.clip(raw.max(axis=-1, keepdims=True), _EDGE, 1 - _EDGE)
        meant = 1 / (1 + np.exp(-(self.slope * log_odds(best) + self.offset)))
        moved = np.where(raw == raw.max(axis=-1, keepdims=True), meant, raw * (1 - meant) / (1 - best))
        shares: Floats = (moved / moved.sum(axis=-1, keepdims=True)).astype(np.float32)
        return shares


def softmax(scores: Floats) -> Floats:
    """Probabilities of the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def log_odds(share: Floats) -> Floats:
    """The logarithm of right to wrong."""
    odds: Floats = np.log(share / (1 - share))
    return odds
