"""What `make bench-nlu` measures on: labelled texts of the shared folder and of tests/nlu, read in place."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from weijing.settings import ROOT

Example = tuple[str, str, float]
"""Text, label, share: how much it counts on our side; stock Rasa has no such thing."""
Question = tuple[str, str, list[str]]
"""Text, label, every label that is right."""


@dataclass(frozen=True)
class Task:
    """One question set; both sides learn from `train` alone."""

    name: str
    train: list[Example]
    test: list[Question]
    beside: tuple[str, ...] = ()
    """Questions of the other task that learns from the same examples: stock Rasa, which trains for an hour, is asked both by one model."""
    stock: bool = True
    public: bool = False
    """Of others: what `bot.nlu.wording.neutral` knows of a police office's mail (courtesies, identifiers, marks at the end) is left out."""

    @property
    def asked(self) -> list[str]:
        """Every text a model of `train` is asked, in one order."""
        return sorted({*self.beside, *(text for text, _, _ in self.test)})

    @property
    def digest(self) -> str:
        """Of all that stock Rasa learns and is asked."""
        return hashlib.sha256(json.dumps([self.train, self.asked], ensure_ascii=False).encode()).hexdigest()[:12]

    def part(self, count: int) -> Task:
        """About `count` examples of four labels, and as many questions: to try the script."""
        labels = sorted({label for _, label, _ in self.train})[:4]
        train = [row for label in labels for row in [one for one in self.train if one[1] == label][: count // 4]]
        return Task(f"{self.name}, a part", train, [one for one in self.test if set(labels) & {one[1], *one[2]}][:count])


def tasks(folder: Path) -> list[Task]:
    """The tasks for which there is data; `folder` is `eval` of the shared folder and need not exist."""
    found = []
    if (folder / "smp2017").is_dir():
        learn, more, ask = (_tsv(folder / "smp2017" / f"{split}.tsv", -1) for split in ("train", "dev", "test"))
        found += [_public("SMP2017", learn, ask), replace(_public("SMP2017, dev learnt too", learn + more, ask), stock=False)]
    if (folder / "cais").is_dir():
        found.append(_public("CAIS", *(_tsv(folder / "cais" / f"{split}.tsv", 1) for split in ("train", "test"))))
    own = own_examples()
    labels = sorted({label for _, label, _ in own})
    held = [_held(row, labels) for file in sorted((ROOT / "tests" / "nlu").glob("*.yml")) for row in _rows(file)]
    real = _development(folder, labels) if (folder / "police_questions_dev.jsonl").is_file() else []
    texts = tuple(text for text, _, _ in [*held, *real])
    return found + [Task(name, own, ask, texts) for name, ask in (("held-out messages", held), ("development questions", real)) if ask]


def own_examples() -> list[Example]:
    """Our training data as the classifier gets it; a guide question's label carries its category."""
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.nlu.filing_examples import FilingExamples
    from bot.nlu.intent_classifier import label_of
    from bot.nlu.service_item_examples import ServiceItemExamples

    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    data = FilingExamples().process_training_data(ServiceItemExamples().process_training_data(importer.get_nlu_data()))
    return [(row.get("text"), label_of(row), float((row.get("metadata") or {}).get("share", 1.0))) for row in data.intent_examples if row.get("text")]


def _public(name: str, learn: list[tuple[str, str]], ask: list[tuple[str, str]]) -> Task:
    return Task(name, [(text, label, 1.0) for text, label in learn], [(text, label, [label]) for text, label in ask], public=True)


def _tsv(file: Path, column: int) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [(row[0], row[column]) for row in rows]


def _rows(file: Path) -> list[dict[str, Any]]:
    rows = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return rows if isinstance(rows, list) else []


def _held(row: dict[str, Any], labels: list[str]) -> Question:
    also = row.get("also") or []
    right = {row["intent"], *([also] if isinstance(also, str) else also)}
    return row["text"], row["intent"], [label for label in labels if label.partition("/")[0] in right]


def _development(folder: Path, labels: list[str]) -> list[Question]:
    """Those of our domain; right is what `score.py` beside them calls right."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec and spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    found = []
    for line in (folder / "police_questions_dev.jsonl").read_text(encoding="utf-8").split("\n"):
        row = json.loads(line) if line else {"label": "out_of_scope", "alt": []}
        wanted = {row["label"], *row["alt"]}
        if not wanted & score.OPEN:
            right = [label for label in labels if any(score.fits(one, label.partition("/")[0], label.partition("/")[2]) for one in wanted)]
            found.append((row["text"], row["label"], right))
    return found
