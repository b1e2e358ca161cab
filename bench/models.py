"""The two models, each trained from the same project when what it depends on has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bench.process import Process
from weijing.model_file import SOURCES
from weijing.settings import ROOT

STOCK = ROOT / "bench" / "stock"
LIMIT_S = 900.0


def train_both(folder: Path) -> tuple[Path, Path]:
    """(folder of our model, stock Rasa's model), under `folder`; nothing is measured meanwhile, so they train at the same time.

    Raises:
        EngineError: a training failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours, stock = folder / "ours", folder / "stock" / f"{_fingerprint()}.tar.gz"
    trainings = [Process("train-ours", ["weijing", "train", "--if-needed", "--out", str(ours)], folder, {})]
    if not stock.exists():
        trainings.append(Process("train-stock", _command(stock), folder, {"RASA_CACHE_DIRECTORY": str(folder / "cache")}))
    try:
        for training in trainings:
            training.finish(LIMIT_S)
    finally:
        for training in trainings:
            training.stop()
    return ours, stock


def _command(model: Path) -> list[str]:
    files = ["--config", str(STOCK / "config.yml"), "--domain", "domain.yml", "--data", "data"]
    return ["rasa", "train", *files, "--out", str(model.parent), "--fixed-model-name", model.name.removesuffix(".tar.gz"), "--skip-validation"]


def _fingerprint() -> str:
    patterns = [pattern for pattern in SOURCES if pattern.startswith(("domain", "data"))] + ["bench/stock/*.yml"]
    digest = hashlib.sha256()
    for file in sorted({file for pattern in patterns for file in ROOT.glob(pattern) if "service_items" not in file.parts}):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
