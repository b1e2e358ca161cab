from __future__ import annotations

import json
from pathlib import Path

from bot.validate import find_faults
from weijing.model_file import FINGERPRINT, fingerprint, fresh_model
from weijing.settings import ROOT


def test_a_model_is_fresh_only_while_its_file_and_its_sources_are_there(tmp_path: Path) -> None:
    assert fresh_model(tmp_path) is None
    model = tmp_path / "m.tar.gz"
    (tmp_path / FINGERPRINT).write_text(json.dumps({"model": model.name, "fingerprint": fingerprint()}))
    assert fresh_model(tmp_path) is None
    model.touch()
    assert fresh_model(tmp_path) == model
    (tmp_path / FINGERPRINT).write_text(json.dumps({"model": model.name, "fingerprint": "other"}))
    assert fresh_model(tmp_path) is None
    (tmp_path / FINGERPRINT).write_text("{")
    assert fresh_model(tmp_path) is None


def test_the_project_is_valid() -> None:
    assert list(find_faults(ROOT)) == []


def test_faults_of_a_project_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text((ROOT / "config.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet]\nactions: [action_known]\n', encoding="utf-8")
    for folder in ("dict", "nlu"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    rules = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 你好\n- intent: thank\n  examples: |\n    - 谢谢\nrules:\n- rule: r\n  steps:\n'
    (tmp_path / "data" / "nlu" / "all.yml").write_text(rules + "  - intent: greet\n  - action: action_unknown\n", encoding="utf-8")
    found = "\n".join(find_faults(tmp_path))
    assert "no service items" in found
    assert "action_unknown" in found
    assert "thank" in found
    assert "intent greet has 1 examples, it needs 25" in found
