"""Cards: each item in each aspect is short plain text that ends with its basis and date."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from weijing.service_item import ASPECTS
from weijing.service_item_card import card
from weijing.service_items import load_service_items

TODAY = date(2026, 12, 1)
LAST_LINE = re.compile(r"依据：.+（2026年11月22日核对）")


@pytest.fixture(scope="module")
def items() -> dict[str, dict[str, Any]]:
    return {item.id: item.as_dict() for item in load_service_items()}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_each_card_is_short_plain_and_sourced(items: dict[str, dict[str, Any]], aspect: str) -> None:
    for name, item in items.items():
        lines = card(item, aspect, TODAY).splitlines()
        text = "\n".join(lines)
        assert len(lines) >= 3 and all(line.strip() for line in lines), name
        assert LAST_LINE.fullmatch(lines[-1]), (name, lines[-1])
        assert not re.search(r"None|[{}\[\]*#`<>]|\\n", text), name
        assert len(text) <= 600 and len(text.encode()) <= 2048, (name, len(text))


@pytest.mark.parametrize("aspect", ["materials", "fee", "time_limit", "procedure", "conditions", "where", "online", "validity"])
def test_what_is_not_confirmed_is_said_and_not_guessed(items: dict[str, dict[str, Any]], aspect: str) -> None:
    cards = {name: card(item, aspect, TODAY) for name, item in items.items()}
    honest = {name for name, text in cards.items() if "以办理单位公布的为准" in text and "人工" in text}
    assert {name for name, item in items.items() if aspect in item["unconfirmed"]} == honest


def test_a_lost_identity_card_is_answered_with_materials_and_law(items: dict[str, dict[str, Any]]) -> None:
    text = card(items["id_card_replacement"], "materials", TODAY)
    assert "户口簿（原件）" in text
    assert text.endswith("依据：《居民身份证法》第十条、第十二条（2026年11月22日核对）")


def test_numbers_are_shown_in_their_unit(items: dict[str, dict[str, Any]]) -> None:
    assert "补领工本费：40元" in card(items["id_card_replacement"], "fee", TODAY)
    assert "法定60日内" in card(items["id_card_replacement"], "time_limit", TODAY)
    assert "法定1个工作日内" in card(items["licence_renewal"], "time_limit", TODAY)
    assert "首次申领：不收费（免收证件工本费）" in card(items["residence_permit_apply"], "fee", TODAY)


def test_an_item_past_its_review_warns_first(items: dict[str, dict[str, Any]]) -> None:
    item = items["id_card_replacement"]
    last_day = date.fromisoformat(item["review_by"])
    assert "过期" not in card(item, "fee", last_day)
    first, *_ = card(item, "fee", last_day + timedelta(days=1)).splitlines()
    assert first.startswith("请注意") and "2027年11月22日" in first and "人工" in first


def test_an_unknown_aspect_gets_the_overview(items: dict[str, dict[str, Any]]) -> None:
    item = items["fraud_now"]
    assert card(item, "price", TODAY) == card(item, "overview", TODAY)
    assert "110" in card(item, "overview", TODAY)
