"""Our side: the cascade trained on a task's examples, and asked each of its questions once."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.nlu_sets import Task
from bot.nlu import encoder as encoders
from bot.nlu.encoder import Encoder
from bot.nlu.intent_model import SURE
from bot.nlu.jieba_tokenizer import make_tokenizer, read_dictionary
from bot.nlu.trainer import Examples, train
from bot.nlu.wording import neutral
from weijing.normalise import normalise
from weijing.settings import ROOT


def ours(task: Task, encoder: Encoder | None) -> dict[str, Any]:
    """What was said to each question; seconds of training from nothing, ms a question (CPU, as on the other side), share of second looks, calibration error."""
    tokenizer = make_tokenizer(read_dictionary(ROOT / "data" / "dict"))

    def prepared(text: str) -> tuple[str, list[str]]:
        clean = normalise(text)
        return clean if task.public else neutral(clean), [word for word in tokenizer.lcut(clean) if not word.isspace()]

    started = time.process_time()
    texts, words = zip(*(prepared(text) for text, _, _ in task.train), strict=True)
    with tempfile.TemporaryDirectory(prefix="wj-nlu-") as folder:
        encoders.CACHE = Path(folder)  # nothing is known from earlier
        model = train(Examples(list(texts), list(words), [label for _, label, _ in task.train], [share for _, _, share in task.train]), encoder)
    trained_s = time.process_time() - started
    said, sure, second, latencies = [], [], 0, []
    for text, _, _ in task.test:
        started = time.process_time()
        clean, found = prepared(text)
        shares = model.shares(clean, found)
        latencies.append((time.process_time() - started) * 1000)
        said.append(model.labels[int(shares.argmax())])
        sure.append(float(shares.max()))
        second += encoder is not None and bool(model.first.shares(*model.first.vector(clean, found)).max() < SURE)
    hits = [word in right for word, (_, _, right) in zip(said, task.test, strict=True)]
    return {
        "said": said, "trained_s": trained_s, "mean_ms": float(np.mean(latencies)), "p99_ms": float(np.percentile(latencies, 99)),
        "second": second / len(said), "calibration_error": calibration_error(np.array(sure), np.array(hits)),
    }  # fmt: skip


def calibration_error(sure: np.ndarray[Any, Any], hits: np.ndarray[Any, Any]) -> float:
    """Expected calibration error in ten bins."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(hits[bins == one].mean() - sure[bins == one].mean()) * (bins == one).mean() for one in set(bins.tolist())))
