"""Every field type against its definition; no answer is repeated in a refusal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest

from backend.contract import load_contract
from backend.filing_values import SHAPES, checked
from backend.problems import Problem
from weijing.filing import FieldType, Filing, FilingField, Option
from weijing.workdays import SHANGHAI

NOW = datetime.now(SHANGHAI)
CARD = {"kind": "居民身份证", "number": "110101190001010014"}
WRONG_CARD = {"kind": "居民身份证", "number": "110101190001010015"}
PERSON = {"name": "赵示例", "document": CARD, "phone": None}
PICTURE = {"kind": "image", "ref": "E-1"}
ADDRESS = {"division": "", "code": None, "text": "示例路12号"}


def day(days: int) -> str:
    return (NOW.date() + timedelta(days=days)).isoformat()


def moment(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def filing(*fields: FilingField, **more: Any) -> Filing:
    texts = {"id": "try", "name": "试", "intent": "file_try", "words": "试", "notice": "试", "receipt": "好", "owner": "户政"}
    return Filing(topic="filings", examples=(), consent="voluntary", reviewed=date(2026, 11, 22), fields=fields, **texts, **more)


def field(kind: Any, **more: Any) -> FilingField:
    return FilingField("it", kind, "它", "它？", **{"least": 0, "most": 0, **more})


OPTIONS = (Option("甲"), Option("乙"))
GOOD: list[tuple[FilingField, Any]] = [
    (field("text", least=2, most=4), "四个字呀"), (field("name"), "阿卜杜拉·示例"), (field("phone"), "138 0013 8000"), (field("phone"), "0971-8234567"),
    (field("phone"), "09718234567"), (field("id_number"), "11010119000101 0014"), (field("document"), CARD),
    (field("document"), {"kind": "护照", "number": "E12345678"}), (field("date", least=1), day(-1)), (field("date", most=30), day(30)),
    (field("date"), day(-6)), (field("moment"), moment(23)), (field("choice", options=OPTIONS), "乙"), (field("address"), ADDRESS),
    (field("place"), {"text": "站", "lat": None, "lng": None}), (field("place"), {"text": "站", "lat": 31.2, "lng": 121}), (field("plate"), "粤B·D12345"),
    (field("pictures", most=2), [PICTURE, PICTURE]), (field("people", least=1), [PERSON, PERSON | {"phone": "13800138000"}]),
]  # fmt: skip
BAD: list[tuple[FilingField, Any]] = [
    (field("text", least=2), "一"), (field("text", most=3), "四个字呀"), (field("text"), ["x"]), (field("text"), "a\x00"), (field("name"), ""),
    (field("phone"), "12345678901"), (field("phone"), "8234567"), (field("id_number"), WRONG_CARD["number"]), (field("id_number"), "110101190013010014"),
    (field("document"), WRONG_CARD), (field("document"), {"kind": "护照"}), (field("document"), {**CARD, "more": "x"}), (field("date", least=1), day(-9)),
    (field("date", most=30), day(33)), (field("date"), "2026-13-01"), (field("date"), "昨天"), (field("moment"), moment(25)),
    (field("moment", most=2), moment(3)), (field("moment"), moment(-169)), (field("moment", most=24), NOW.replace(tzinfo=None).isoformat()),
    (field("choice", options=OPTIONS), "丙"), (field("address"), {"text": "x"}), (field("place"), {"text": "站", "lat": 91, "lng": 0}),
    (field("place"), {"text": "站", "lat": 1, "lng": None}),
    (field("place"), "站"), (field("plate"), "粤I12345"), (field("plate"), "粤B12345 和 粤B12346"), (field("pictures", most=1), [PICTURE, PICTURE]),
    (field("pictures"), [{"kind": "image"}]), (field("people"), [PERSON, PERSON | {"document": WRONG_CARD}]), (field("people", most=1), [PERSON, PERSON]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "value"), GOOD, ids=[f"{one.type}-{n}" for n, (one, _) in enumerate(GOOD)])
def test_taken(one: FilingField, value: Any) -> None:
    assert checked(filing(one), {"it": value}) == {"it": value}


@pytest.mark.parametrize(("one", "value"), BAD, ids=[f"{one.type}-{n}" for n, (one, _) in enumerate(BAD)])
def test_refused(one: FilingField, value: Any) -> None:
    with pytest.raises(Problem, match=r"^it: \S") as refused:
        checked(filing(one), {"it": value})
    assert refused.value.code == "invalid_filing" and WRONG_CARD["number"] not in refused.value.message


def test_a_row_of_people_is_named_by_its_line() -> None:
    with pytest.raises(Problem, match=r"^it: line 2 "):
        checked(filing(field("people")), {"it": [PERSON, PERSON | {"document": WRONG_CARD}]})


def test_what_is_not_asked_is_not_kept_and_what_is_asked_must_be_there() -> None:
    home = FilingField("home", "choice", "住处", "住处？", options=(Option("租住"), Option("自购")))
    landlord = FilingField("landlord", "text", "房东", "房东？", when={"home": "租住"})
    one = filing(home, landlord)
    assert checked(one, {"home": "自购", "landlord": "钱示例"}) == {"home": "自购"}, "corrected: the landlord is no matter any more"
    with pytest.raises(Problem, match="landlord: is missing"):
        checked(one, {"home": "租住", "landlord": None})


def test_every_field_type_has_a_shape_and_the_contract_asks_only_for_field_types() -> None:
    assert set(SHAPES) == set(get_args(FieldType))
    (body,) = [operation.body for operation in load_contract() if operation.id == "addFilingStep"]
    assert body is not None
    for name in get_args(FieldType):
        asked = {"status": "supplement", "name": "补正", "asks": [{"id": "it", "text": "它", "type": name}]}
        assert body.is_valid(asked) is (name not in {"choice", "moment", "people"})
