"""The articles that service items cite are looked up where the law texts are, and it is said when they are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.validate import item_faults
from weijing.law_texts import has_law_texts
from weijing.settings import ROOT


def copy_items(folder: Path, old: str = "", new: str = "") -> Path:
    """A project of service items alone, a text in them replaced."""
    for file in (ROOT / "data" / "service_items").rglob("*.yml"):
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text(encoding="utf-8").replace(old, new) if old else file.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_the_items_of_the_project_are_faultless(shared: Path) -> None:
    assert has_law_texts(shared) and list(item_faults(ROOT, shared)) == []


def test_an_article_that_the_law_does_not_have_is_named(shared: Path, tmp_path: Path) -> None:
    copy = copy_items(tmp_path, "居民身份证法, article: 第七条", "居民身份证法, article: 第九十九条")
    faults = list(item_faults(copy, shared))
    assert faults and all("居民身份证法 has no 第九十九条" in fault and "id_card: " in fault for fault in faults)
    assert list(item_faults(copy, tmp_path / "nothing here")) == [], "without the texts nothing can be looked up"


def test_the_command_says_what_it_left_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "weijing", "validate"], cwd=ROOT, env={**os.environ, "WEIJING_SHARED": str(tmp_path)}, capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "cited articles were not looked up" in done.stdout and str(tmp_path) in done.stdout and "valid" in done.stdout.splitlines()
