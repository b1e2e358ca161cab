"""No invented law: every article and document that a service item cites exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.weijing.service_item_sources import Sources, load_sources
from weijing.law_texts import unknown_articles
from weijing.service_item import ServiceItem
from weijing.service_items import load_service_items

ORDER_LAW = "治安管理处罚法"
TOPICS = {
    "noise_complaint": ("第八十八条", "噪声"), "dog_nuisance": ("第八十九条", "动物"), "fighting": ("第五十一条", "殴打"), "gambling": ("第八十二条", "赌博"),
    "drone": ("第四十六条", "无人驾驶"), "landlord_registration": ("第六十八条", "房屋出租人"), "personal_info_leak": ("第五十六条", "个人信息"),
    "network_attack": ("第三十三条", "计算机"), "stalking": ("第五十条", "跟踪"), "online_abuse": ("第五十条", "诽谤"), "case_receipt": ("第九十条", "报案"),
    "public_security_mediation": ("第九条", "调解"), "violation_record_seal": ("第一百三十六条", "封存"),
}  # fmt: skip


@pytest.fixture
def sources(shared: Path) -> Sources:
    return load_sources(shared)


@pytest.fixture
def items() -> list[ServiceItem]:
    return load_service_items()


def test_the_texts_are_read(sources: Sources) -> None:
    assert len(sources.texts.laws[ORDER_LAW]) == 144
    assert "六十日" in sources.texts.laws["居民身份证法"]["第十二条"]
    assert len(sources.texts.rows) > 500


def test_each_cited_article_exists(sources: Sources, items: list[ServiceItem]) -> None:
    assert list(unknown_articles(items, sources.texts)) == [], "neither in the law texts nor in the checked catalogue"


def test_each_cited_document_is_a_checked_one(sources: Sources, items: list[ServiceItem]) -> None:
    cited = {(basis.law, basis.document_no) for item in items for basis in item.legal_basis if basis.document_no}
    numbers = {(law, number) for law, number in cited if "号" in number}
    assert [pair for pair in numbers if _compact(pair[1]) not in _compact(sources.words)] == []
    assert [pair for pair in cited - numbers if pair[0] not in sources.words] == []


def _compact(text: str) -> str:
    """Without what a list of several numbers leaves out: 发改价格〔2019〕914号, 〔2017〕1186号."""
    return re.sub(r"[\s，、、]|发改价格规?|公安部等六部门|国家民委、公安部", "", text)


def test_public_order_numbers_are_those_of_the_2025_revision(sources: Sources, items: list[ServiceItem]) -> None:
    cited = {item.id: [basis for basis in item.legal_basis if basis.law == ORDER_LAW] for item in items}
    assert all(basis.year == 2025 for bases in cited.values() for basis in bases)
    for name, (article, word) in TOPICS.items():
        assert article in [basis.article for basis in cited[name]]
        assert word in sources.texts.laws[ORDER_LAW][article]
