"""Cross-validation of a small project by the real classifier: the example that is labelled wrong is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.evaluation.crossval import cross_validate
from weijing import project
from weijing.errors import TrainingFailed
from weijing.settings import ROOT

SAID = {
    "greet": ["你好", "您好", "你好呀", "您好呀", "早上好", "早上好呀", "晚上好", "晚上好呀", "谢谢你们啦"],
    "thank": ["谢谢", "谢谢你", "谢谢您", "谢谢啦", "谢谢你啦", "多谢", "多谢你", "多谢啦", "感谢", "感谢你"],
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's configuration with two intents and one service item."""
    for name in ("dict", "filings"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    (tmp_path / "data" / "service_items").mkdir()
    records = YAML(typ="safe").load((ROOT / "data" / "service_items" / "cyber.yml").read_text(encoding="utf-8"))
    with (tmp_path / "data" / "service_items" / "cyber.yml").open("w", encoding="utf-8") as file:
        YAML().dump([{**records[0], "related": []}], file)
    shutil.copy(ROOT / "config.yml", tmp_path)
    (tmp_path / "domain.yml").write_text(f'version: "3.1"\nintents: [{", ".join(SAID)}]\n', encoding="utf-8")
    blocks = "".join(f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {one}\n" for one in said) for intent, said in SAID.items())
    (tmp_path / "data" / "nlu.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}', encoding="utf-8")
    monkeypatch.setattr(project, "_folder", tmp_path)
    monkeypatch.setattr("bot.nlu.encoder.CACHE", tmp_path)
    return tmp_path


def test_a_wrong_label_is_doubted_by_all_other_examples(small: Path) -> None:
    found = cross_validate(small)
    assert ("谢谢你们啦", "greet", "thank") in {(one["text"], one["intent"], one["predicted"]) for one in found["doubts"]}
    rows = {row["intent"]: row for row in found["intents"]}
    assert rows["thank"]["support"] == 10 and 0.5 < rows["thank"]["f1"] < 1 and rows["ask_guide"]["support"] > 5, "questions of items are examples too"
    assert found["examples"] == sum(row["support"] for row in rows.values()) and found["wrong"] >= 1 and 0 < found["macro_f1"]["value"] < 1


def test_a_project_without_the_classifier_is_told_so(small: Path) -> None:
    (small / "config.yml").write_text("recipe: default.v1\nassistant_id: x\nlanguage: zh\npipeline: [{name: KeywordIntentClassifier}]\npolicies: []\n")
    with pytest.raises(TrainingFailed, match="CascadeIntentClassifier"):
        cross_validate(small)
