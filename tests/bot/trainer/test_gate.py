"""The gate against a bad batch: fifty examples with the wrong label are trained in, and the model is refused with the reason."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.evaluation.comparison import Change, Comparison
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.gate import judge
from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import Question
from bot.evaluation.stories import Story
from weijing.settings import ROOT

WHO = ("窗口人员", "值班民警", "派出所", "交警队", "保安", "中介公司", "楼上邻居", "网店卖家", "出租车司机", "物业经理")
WHAT = ("态度恶劣", "乱收费", "收了红包", "骗了我的钱", "半夜扰民")


def outcome(intent: str, predicted: str) -> Outcome:
    return Outcome(Question(f"{intent}问", intent), predicted, "answer", 0.9, (predicted,), (), "overview", False, 0.001)


def reasons(found: Evaluation, stories: list[Story] | None = None, faults: list[str] | None = None) -> dict[str, str]:
    verdict = judge(found, stories or [Story("一", "test_a.yml", True)], faults or [])
    assert verdict.passed is not any(not demand.holds for demand in verdict.demands)
    return {demand.name: demand.reason for demand in verdict.demands if not demand.holds}


def test_each_demand_shuts_the_gate_by_itself_and_says_why() -> None:
    good = [outcome("greet", "greet"), outcome("file_report", "file_report")]
    assert reasons(Evaluation("m", good, {"accuracy": 1.0, "least_f1": 1.0})) == {}
    assert "范围外误答" in reasons(Evaluation("m", [*good, outcome("out_of_scope", "file_report")], {"false_accept": 0.1}))["floor.false_accept"]
    assert "问好（F1 0.00）" in reasons(Evaluation("m", [outcome("greet", "thank"), *good[1:]], {"least_f1": 0.5}))["floor.least_f1"]
    assert "二" in reasons(Evaluation("m", good, {}), [Story("二", "test_a.yml", False)])["stories"]
    assert "重复" in reasons(Evaluation("m", good, {}), None, ["data/nlu/a.yml:3 重复"])["data"]


def test_a_model_that_got_worse_is_refused_even_above_the_floors() -> None:
    worse = tuple(Change(f"危险{number}", "emergency", "emergency", "greet") for number in range(3))
    found = Evaluation("m", [outcome("greet", "greet")], {}, comparison=Comparison("old", 100, 90, 87, (), worse, 0.25, -0.06, 0.0))
    assert "净少认出 3 句" in reasons(found)["critical.emergency"]
    many = tuple(Change(f"问{number}", "ask_guide", "ask_guide", "greet") for number in range(9))
    found = Evaluation("m", [outcome("greet", "greet")], {}, comparison=Comparison("old", 100, 90, 82, (many[0],), many, 0.02, -0.14, -0.02))
    assert set(reasons(found)) == {"paired"} and "变坏 9 句" in reasons(found)["paired"]


def weijing(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "weijing", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)


def test_fifty_mislabelled_examples_are_refused(model_path: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "data", project / "data")
    shutil.copytree(ROOT / "tests" / "nlu", project / "tests" / "nlu")
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, project / name)
    planted = [f"我要投诉{who}{what}" for who in WHO for what in WHAT]
    lines = "".join(f"    - {text}\n" for text in planted)
    (project / "data" / "nlu" / "planted.yml").write_text(f'version: "3.1"\nnlu:\n- intent: thank\n  examples: |\n{lines}', encoding="utf-8")
    trained = weijing("train", "--project", str(project), "--out", str(tmp_path / "models"), "--commit", "bad")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    model = Path(trained.stdout.strip().splitlines()[-1])
    assert json.loads(model.with_name(model.name.removesuffix(".tar.gz") + ".json").read_text())["commit"] == "bad"
    judged = weijing("evaluate", "--project", str(project), "--model", str(model), "--previous", str(model_path), "--known", str(ROOT), "--json")
    report: dict[str, Any] = json.loads(judged.stdout.strip().splitlines()[-1])
    refused = {demand["name"]: demand["reason"] for demand in report["gate"]["demands"] if not demand["holds"]}
    assert judged.returncode == 1 and not report["gate"]["passed"]
    assert "labels" in refused and "planted.yml" in refused["labels"] and "举报投诉" in refused["labels"], "the reason names the lines"
    assert refused["labels"].count("planted.yml") == refused["labels"].count(".yml:"), "labels that the released model was trained with are not doubted again"
