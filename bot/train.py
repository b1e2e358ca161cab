"""`weijing train`: a model from the project's data in seconds, without loading TensorFlow."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot import lean
from weijing.model_file import FINGERPRINT, commit_of, fingerprint, fresh_model, note_of
from weijing.project import project_path, use_project
from weijing.settings import ROOT

Say = Callable[[str], None]


def main(argv: list[str]) -> int:
    """Train, or with `--if-needed` only when something changed; the model's path is the last line."""
    options = argparse.ArgumentParser("weijing train", description=__doc__)
    options.add_argument("--out", type=Path, default=ROOT / "models", help="folder of the models (default: models/)")
    options.add_argument("--project", type=Path, default=ROOT, help="folder with config.yml, domain.yml and data/ (default: this project)")
    options.add_argument("--commit", help="of the data, noted beside the model (default: where the project's checkout stands)")
    options.add_argument("--wait", action="store_true", help="load all, then wait for the other arguments: a JSON list on standard input")
    options.add_argument("--if-needed", action="store_true", help="keep the newest model if nothing it depends on has changed")
    chosen = options.parse_args(argv)
    if chosen.wait:
        _prepare()
        ordered = sys.stdin.readline()
        if not ordered:
            return 0
        chosen = options.parse_args(json.loads(ordered))
    use_project(chosen.project)
    known = fresh_model(chosen.out) if chosen.if_needed else None
    if known:
        print("nothing changed since this model was trained")
    print(known or train_model(chosen.out, lambda line: print(line, flush=True), chosen.commit))
    return 0


def _prepare() -> None:
    """Load everything that is the same for every training."""
    _load_rasa()
    from bot.nlu.encoder import load_encoder
    from bot.nlu.jieba_tokenizer import make_tokenizer
    from bot.train_graph import configure

    configure(ROOT)
    load_encoder()
    make_tokenizer([])


def _load_rasa() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # Rasa shows a progress bar for each policy step below it
    from bot.quiet import quiet_rasa

    quiet_rasa()
    lean.install()


def train_model(out: Path, say: Say, commit: str | None = None) -> Path:
    """Train into `out`, telling `say` what is being done; beside the model a note tells the data's commit and the seconds it took.

    Raises:
        TrainingFailed: Rasa refused the data; the message holds its reason.
    """
    started, digest = time.monotonic(), fingerprint()
    say("loading Rasa (about 3 s) ...")
    _load_rasa()
    from bot.train_graph import train_graph

    say(f"loaded after {time.monotonic() - started:.1f} s; training ...")
    model = out / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}.tar.gz"
    train_graph(project_path(), model, say)
    seconds = round(time.monotonic() - started, 1)
    note = {"commit": commit if commit is not None else commit_of(project_path()), "seconds": seconds, "fingerprint": digest}
    note_of(model).write_text(json.dumps(note), encoding="utf-8")
    (out / FINGERPRINT).write_text(json.dumps({"model": model.name, "fingerprint": digest}), encoding="utf-8")
    say(f"trained after {seconds} s")
    return model
