"""Which model belongs to the project's files as they are now."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from weijing.encoder_package import encoder_name
from weijing.settings import ROOT, load_settings

FINGERPRINT = "fingerprint.json"
"""Beside the models: what the newest was trained from."""
SOURCES = ("config.yml", "domain.yml", "data/**/*.yml", "data/**/*.txt", "bot/nlu/*.py", "bot/policies.py", "weijing/*.py")
"""What a model depends on."""


def fresh_model(folder: Path) -> Path | None:
    """The model in `folder` that was trained from the files as they are now, or None."""
    try:
        known = json.loads((folder / FINGERPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    model = folder / str(known.get("model"))
    return model if model.is_file() and known.get("fingerprint") == fingerprint() else None


def fingerprint() -> str:
    """A digest of every file that a model depends on, and of the encoder."""
    digest = hashlib.sha256(encoder_name(load_settings().nlu_encoder).encode() + b"\0")
    for file in sorted({file for pattern in SOURCES for file in ROOT.glob(pattern)}):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
