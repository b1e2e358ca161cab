"""Names of people among other words: how many are masked, and that ordinary words are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from weijing.privacy import mask

_WITH, _WITHOUT = Path(__file__).with_name("names.txt").read_text(encoding="utf-8").split("---\n")
WITH = [(line.replace("{", "").replace("}", ""), line[line.index("{") + 1 : line.index("}")]) for line in _WITH.splitlines()[1:]]
WITHOUT = _WITHOUT.splitlines()


def names_in(text: str) -> list[str]:
    """What is masked as a name."""
    found: list[str] = []

    def keep(kind: str, value: str) -> str:
        found.extend([value] * (kind == "姓名"))
        return f"〔{kind}#00000000〕"

    mask(text, keep)
    return found


@pytest.mark.parametrize("text", WITHOUT)
def test_ordinary_words_are_no_names(text: str) -> None:
    assert names_in(text) == []


def test_most_names_are_masked_whole_and_nothing_else_with_them() -> None:
    wrong = [text for text, name in WITH if names_in(text) not in ([name], [])]
    missed = [text for text, name in WITH if not names_in(text)]
    assert not wrong
    assert len(WITH) >= 60 and len(WITHOUT) >= 120
    assert len(missed) <= 3, missed
