"""Entities on the borders of words: a table of messages, dates and codes behind the words, and what holds for any text."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.identifier_extractor import extract
from tests.bot.nlu.entity_score import Reader, f1, read_rows, score
from weijing.identifiers import find_identifiers
from weijing.normalise import normalise
from weijing.workdays import SHANGHAI

_WORDS = st.sampled_from([
    "明天", "下午三点", "我", "在", "福州", "市", "路", "派出所", "闽A12345", "13800138000",
    "尾号", "1234", "A2026-000123", "〔手机#1a2b3c4d〕", "〔地址#1a2b3c4d〕",
    " ", "，", "中秋", "农历八月十五", "号", "11010519491231002X", "EA123456785CN", "十", "月", "上海", "鼓楼区", "０５９１",
    "-", "查询码", "7KQ2-M9XD", "村", "三", "点",
])  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The extractor behind its tokenizer."""
    return Reader()


@pytest.mark.parametrize(("text", "marked"), list(read_rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_message(reader: Reader, text: str, marked: set[tuple[str, int, int]]) -> None:
    assert reader.read(text) == marked


def test_every_kind_is_in_the_table_and_counted() -> None:
    counts = score()
    assert len(list(read_rows())) >= 200 and len(counts) >= 17
    assert all(f1(*one) > 0.9 for one in counts.values())
    assert f1(0, 1, 1) == 0 and f1(1, 1, 1) == 0.5


@pytest.mark.parametrize(("text", "key", "value"), [
    ("下午三点", "iso", "15:00"), ("晚上十二点", "iso", "00:00"), ("中午一点", "iso", "13:00"), ("夜里两点", "iso", "02:00"), ("8:05", "iso", "08:05"),
    ("三点", "iso", None), ("2026年12月1日", "iso", "2026-12-01"), ("2026年农历八月十五", "iso", "2026-09-25"), ("农历2026年八月十五", "iso", "2026-09-25"),
    ("2027年春节", "iso", "2027-02-06"), ("2027年除夕", "iso", "2027-02-05"), ("2026年清明", "iso", "2026-04-05"), ("周末", "iso", None),
    ("福建省福州市", "code", "350100"), ("福州市鼓楼区东街街道", "code", "350102"), ("南京市鼓楼区", "code", "320106"), ("鼓楼区", "code", "350102"),
    ("和平区", "code", ""), ("沈阳和平区", "code", "210102"), ("上海", "code", "310000"), ("上海街道", "level", "town"), ("闽侯县上街镇", "level", "town"),
    ("长乐市", "code", "350112"), ("浙江", "level", "province"), ("福州", "level", "city"), ("南京路", "code", None), ("城区", "code", None),
])  # fmt: skip
def test_what_is_behind_the_words(text: str, key: str, value: str | None) -> None:
    found = extract(text)
    assert (found[0].get(key) if found else None) == value


def test_a_day_near_today_has_its_date() -> None:
    today = datetime.now(SHANGHAI).date()
    assert extract("明天")[0]["iso"] in {(today + timedelta(days=days)).isoformat() for days in (1, 2)}
    assert "iso" not in extract("周三")[0] or today.weekday() == 2


@settings(deadline=None, max_examples=150)
@given(st.lists(_WORDS, max_size=8).map("".join))
def test_entities_stand_in_the_text_and_never_overlap(reader: Reader, words: str) -> None:
    text = normalise(words)
    found = extract(text, reader.borders(text))
    assert all(one["end"] <= other["start"] for one, other in pairwise(found))
    for one in found:
        said = text[one["start"] : one["end"]]
        assert said and (one["value"] == said or one["value"] in {number.value for number in find_identifiers(said)} or one["entity"] == "query_code")


@given(st.sampled_from(["13800138000", "11010519491231002X", "闽AD12345",
                        "粤Z1234港", "A2026-000123", "EA123456785CN", "6222021234567890128"]),
       st.sampled_from(["", "我的", "号码是", "，", "你好 ", "（", "："]),
       st.sampled_from(["", "。", "谢谢", "）", " 对吗", "，急"]), st.booleans())  # fmt: skip
def test_identifiers_survive_normalisation(number: str, before: str, after: str, wide: bool) -> None:
    written = number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}) if wide else number
    raw, clean = f"{before}{written}{after}", normalise(f"{before}{written}{after}")
    assert [(one.kind, one.value) for one in find_identifiers(raw)] == [(one.kind, one.value) for one in find_identifiers(clean)]
    assert [one.value for one in find_identifiers(clean)] == [number]


@given(st.sampled_from(["13800138000", "11010519491231002X", "A2026-000123", "EA123456785CN"]), st.sampled_from("0123456789"), st.booleans())
def test_nothing_is_found_inside_a_longer_number(number: str, digit: str, behind: bool) -> None:
    assert find_identifiers(number + digit if behind else f"Z{digit}{number}") == []
