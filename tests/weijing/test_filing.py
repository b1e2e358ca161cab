"""The filings of the project, and how a faulty definition is refused."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from weijing.filing import FOLDER, FilingError, load_filings
from weijing.filing_faults import filing_faults
from weijing.service_items import load_service_items
from weijing.workdays import SHANGHAI

TODAY = date(2026, 11, 22)
ITEMS = [item.id for item in load_service_items()]


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the definitions with one text replaced in one of them."""
    copy = folder / "filings"
    shutil.copytree(FOLDER, copy)
    file = copy / f"{name}.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def test_the_filings_of_the_project_are_faultless(shared: Path) -> None:
    from datetime import datetime

    assert list(filing_faults(FOLDER, ITEMS, datetime.now(SHANGHAI).date(), shared)) == []


@pytest.mark.parametrize("name", sorted(load_filings()))
def test_a_usual_filing_asks_at_most_nine_things_that_must_be_answered(name: str) -> None:
    filing = load_filings()[name]
    usual = {one.id: one.options[0].value for one in filing.fields if one.options}
    assert len([one for one in filing.asked(dict(usual)) if not one.optional]) <= 9


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("lost_id", "第十一条", "第九十九条", "居民身份证法 第九十九条 is not in the law's text"),
        ("permit_apply", "item: residence_permit_apply", "item: nothing", "nothing is no service item"),
        ("lost_id", "erasable: true", "erasable: false", "what is voluntary can be withdrawn"),
        ("lost_id", "reviewed: 2026-11-22", "reviewed: 2025-01-01", "longer ago than a year"),
        ("lost_id", "电话|手机", "电话|(手机", "is no pattern"),
        ("residence_self", "我刚租了房子想登记一下", "公司给员工登记", "chooses residence_employer"),
    ],
)
def test_what_a_definition_gets_wrong_is_said(shared: Path, tmp_path: Path, name: str, old: str, new: str, fault: str) -> None:
    faults = list(filing_faults(changed(tmp_path, name, old, new), ITEMS, TODAY, shared))
    assert faults and any(name in one and fault in one for one in faults), faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("type: phone", "type: telephone", "fields[2].type"),
        ("id: phone", "id: name", "must be a new name"),
        ("owner: 户政", "owner: 户政\nmood: good", "mood: unknown field"),
        ("id: lost_id", "id: other", "the file says lost_id"),
        ("repeat: [document]", "repeat: [face]", "face is no field"),
    ],
)
def test_a_definition_of_the_wrong_form_is_not_loaded(tmp_path: Path, old: str, new: str, fault: str) -> None:
    copy = changed(tmp_path, "lost_id", old, new)
    with pytest.raises(FilingError, match=r"lost_id\.yml") as caught:
        load_filings(copy)
    assert fault in caught.value.message
