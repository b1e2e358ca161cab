"""`weijing evaluate`: how well the newest model understands messages that it was not trained on; a page, a JSON file, exit code 1 below the floors.

With `--json` the report goes to standard output alone, with the gate's verdict, for whoever decides on a release.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.evaluation.comparison import Answers, answers_of, compare
from bot.evaluation.development import development
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.floors import read_floors
from bot.evaluation.gate import data_findings, judge
from bot.evaluation.labels import doubtful
from bot.evaluation.measures import ERRORS, milliseconds
from bot.evaluation.outcome import ask
from bot.evaluation.page import NAMES, render
from bot.evaluation.questions import Question, read_questions
from bot.parse import load_model
from weijing.errors import InputError
from weijing.project import project_path, use_project
from weijing.settings import ROOT, load_settings

TESTS = ROOT / "tests" / "nlu"


def main(argv: list[str]) -> int:
    """Measure, write the page and print the summary."""
    options = argparse.ArgumentParser("weijing evaluate", description=__doc__)
    options.add_argument("--model", type=Path, help="a model file or a folder of models (default: BOT_MODEL)")
    options.add_argument("--previous", type=Path, help="compare with a model, or with the evaluation.json of an earlier run")
    options.add_argument("--known", type=Path, help="with --json: the data that the previous model was trained from; their labels are not doubted again")
    options.add_argument("--project", type=Path, default=ROOT, help="folder with data/, tests/nlu and tests/conversations (default: this project)")
    options.add_argument("--questions", type=Path, help="folder of messages and floors.yml (default: tests/nlu of the project)")
    options.add_argument("--json", action="store_true", help="print the report with the conversations and the gate's verdict as JSON; write no page")
    options.add_argument("--out", type=Path, default=ROOT / "results", help="folder of evaluation.html and evaluation.json (default: results/)")
    chosen = options.parse_args(argv)
    use_project(chosen.project)
    model, questions = chosen.model or load_settings().bot_model, chosen.questions or project_path("tests", "nlu")
    found = asyncio.run(evaluate(model, questions, chosen.previous, with_development=not chosen.json))
    if chosen.json:
        return _print_report(model, found, chosen.previous, chosen.known)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "evaluation.json").write_text(json.dumps(found.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    (chosen.out / "evaluation.html").write_text(render(found), encoding="utf-8")
    print(summary(found))
    print(f"page: {chosen.out / 'evaluation.html'}")
    return 1 if found.broken else 0


def _print_report(model: Path, found: Evaluation, previous: Path | None, known: Path | None) -> int:
    """The report as one line of JSON; 1 where the gate is shut."""
    from bot.evaluation.stories import play_stories

    print("conversations", file=sys.stderr, flush=True)
    stories = asyncio.run(play_stories(model, sorted(project_path("tests", "conversations").glob("test_*.yml"))))
    doubts = asyncio.run(doubtful(load_model(previous), project_path(), known)) if previous and previous.suffix != ".json" else []
    verdict = judge(found, stories, list(data_findings(project_path())), doubts)
    print(json.dumps({**found.as_json(), "stories": [asdict(one) for one in stories], "gate": verdict.as_json()}, ensure_ascii=False))
    return 0 if verdict.passed else 1


async def evaluate(model: Path, folder: Path, previous: Path | None = None, *, with_development: bool = True) -> Evaluation:
    """Ask a model everything.

    Raises:
        SettingsError: there is no model to load.
        InputError: the messages, the floors or the previous results cannot be read.
    """
    questions, floors = read_questions(folder), read_floors(folder)
    before = await _previous(previous, questions) if previous else None
    processor = load_model(model)
    outcomes = await ask(processor, questions)
    comparison = compare(*before, outcomes) if before else None
    scored = await development(processor, load_settings().shared) if with_development else None
    return Evaluation(processor.model_filename, outcomes, floors, scored, comparison)


async def _previous(path: Path, questions: list[Question]) -> tuple[str, Answers]:
    """Name of the previous model and what it understood: read from its results, or asked of it with the code as it is now."""
    if path.suffix == ".json":
        return _read_answers(path)
    processor = load_model(path)
    return processor.model_filename, answers_of(await ask(processor, questions))


def _read_answers(path: Path) -> tuple[str, Answers]:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return written["model"], {row["text"]: row["predicted"] for row in written["messages"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no evaluation.json: give the one that an earlier `weijing evaluate` wrote") from error


def summary(found: Evaluation) -> str:
    """The measures as lines of text."""
    value, low, high = found.macro_f1
    times = milliseconds(found.outcomes)
    lines = [f"{found.model} on {len(found.outcomes)} messages", f"{'macro-F1':18s} {value:.4f}  [{low:.4f}, {high:.4f}]"]
    for name in NAMES:
        share = found.shares[name]
        lines.append(f"{name:18s} {share.value:.4f}  [{share.low:.4f}, {share.high:.4f}]  {share.hits}/{share.total}{' (errors)' if name in ERRORS else ''}")
    lines.append(f"{'milliseconds':18s} mean {times['mean']:.2f}, median {times['median']:.2f}, p99 {times['p99']:.2f}")
    if found.comparison:
        one = found.comparison
        changed = f"{len(one.better)} better, {len(one.worse)} worse, p {one.p_value:.3g}"
        lines.append(f"against {one.name}: {one.before} -> {one.now} of {one.shared} understood, {changed}")
    if found.development:
        lines += ["development questions:", found.development.text.rstrip()]
    return "\n".join([*lines, *(f"BELOW THE FLOOR: {fault}" for fault in found.broken)])
