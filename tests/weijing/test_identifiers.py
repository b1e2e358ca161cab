from __future__ import annotations

import pytest

from weijing.identifiers import find_identifiers, id_number_is_valid

CARD = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (f"我的身份证{CARD}", "id_number", CARD),
        ("身份证号 110105 19491231 002x 谢谢", "id_number", CARD),
        ("１１０１０５１９４９１２３１００２Ｘ", "id_number", CARD),
        ("公司代码91110000600037341L", "credit_code", "91110000600037341L"),
        ("打我电话13800138000吧", "phone", "13800138000"),
        ("138-0013-8000", "phone", "13800138000"),
        ("+8613800138000", "phone", "13800138000"),
        ("座机0971-8234567", "phone", "09718234567"),
        ("香港的号码 +852 9123 4567", "phone", "+85291234567"),
        ("车牌京A12345的车", "plate", "京A12345"),
        ("粤B·D12345", "plate", "粤BD12345"),
        ("新能源 沪ad12345", "plate", "沪AD12345"),
        ("川A1234学", "plate", "川A1234学"),
        ("卡号6222 0212 3456 7890 128", "bank_card", "6222021234567890128"),
        ("邮箱 li.si@example.com", "email", "li.si@example.com"),
        ("护照E12345678", "travel_document", "E12345678"),
        ("通行证C12345678", "travel_document", "C12345678"),
        ("回乡证H1234567890", "travel_document", "H1234567890"),
        ("台胞证号12345678", "travel_document", "12345678"),
        ("编号A2026-000123", "application_no", "A2026-000123"),
        ("a2026 - 000123", "application_no", "A2026-000123"),
        ("举报编号 j2026-000123", "report_no", "J2026-000123"),
        ("备案编号 b2026 - 000123", "filing_no", "B2026-000123"),
        ("粤B20261", "plate", "粤B20261"),
        ("护照EB2026123", "travel_document", "EB2026123"),
        ("案件k2026-000101进展", "case_no", "K2026-000101"),
        ("查我的信 x2026-000123", "letter_no", "X2026-000123"),
        ("取消y2026-000123", "appointment_no", "Y2026-000123"),
        ("EMS单号 ea 123 456 785 cn 到哪了", "delivery_no", "EA123456785CN"),
        ("RB473124829CN", "delivery_no", "RB473124829CN"),
        ("查询码7KQ2-M9XD", "query_code", "7KQ2-M9XD"),
        ("7kq2-m9xd", "query_code", "7KQ2-M9XD"),
        ("查询码是7kq2m9xd", "query_code", "7KQ2-M9XD"),
    ],
)
def test_finds(text: str, kind: str, value: str) -> None:
    assert [(found.kind, found.value) for found in find_identifiers(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "110", "12110", "打12345热线", "2026年11月22日", "20261122", "工本费20元", "10000块", "2023-2024年", "G1234次列车", "第114条",
        "订单号202611220001234567890", "123456", "12345678", "1.5公里", "QQ群123456789", "ABCD-EFGH"[:4], "科目2", "C1驾照", "3栋502室", "5000-10000", "",
    ],
)  # fmt: skip
def test_leaves_ordinary_numbers_alone(text: str) -> None:
    assert find_identifiers(text) == []


def test_spans_point_into_the_text_as_given() -> None:
    text = "电话１３８００１３８０００，查进度A2026-000123"
    assert [text[found.start : found.end] for found in find_identifiers(text)] == ["１３８００１３８０００", "A2026-000123"]


def test_a_wrong_check_digit_is_found_but_not_valid() -> None:
    (found,) = find_identifiers("110105194912310021")
    assert (found.kind, found.valid) == ("id_number", False)


@pytest.mark.parametrize(("number", "valid"), [(CARD, True), ("110105194912310021", False), ("810000199408230021", True), ("810000199408230023", False)])
def test_id_number(number: str, valid: bool) -> None:
    assert id_number_is_valid(number) is valid


def test_an_identity_number_may_name_a_region_younger_than_its_holder() -> None:
    assert id_number_is_valid("440106197202020550"), "Tianhe district was founded in 1985, numbers were given out from 1984 on"
    assert not id_number_is_valid("440199197202020550"), "a region that never was"
    assert not id_number_is_valid("440106197202020551"), "a wrong check digit"


def test_a_slip_in_a_delivery_number_is_seen() -> None:
    (found,) = find_identifiers("EA123456784CN")
    assert found.kind == "delivery_no" and not found.valid
