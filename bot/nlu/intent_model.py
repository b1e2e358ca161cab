"""A cascade: the n-grams tell the intent of what is plainly said; where they are not sure the encoder is asked as well."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from bot.nlu.calibration import Calibration, Floats
from bot.nlu.encoder import Encoder
from bot.nlu.ngram_model import NgramModel
from bot.nlu.second_look import SecondLook

log = logging.getLogger(__name__)

SURE = 0.8
"""From this probability on the first look decides; a quarter of real questions lie below. Set by the budget of 2.5 ms a message: 0.85 asks for a third more
second looks and is better by less than a third of a point."""
_KEPT = 4096
"""Texts whose second look is remembered, those asked for last."""


@dataclass
class IntentModel:
    """What training leaves: labels, two looks and the encoder that the second one needs.

    Args:
        second: None if the model was trained without an encoder.
        encoder: None if there is none now.
    """

    labels: list[str]
    first: NgramModel
    second: SecondLook | None
    encoder: Encoder | None
    _known: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        wanted, found = self.second.encoder if self.second else "", self.encoder.name if self.encoder else ""
        if wanted != found:
            log.warning("the model was trained with encoder %s, here is %s: n-grams alone are used; train again", wanted or "none", found or "none")

    def shares(self, text: str, words: list[str]) -> Floats:
        """The probability of each label.

        Args:
            text: neutral (`bot.nlu.wording.neutral`).
            words: of the text.
        """
        if text in self._known:
            self._remember(text, self._known.pop(text))
            return self._known[text]
        vector = self.first.vector(text, words)
        shares = self.first.shares(*vector)
        if self.second is None or self.encoder is None or self.second.encoder != self.encoder.name or shares.max() >= SURE:
            return shares
        shares = self.second.shares(*vector, self.encoder.encode([text])[0])
        self._remember(text, shares)
        return shares

    def _remember(self, text: str, shares: Floats) -> None:
        if len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[text] = shares

    def save(self, folder: Path) -> None:
        """Write `intents.json`, `first.npz` and, with a second look, `second.npz`."""
        first, second = self.first, self.second
        header = {
            "labels": self.labels, "vocabulary": list(first.vocabulary), "calibration": asdict(first.calibration),
            "encoder": second.encoder if second else "", "second_calibration": asdict(second.calibration) if second else {},
        }  # fmt: skip
        (folder / "intents.json").write_text(json.dumps(header, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "first.npz", idf=first.idf, weights=first.weights.astype(np.float16), bias=first.bias)
        if second:
            halves = {name: getattr(second, name).astype(np.float16) for name in ("weights", "examples")}
            np.savez(folder / "second.npz", bias=second.bias, mean=second.mean, axes=second.axes, dual=second.dual, **halves)

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> IntentModel:
        """Read what `save` wrote."""
        header = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        vocabulary = {gram: row for row, gram in enumerate(header["vocabulary"])}
        first = NgramModel(vocabulary, **_arrays(folder / "first.npz"), calibration=Calibration(**header["calibration"]))
        if not header["encoder"]:
            return cls(header["labels"], first, None, encoder)
        second = SecondLook(header["encoder"], **_arrays(folder / "second.npz"), calibration=Calibration(**header["second_calibration"]))
        return cls(header["labels"], first, second, encoder)


def _arrays(file: Path) -> dict[str, Floats]:
    with np.load(file) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
