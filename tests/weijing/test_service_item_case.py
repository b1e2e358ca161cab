"""A service item for one person at one place, and what the linter refuses about situations and regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from weijing.errors import ServiceItemError
from weijing.places import Place, find_asked_place, find_place
from weijing.service_item import ASPECTS
from weijing.service_item_case import answer, chosen_after, for_case, leads_to, open_situation, told
from weijing.service_item_choices import effect_faults
from weijing.service_items import load_service_items, parse_item

ITEMS = {item.id: item.as_dict() for item in load_service_items()}
ASKED = [item for item in ITEMS.values() if item["situations"]]
BASIS = {"law": "某条例", "article": "第一条"}
Record = dict[str, Any]


def names(item: Record, chosen: list[str]) -> list[str]:
    """The papers of a case."""
    return [paper["name"] for paper in for_case(item, chosen)["materials"]]


def test_the_most_asked_items_ask_about_the_person() -> None:
    assert len(ASKED) >= 40
    assert {"id_card_replacement", "birth_registration", "hukou_migration", "residence_permit_apply", "passport_first", "licence_renewal"} <= {
        item["id"] for item in ASKED
    }


def test_a_paper_of_another_situation_is_left_out() -> None:
    item = ITEMS["birth_registration_unmarried"]
    test = "有资质机构出具的亲子鉴定证明"
    assert test in names(item, []) and test in names(item, ["随父亲落户"]) and test not in names(item, ["随母亲落户"])
    assert next(paper["when"] for paper in for_case(item, [])["materials"] if paper["name"] == test) == ["随父亲落户"]
    assert next(paper["when"] for paper in for_case(item, ["随父亲落户"])["materials"] if paper["name"] == test) == []


def test_fee_place_and_days_follow_the_choice() -> None:
    renewal = for_case(ITEMS["id_card_renewal"], ["证件损坏", "在外地办"])
    assert [charge["yuan"] for charge in renewal["fee"]["charges"]] == [40] and "异地受理点" in renewal["where"]
    plate = for_case(ITEMS["vehicle_documents_replacement"], ["补号牌"])
    assert (plate["time_limit"]["legal_days"], [charge["yuan"] for charge in plate["fee"]["charges"]]) == (15, [100])


def test_it_is_asked_only_what_changes_the_answer() -> None:
    item = ITEMS["id_card_renewal"]
    questions = {aspect: open_situation(item, aspect, [], {}) for aspect in ASPECTS}
    assert {aspect: found["question"] for aspect, found in questions.items() if found} == {
        "fee": "为什么换？", "where": "在哪里办？", "validity": "给谁办？", "who": "给谁办？",
    }  # fmt: skip
    assert open_situation(item, "fee", ["证件损坏"], {}) is None


def test_a_choice_may_lead_to_another_item() -> None:
    item = ITEMS["birth_registration"]
    assert leads_to(item, ["父母未婚"]) == "birth_registration_unmarried" and leads_to(item, ["父母已婚"]) == ""
    found = open_situation(item, "materials", [], ITEMS)
    assert found and found["question"] == "孩子的父母是哪种情况？"
    assert open_situation(item, "fee", [], ITEMS) is None, "nobody knows the fee of any of them"


@pytest.mark.parametrize(
    ("item", "text", "choices"),
    [
        ("birth_registration", "我们没结婚，孩子上户口", ["父母未婚"]), ("birth_registration", "孩子上户口", []),
        ("birth_registration", "結婚了", ["父母已婚"]),
        ("birth_registration", "已婚和未婚有什么不同", []), ("id_card_renewal", "给我儿子换身份证，坏了", ["证件损坏", "未满16周岁"]),
        ("residence_permit_apply", "不是代办", []), ("residence_permit_apply", "租房，孩子上学用", []),
    ],
)  # fmt: skip
def test_what_a_message_tells(item: str, text: str, choices: list[str]) -> None:
    found = told(ITEMS[item], text)
    if item == "residence_permit_apply" and "租房" in text:
        assert "在这里有住所" not in found, "two answers to one question are none"
    else:
        assert sorted(found) == sorted(choices)


def test_a_new_choice_takes_the_place_of_the_old_one() -> None:
    item = ITEMS["id_card_renewal"]
    assert chosen_after(item, ["到期或改名", "满16周岁"], told(item, "孩子也可以吗")) == ["到期或改名", "未满16周岁"]


def test_a_region_rules_its_own() -> None:
    item = ITEMS["residence_registration"]
    national, province, city = (for_case(item, [], place) for place in (None, Place("浙江", "宁波"), Place("浙江", "杭州")))
    assert "fee" in national["unconfirmed"] and "fee" not in province["unconfirmed"] and province["fee"]["charges"][0]["yuan"] == 0
    assert "10日内" in province["time_limit"]["note"] and "3个工作日" in city["time_limit"]["note"] and city["fee"] == province["fee"]
    assert province["legal_basis"][0]["law"] == "浙江省流动人口居住登记条例"
    assert answer(item, "where", [], {}, Place("浙江")) == answer(item, "where", [], {})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("在厦门办也一样吗", "厦门"), ("那浙江呢", "浙江"), ("在浙江省杭州市办居住证", "杭州"), ("杭州那边要多久", "杭州"), ("户口从湖南迁到广东要什么", None),
        ("我是四川人，身份证丢了怎么补", None), ("去香港办什么签注", None),
    ],
)  # fmt: skip
def test_where_it_is_to_be_done(text: str, place: str | None) -> None:
    found = find_asked_place(text)
    assert (found.name if found else None) == place


def test_places_are_near_when_one_lies_in_the_other() -> None:
    xiamen = find_place("福建省厦门市")
    assert xiamen == Place("福建", "厦门") and xiamen.near(Place("福建")) and not xiamen.near(Place("福建", "福州")) and not xiamen.near(Place("浙江"))


def with_choices(change: Callable[[Record], None]) -> Record:
    """The record of an item with two choices, changed."""
    record = ITEMS["birth_registration_unmarried"]
    copy: Record = {**record, "situations": [{**one, "choices": [dict(choice) for choice in one["choices"]]} for one in record["situations"]]}
    copy["materials"] = [dict(paper) for paper in record["materials"]]
    change(copy)
    return copy


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda record: record["materials"][-1].update(when=["随祖父"]), "随祖父 is no choice"),
        (lambda record: record["situations"][0]["choices"].pop(), "2 to 4 choices"),
        (lambda record: record["situations"][0]["choices"][1].update(name="随母亲落户"), "name of two choices"),
        (lambda record: record["situations"][0]["choices"][1].update(words=["随母"]), "随母 is not found to mean 随父亲落户"),
        (lambda record: record["situations"][0]["choices"][0].update(name="随母亲落户随母亲落户随"), "longer than 10"),
        (lambda record: record.update(regions=[{"place": "某地", "legal_basis": [BASIS], "changes": {"who": "本人"}}]), "某地 is no"),
        (lambda record: record.update(regions=[{"place": "浙江", "legal_basis": [], "changes": {"who": "本人"}}]), "has no basis"),
    ],
)
def test_the_loader_refuses(change: Callable[[Record], None], fault: str) -> None:
    with pytest.raises(ServiceItemError, match=fault):
        parse_item(with_choices(change), "test")


def test_a_choice_without_effect_is_refused() -> None:
    def plain(record: Record) -> None:
        record["materials"][-1]["when"] = []
        for choice in record["situations"][0]["choices"]:
            choice["changes"] = {}

    item = parse_item(with_choices(plain), "test")
    assert list(effect_faults({item.id: item})) == [f"hukou: {item.id}.situations: 孩子落在谁的户口上？ has two choices with one effect"]
