"""Our run of Rasa's training graph learns what Rasa's own does, and says what is wrong."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.bot.small_model import CONFIG, SMALL, train_small
from weijing.errors import TrainingFailed
from weijing.settings import ROOT

POLICY = "bot.policies.IndexedRulePolicy"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "config.yml").write_text(CONFIG.format(policy=POLICY))
    shutil.copy(SMALL / "domain.yml", root)
    shutil.copy(SMALL / "data.yml", root / "data")
    return root


def learnt(model: Path) -> dict[str, Any]:
    """What each component of a model wrote as JSON, by component and file, without what hangs on order or version."""
    with tarfile.open(model) as archive:
        files = {Path(member.name): archive.extractfile(member) for member in archive if "train_" in member.name and member.name.endswith(".json")}
        return {f"{name.parent.name}/{name.name}": _sorted(json.load(file)) for name, file in files.items() if file}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(part) for name, part in value.items()}
    return sorted(map(_sorted, value), key=str) if isinstance(value, list) else value


def test_it_learns_what_rasas_own_training_learns(project: Path, tmp_path: Path) -> None:
    theirs = train_small(tmp_path, POLICY)
    from bot.train_graph import train_graph

    said: list[str] = []
    train_graph(project, tmp_path / "ours.tar.gz", said.append)
    ours = learnt(tmp_path / "ours.tar.gz")
    assert ours == learnt(theirs)
    assert any(name.endswith("rule_policy.json") for name in ours) and any("KeywordIntentClassifier" in name for name in ours)
    assert sorted(said) == ["  IndexedRulePolicy", "  KeywordIntentClassifier"]


def test_a_training_that_was_waited_for_learns_the_same(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train_small(tmp_path, POLICY)  # Rasa is loaded lean
    from bot.train import main

    monkeypatch.setattr("weijing.project._folder", ROOT)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["--wait"]) == 0, "nobody asks any more"
    models = []
    for out, words in ((tmp_path / "cold", []), (tmp_path / "warm", ["--wait"])):
        arguments = ["--project", str(project), "--out", str(out), "--commit", "c0ffee"]
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(arguments) + "\n"))
        assert main(words or arguments) == 0
        models += out.glob("*.tar.gz")
    assert len(models) == 2 and learnt(models[0]) == learnt(models[1])


REFUSED = [("domain.yml", "intents: 3\n"), ("data/data.yml", "nlu: {}\n"), ("data/more.yml", "rules:\n- rule: r\n  steps: 3\n")]


@pytest.mark.parametrize(("file", "text"), REFUSED)
def test_refused_data_is_named(project: Path, tmp_path: Path, file: str, text: str) -> None:
    train_small(tmp_path, POLICY)  # Rasa is loaded lean
    from bot.train_graph import train_graph

    (project / file).write_text('version: "3.1"\n' + text, encoding="utf-8")
    with pytest.raises(TrainingFailed, match=file.rpartition("/")[2]):
        train_graph(project, tmp_path / "none.tar.gz", print)
    assert not (tmp_path / "none.tar.gz").exists()
