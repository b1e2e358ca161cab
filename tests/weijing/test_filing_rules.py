"""What a filing's definition may say about fields that stand in for each other, and the definitions that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from weijing.filing import FilingError, FilingField, load_filings

TEXT = """
id: try
name: 试一试
topic: filings
intent: file_try
words: 试
examples: [试一试]
notice: 试
consent: voluntary
receipt: 好
owner: 户政
reviewed: 2026-11-22
at_least_one: [first, second]
fields:
  - {id: first, type: text, label: 甲, ask: 甲？, optional: true}
  - {id: second, type: text, label: 乙, ask: 乙？, optional: OPTIONAL}
"""


def write(folder: Path, text: str) -> Path:
    folder.joinpath("try.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_last_of_those_that_stand_in_for_each_other_must_be_answered(tmp_path: Path) -> None:
    filing = load_filings(write(tmp_path, TEXT.replace("OPTIONAL", "true")))["try"]
    first, second = filing.fields
    assert not filing.must(first, {}) and filing.must(second, {}) and filing.must(second, {"first": ""})
    assert not filing.must(second, {"first": "有"})
    plain = FilingField("third", "text", "丙", "丙？")
    assert filing.must(plain, {"first": "有"})


def test_they_must_be_optional(tmp_path: Path) -> None:
    with pytest.raises(FilingError, match="at_least_one: second"):
        load_filings(write(tmp_path, TEXT.replace("OPTIONAL", "false")))


def test_the_ride_asks_for_a_plate_or_a_picture_and_is_forgotten() -> None:
    ride = load_filings()["ride"]
    assert ride.at_least_one == ("plate", "pictures") and ride.keep_days and ride.erasable and ride.consent == "voluntary"
    assert all(word in ride.notice for word in ("110", "12110", "删除"))
