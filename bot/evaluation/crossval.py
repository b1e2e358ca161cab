"""`weijing crossval`: how well each training example would be understood had the classifier never seen it, and which labels are doubtful by that.

Leave-one-out by Allen's PRESS formula (`bot.nlu.trainer`), so every example is tested by all the others and nothing is trained again. An example with a
twin in other words is easy to tell by it: these figures are for comparing intents and finding doubtful labels, those on held-out messages for judging a model.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot import lean
from bot.evaluation.confusions import confusions
from bot.evaluation.measures import macro_f1, table
from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import Question
from weijing.project import project_path, use_project
from weijing.settings import ROOT

_DOUBTS = 300
"""Doubtful examples told, the surest first."""
_CONFUSIONS = 100


@dataclass(frozen=True)
class Doubt:
    """An example that all others together take for another intent, and how sure of it they are (0 to 1)."""

    text: str
    intent: str
    predicted: str
    confidence: float


def main(argv: list[str]) -> int:
    """Print the figures as one line of JSON."""
    options = argparse.ArgumentParser("weijing crossval", description=__doc__)
    options.add_argument("--project", type=Path, default=ROOT, help="folder with config.yml, domain.yml and data/ (default: this project)")
    use_project(options.parse_args(argv).project)
    print(json.dumps(cross_validate(project_path()), ensure_ascii=False))
    return 0


def cross_validate(root: Path) -> dict[str, Any]:
    """`{examples, macro_f1, intents, confusions, doubts}` of a project's examples that people wrote.

    Raises:
        TrainingFailed: Rasa refused the data, or they determine no model.
    """
    lean.install()
    from bot.quiet import quiet_rasa

    quiet_rasa()
    from bot.nlu.encoder import load_encoder
    from bot.nlu.intent_classifier import examples_of, learnt
    from bot.nlu.trainer import unseen_shares
    from bot.train_graph import training_data

    found = learnt(training_data(root, "CascadeIntentClassifier"))
    examples = examples_of(found)
    labels, shares = unseen_shares(examples, load_encoder())
    rows = zip(found, examples.shares, shares.argmax(axis=1), shares.max(axis=1), strict=True)
    return report([_outcome(one.get("text"), one.get("intent"), labels[best], float(sure)) for one, share, best, sure in rows if share == 1.0])


def _outcome(text: str, intent: str, label: str, confidence: float) -> Outcome:
    return Outcome(Question(text, intent), label.partition("/")[0], "answer", confidence, (), (), "overview", screened=False, seconds=0.0)


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """What the page shows."""
    value, low, high = macro_f1(outcomes)
    wrong = sorted((one for one in outcomes if not one.understood), key=lambda one: -one.confidence)
    doubts = [Doubt(one.question.text, one.question.intent, one.predicted, round(one.confidence, 3)) for one in wrong[:_DOUBTS]]
    return {
        "examples": len(outcomes), "wrong": len(wrong), "macro_f1": {"value": value, "low": low, "high": high},
        "intents": [asdict(row) for row in table(outcomes)], "confusions": [asdict(one) for one in confusions(outcomes)[:_CONFUSIONS]],
        "doubts": [asdict(one) for one in doubts],
    }  # fmt: skip
