"""`make bench-nlu`: our intents against stock Rasa's DIET, trained on the same examples in one run; on SMP2017, CAIS, tests/nlu and the development questions.

Times are CPU times. Stock Rasa trains for many minutes, so what it said is kept in results/ by the hash of the data, with its date; `--again` trains it anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from bench.nlu_sets import Task, tasks
from bench.process import Process
from bot import lean
from weijing.errors import WeijingError
from weijing.settings import ROOT, load_settings

RESULTS = ROOT / "results"
LIMIT_S = 3 * 3600.0


def main() -> int:
    """Print the table and keep it as results/nlu.json."""
    options = argparse.ArgumentParser("bench.nlu", description=__doc__)
    options.add_argument("--stock-epochs", type=int, default=100, help="of DIET; 0 = our side alone (default: 100)")
    options.add_argument("--again", action="store_true", help="train stock Rasa even where its result is kept")
    options.add_argument("--part", type=int, default=0, help="about so many examples and questions of each set, to try it")
    chosen = options.parse_args()
    lean.install()
    from bot.quiet import quiet_rasa

    quiet_rasa()
    RESULTS.mkdir(exist_ok=True)
    try:
        rows = [row for task in tasks(load_settings().shared / "eval") for row in _rows(task.part(chosen.part) if chosen.part else task, chosen)]
    except WeijingError as error:
        print(f"bench-nlu: {error.message}", file=sys.stderr)
        return 1
    (RESULTS / "nlu.json").write_text(json.dumps({"date": str(date.today()), "rows": rows}, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _rows(task: Task, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    from bench.nlu_ours import ours
    from bot.nlu.encoder import load_encoder

    print(f"\n{task.name}: {len(task.train)} examples, {len(task.test)} questions, {len({label for _, label, _ in task.train})} labels", flush=True)
    rows = [_show(task, "weijing", ours(task, load_encoder())), _show(task, "  n-grams alone", ours(task, None))]
    asked = chosen.stock_epochs and task.stock
    return [*rows, _show(task, "stock Rasa", stock(task, chosen.stock_epochs, again=chosen.again))] if asked else rows


def _show(task: Task, side: str, found: dict[str, Any]) -> dict[str, Any]:
    accuracy, macro = measures(task, found.pop("said"))
    more = f"  second look {found['second']:.0%}, calibration error {found['calibration_error']:.3f}" if "second" in found else f"  trained {found['date']}"
    print(
        f"  {side:16s} accuracy {accuracy:.4f}  macro-F1 {macro:.4f}  training {found['trained_s']:6.1f} s  a question {found['mean_ms']:5.2f} ms"
        f" (99th {found['p99_ms']:5.2f}){more}",
        flush=True,
    )
    return {"task": task.name, "side": side.strip(), "accuracy": accuracy, "macro_f1": macro, **found}


def measures(task: Task, said: list[str]) -> tuple[float, float]:
    """(accuracy, macro-F1 over the labels of the questions); an answer that is also right counts as the label."""
    truth = [label for _, label, _ in task.test]
    heard = [label if word in right else word for word, (_, label, right) in zip(said, task.test, strict=True)]
    hit = Counter(label for label, word in zip(truth, heard, strict=True) if label == word)
    asked, answered = Counter(truth), Counter(heard)
    return sum(hit.values()) / len(truth), sum(2 * hit[label] / (asked[label] + answered[label]) for label in asked) / len(asked)


def stock(task: Task, epochs: int, *, again: bool) -> dict[str, Any]:
    """What stock Rasa says to the task's questions; from results/ if it was asked the same before. Its model is asked the questions of `task.beside` too.

    Raises:
        EngineError: its training failed.
    """
    kept = RESULTS / f"nlu-stock-{task.digest}-{epochs}.json"
    if again or not kept.is_file():
        with tempfile.TemporaryDirectory(prefix="wj-bench-nlu-") as name:
            folder = Path(name)
            data = {"train": [(text, label) for text, label, _ in task.train], "texts": task.asked}
            (folder / "in.json").write_text(json.dumps(data), encoding="utf-8")
            other = Process("stock-nlu", ["bench.nlu_stock", str(folder / "in.json"), str(folder / "out.json"), str(epochs)], folder, {})
            try:
                other.finish(LIMIT_S)
            finally:
                other.stop()
            result = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        kept.write_text(json.dumps({**result, "date": str(date.today()), "task": task.name}), encoding="utf-8")
    found = json.loads(kept.read_text(encoding="utf-8"))
    known = dict(zip(task.asked, found["said"], strict=True))
    return {**found, "said": [known[text] for text, _, _ in task.test]}


if __name__ == "__main__":
    raise SystemExit(main())
