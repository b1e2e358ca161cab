"""Reading service items: each fault is refused by file, item and field; the items of the project are whole."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from weijing.errors import ServiceItemError
from weijing.service_item import CATEGORIES, ServiceItem
from weijing.service_items import load_service_items, parse_item
from weijing.settings import ROOT

CHECKED = date(2026, 11, 22)


def record(**changes: Any) -> dict[str, Any]:
    """A valid record of our own; a change to `...` leaves the field out."""
    fields: dict[str, Any] = {
        "id": "demo_item", "name": "示例事项", "category": "hukou", "summary": "一句话。", "audience": "公民", "owner": "户政科",
        "legal_basis": [{"law": "户口登记条例", "article": "第七条"}], "questions": ["怎么办"], "valid_from": "2026-11-22", "review_by": "2027-11-22",
        "unconfirmed": ["materials", "fee", "time_limit", "procedure", "conditions", "where", "online", "validity"],
    }  # fmt: skip
    return {name: value for name, value in {**fields, **changes}.items() if value is not ...}


def write(folder: Path, *records: object, name: str = "hukou.yml") -> None:
    with (folder / name).open("w", encoding="utf-8") as file:
        YAML().dump(list(records), file)


FILLED = {"unconfirmed": ["materials", "time_limit", "procedure", "conditions", "where", "online", "validity"]}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"colour": "red"}, "colour", "unknown field"),
        ({"legal_basis": ...}, "legal_basis", "is missing"),
        ({"legal_basis": []}, "legal_basis", "is missing"),
        ({"owner": ...}, "owner", "is missing"),
        ({"owner": "  "}, "owner", "is missing"),
        ({"review_by": ...}, "review_by", "is missing"),
        ({"questions": []}, "questions", "is missing"),
        ({"valid_from": "2026-13-01"}, "valid_from", "no date"),
        ({"review_by": "soon"}, "review_by", "no date"),
        ({"valid_from": "2027-12-01"}, "review_by", "before valid_from"),
        ({"review_by": "2027-11-24"}, "review_by", "more than a year"),
        ({"legal_basis": [{"law": "治安管理处罚法", "article": "第九条"}]}, "legal_basis[0].year", "2025"),
        ({"legal_basis": [{"law": "治安管理处罚法", "article": "第一百四十五条", "year": 2025}]}, "legal_basis[0].article", "144 articles"),
        ({"legal_basis": [{"law": "户口登记条例", "article": "7"}]}, "legal_basis[0].article", "malformed"),
        ({"legal_basis": [{"law": "户口登记条例", "article": "第7条"}]}, "legal_basis[0].article", "malformed"),
        ({"legal_basis": [{"law": "户口登记条例"}]}, "legal_basis[0].article", "document_no"),
        ({"legal_basis": [{"law": "户口登记条例", "article": "第七条", "aspects": ["price"]}]}, "legal_basis[0].aspects", "no aspect"),
        ({"id": "Demo-1"}, "id", "a letter first"),
        ({"name": "很" * 21}, "name", "longer than 20"),
        ({"category": "cooking"}, "category", "none of hukou"),
        ({"risk": "extreme"}, "risk", "not allowed"),
        ({"questions": ["怎么办", 7]}, "questions[1]", "not allowed"),
        ({"materials": [{"name": "户口簿", "form": "fax"}]}, "materials[0].form", "not allowed"),
        ({"materials": [{"form": "copy"}]}, "materials[0].name", "is missing"),
        ({"fee": {"charges": [{"what": "工本费", "yuan": -1}]}}, "fee.charges[0].yuan", "not allowed"),
        ({"fee": {"note": "不收费"}}, "fee", "filled although unconfirmed"),
        (FILLED, "fee", "is empty"),
        ({"unconfirmed": ["name"]}, "unconfirmed", "name is none of"),
    ],
)
def test_a_fault_is_named_by_file_item_and_field(tmp_path: Path, changes: dict[str, Any], field: str, words: str) -> None:
    write(tmp_path, record(**changes))
    with pytest.raises(ServiceItemError) as caught:
        load_service_items(tmp_path)
    text = str(caught.value)
    assert "hukou.yml[0]" in text
    assert f"{changes.get('id', 'demo_item')}.{field}" in text
    assert words in text


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"name": "另一事项"}, "demo_item.id: is there twice"),
        ({"id": "other_item"}, "other_item.name: 示例事项 already belongs to demo_item"),
        ({"id": "other_item", "name": "另一事项", "aliases": ["示例事项"]}, "other_item.aliases: 示例事项 already belongs to demo_item"),
        ({"id": "other_item", "name": "另一事项", "related": ["nowhere"]}, "other_item.related: nowhere is no other item"),
    ],
)
def test_items_do_not_clash(tmp_path: Path, second: dict[str, Any], words: str) -> None:
    write(tmp_path, record(), record(**second))
    with pytest.raises(ServiceItemError, match=words):
        load_service_items(tmp_path)


def test_a_file_holds_its_own_category(tmp_path: Path) -> None:
    write(tmp_path, record(), name="cyber.yml")
    with pytest.raises(ServiceItemError, match=r"cyber\.yml: demo_item\.category"):
        load_service_items(tmp_path)


@pytest.mark.parametrize(
    ("about", "old", "new"),
    [
        ("广场舞噪声扰民", "第五十八条", "第八十八条"), ("打架斗殴", "第四十三条", "第五十一条"), ("赌博", "第七十条第一款", "第八十二条"),
        ("卖淫嫖娼", "第六十六条", "第七十八条"), ("吸毒", "第七十二条", "第八十四条"), ("养狗扰民", "第七十五条", "第八十九条"),
    ],
)  # fmt: skip
def test_a_number_from_before_2026_is_refused_where_the_item_is_about_it(about: str, old: str, new: str) -> None:
    def cited(article: str, name: str = about) -> dict[str, Any]:
        return record(name=name, legal_basis=[{"law": "治安管理处罚法", "article": article, "year": 2025}])

    with pytest.raises(ServiceItemError, match=rf"legal_basis\[0\]\.article: {old} is the number before 2026; .* is {new} now"):
        parse_item(cited(old), "test")
    assert parse_item(cited(new), "test") and parse_item(cited(old, "高空抛物"), "test"), "the old number may be right about something else"


def test_a_folder_is_a_category_and_its_files_are_topics(tmp_path: Path) -> None:
    (tmp_path / "hukou").mkdir()
    write(tmp_path, record(), name="hukou/birth.yml")
    write(tmp_path, record(id="other_item", name="另一事项", category="cyber"), name="cyber.yml")
    assert [item.id for item in load_service_items(tmp_path)] == ["other_item", "demo_item"], "categories in the order of their names"
    write(tmp_path, record(category="cyber"), name="hukou/birth.yml")
    with pytest.raises(ServiceItemError, match=r"hukou/birth\.yml: demo_item\.category: is cyber, the file says hukou"):
        load_service_items(tmp_path)


@pytest.mark.parametrize("text", ["- id: [", "a: 1", "- 7", "- {id: a, id: b}"])
def test_a_file_that_is_no_list_of_records_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "hukou.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ServiceItemError, match=r"hukou\.yml"):
        load_service_items(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceItemError, match="holds no service items"):
        load_service_items(tmp_path)


def test_an_item_expires_after_its_review_day() -> None:
    item = parse_item(record(), "test")
    assert not item.expired(item.review_by)
    assert item.expired(item.review_by + timedelta(days=1))


@pytest.fixture(scope="module")
def items() -> list[ServiceItem]:
    return load_service_items()


def test_all_categories_are_served(items: list[ServiceItem]) -> None:
    counts = Counter(item.category for item in items)
    assert counts.keys() == CATEGORIES.keys()
    assert min(counts.values()) >= 4
    assert sum(counts.values()) >= 55


def test_each_item_survives_json(items: list[ServiceItem]) -> None:
    for item in items:
        assert parse_item(json.loads(json.dumps(item.as_dict(), ensure_ascii=False)), "json") == item


def test_each_item_is_dated_and_asked_for_in_many_ways(items: list[ServiceItem]) -> None:
    for item in items:
        assert item.valid_from == CHECKED and item.review_by <= date(2027, 11, 22), item.id
        assert len(item.questions) >= 8, item.id


def test_no_question_leads_to_two_items(items: list[ServiceItem]) -> None:
    asked = Counter(question for item in items for question in item.questions)
    assert [question for question, times in asked.items() if times > 1] == []


def test_the_guide_names_each_field_and_its_example_loads() -> None:
    guide = (ROOT / "docs" / "service-items.md").read_text(encoding="utf-8")
    assert [spec.name for spec in fields(ServiceItem) if f"`{spec.name}`" not in guide] == []
    example = YAML(typ="safe").load(guide.split("```yaml\n")[1].split("```")[0])
    assert parse_item(example[0], "guide").id == "residence_permit_endorse"
