"""What a message answers to each kind of field of a filing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from actions.filing_answers import Unclear, read_answer, shown_answer, skips, volunteered_answer
from actions.filing_unclear import part
from actions.said import Said
from store.context import CURRENT, TurnContext, current
from weijing.filing import FieldType, FilingField, Option, load_filings
from weijing.privacy import MASK, mask, mask_people
from weijing.workdays import SHANGHAI

ID, OTHER_ID = "11010519491231002X", "440106198202020555"
HOUSING = FilingField("housing", "choice", "住处类型", "？", options=(Option("租住", "租"), Option("单位宿舍", "宿舍"), Option("其他", "别的")))
SELF = {one.id: one for one in load_filings()["residence_self"].fields}


@pytest.fixture(autouse=True)
def context() -> None:
    CURRENT.set(TurnContext("m1", "o1", cipher=Fernet(Fernet.generate_key())))


def field(kind: Any, **more: Any) -> FilingField:
    return FilingField("it", kind, "它", "？", **more)


def said(text: str, **entities: str) -> Said:
    return Said(mask(text, current().keep), entities=tuple(entities.items()))


def opened(value: Any) -> Any:
    return current().reveal(value) if isinstance(value, str) else value


@pytest.mark.parametrize("words", ["张三", "我叫张三", "姓名：张三", "张三 13812345678", "我是张三。"])
def test_a_name(words: str) -> None:
    value = read_answer(field("name"), said(words), {})
    assert MASK.search(value) and opened(value) == "张三"


@pytest.mark.parametrize("words", ["不想说", "什么意思", "跳过", "13812345678", "怎么填？"])
def test_no_name(words: str) -> None:
    assert read_answer(field("name"), said(words), {}) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (ID, "身份证"), (f"身份证{ID.lower()}", "身份证"), ("护照E12345678", "护照"), ("E12345678", "护照"),
        ("回乡证H12345678", "港澳居民来往内地通行证"), ("台胞证12345678", "台湾居民来往大陆通行证"),
    ],
)
def test_an_identity_paper(words: str, kind: str) -> None:
    value = read_answer(field("document"), said(words), {})
    assert value["kind"] == kind and MASK.fullmatch(value["number"])


def test_a_permit_of_residents_of_hong_kong_is_known_by_its_number() -> None:
    from stdnum.cn import ric

    number = "81000019900101001"
    value = read_answer(field("document"), said(number + ric.calc_check_digit(number + "0")), {})
    assert value["kind"] == "港澳台居民居住证"


@pytest.mark.parametrize("words", ["110105194912310021", "123456", "没带", "13812345678"])
def test_a_wrong_number_is_none(words: str) -> None:
    assert read_answer(field("document"), said(words), {}) is None
    assert read_answer(field("id_number"), said(words), {}) is None


def test_an_old_number_of_15_digits_is_told_apart() -> None:
    assert "18 位" in read_answer(field("id_number"), said("110105491231002"), {}).say


def test_phone_and_plate() -> None:
    assert opened(read_answer(field("phone"), said("我的电话是138 1234 5678"), {})) == "13812345678"
    assert read_answer(field("phone"), said("1381234567"), {}) is None
    assert opened(read_answer(field("plate"), said("闽A·12345"), {})) == "闽A12345"
    assert opened(read_answer(field("plate"), said("绿牌 闽AD12345"), {})) == "闽AD12345"
    assert read_answer(field("plate"), said("闽O"), {}) is None


def test_a_date_inside_its_limits() -> None:
    today = datetime.now(SHANGHAI).date()
    moved = SELF["moved_in"]
    assert read_answer(moved, said("昨天"), {}) == (today - timedelta(days=1)).isoformat()
    assert read_answer(moved, said("明天"), {}) is None, "nobody has moved in tomorrow"
    assert read_answer(field("date", least=30), said("两年前"), {}) is None
    assert read_answer(field("date", most=30), said("后天"), {}) == (today + timedelta(days=2)).isoformat()
    assert volunteered_answer(moved, said("昨天"), {}) is None, "any date may be meant"
    assert volunteered_answer(moved, said("昨天搬来的，想登记"), {}) == (today - timedelta(days=1)).isoformat()


def test_a_moment_within_a_day() -> None:
    value = read_answer(field("moment"), said("半小时后"), {})
    assert 0 < (datetime.fromisoformat(value) - datetime.now(SHANGHAI)).total_seconds() <= 1801
    assert read_answer(field("moment"), said("三天后的三点"), {}) is None


CHOICES = [("租住", "租住"), ("租的房子", "租住"), ("2", "单位宿舍"), ("第2个", "单位宿舍"), ("别的", "其他"), ("九", None), ("猫", None)]


@pytest.mark.parametrize(("words", "value"), CHOICES)
def test_a_choice(words: str, value: str | None) -> None:
    assert read_answer(HOUSING, said(words), {}) == value


def test_a_choice_is_volunteered_only_if_one_is_meant() -> None:
    assert volunteered_answer(HOUSING, said("我租了房子想登记"), {}) == "租住"
    assert volunteered_answer(HOUSING, said("租的还是宿舍算哪个"), {}) is None
    assert volunteered_answer(HOUSING, said("别的城市来的"), {}) is None


def test_the_name_of_a_mask_is_no_choice() -> None:
    result = FilingField("result", "choice", "核查结果", "？", options=(Option("姓名不符", "姓名|名字"), Option("照片不符", "照片")))
    assert volunteered_answer(result, said("我叫李小明 13812345678"), {}) is None
    assert volunteered_answer(result, said("银行说我名字对不上"), {}) == "姓名不符"


def test_an_address_piece_by_piece() -> None:
    where = SELF["address"]
    first = read_answer(where, said("五四路89号3栋201室"), {})
    assert isinstance(first, Unclear) and "区" in first.say and "鼓楼区" in first.options
    whole = read_answer(where, said("鼓楼区"), {part("address"): first.kept})
    assert whole["code"] == "350102" and "五四路" in whole["detail"]
    second = read_answer(where, said("仓山区"), {})
    assert isinstance(second, Unclear) and "门牌" in second.say
    assert read_answer(where, said("浦上大道200号"), {part("address"): second.kept})["text"].startswith("福建省福州市仓山区浦上大道")
    corrected = read_answer(where, said("台江区广达路68号"), {part("address"): second.kept})
    assert corrected["code"] == "350103", "a whole address counts more than the piece before"
    assert "福州市" in read_answer(where, said("厦门市思明区莲前路1号"), {}).say


@pytest.mark.parametrize(
    "words",
    [
        "我刚搬到鼓楼区五四路89号，想登记一下", "我租了福州市鼓楼区五四路89号3栋的房子要办居住登记", "我叫张三，住在鼓楼区五四路89号。",
        "鼓楼区五四路89号2楼,我想登记",
    ],
)
def test_an_address_is_volunteered(words: str) -> None:
    found = volunteered_answer(SELF["address"], said(words), {})
    assert found and found["code"] == "350102" and found["detail"].startswith("五四路") and len(found["detail"]) < 40


def test_a_location_is_an_address_where_it_can_be_read() -> None:
    sent = said("〔位置〕福建省福州市台江区广达路68号", place="福建省福州市台江区广达路68号", lat="26.05", lng="119.3")
    assert read_answer(SELF["address"], sent, {})["code"] == "350103"
    assert read_answer(field("place"), sent, {}) == {"text": "福建省福州市台江区广达路68号", "lat": 26.05, "lng": 119.3}
    assert read_answer(field("place"), said("火车站东广场"), {})["lat"] is None


def people_said(text: str) -> Said:
    return Said(mask_people(text, current().keep))


def test_several_people_one_a_line() -> None:
    value = read_answer(field("people"), people_said(f"1. 张三 {ID} 13812345678\n2. 李小四，身份证{OTHER_ID}"), {})
    assert [opened(one["name"]) for one in value] == ["张三", "李小四"]
    assert opened(value[0]["phone"]) == "13812345678" and value[1]["phone"] is None
    assert "张三" not in str(value) and "2 人" in shown_answer(field("people"), value)


def test_a_faulty_line_is_told_and_the_good_ones_stay() -> None:
    first = read_answer(field("people"), people_said(f"张三 {ID}\n李四 4401061982020205"), {})
    assert isinstance(first, Unclear) and "第2行" in first.say and len(first.kept) == 1
    assert len(read_answer(field("people"), people_said("就这些"), {part("it"): first.kept})) == 1
    both = read_answer(field("people"), people_said(f"李四 {OTHER_ID}"), {part("it"): first.kept})
    assert [opened(one["name"]) for one in both] == ["张三", "李四"]
    again = read_answer(field("people"), people_said(f"张三 {ID} 13912345678"), {part("it"): both})
    assert len(again) == 2 and opened(again[0]["phone"]) == "13912345678"


def test_pictures_add_up() -> None:
    one = Said("〔图片〕", entities=(("media", "E-1"),))
    assert read_answer(field("pictures"), one, {"it": [{"kind": "image", "ref": "E-0"}]}) == [{"kind": "image", "ref": "E-0"}, {"kind": "image", "ref": "E-1"}]
    assert read_answer(field("pictures"), said("没有"), {}) is None and skips(said("没有"))


@pytest.mark.parametrize("words", ["不知道", "我不清楚", "没有", "记不清了", "不方便说", "跳过"])
def test_nothing_to_give(words: str) -> None:
    assert skips(said(words))


@given(st.text(max_size=60), st.sampled_from(get_args(FieldType)))
def test_no_words_raise(words: str, kind: Any) -> None:
    one = field(kind, options=(Option("甲"), Option("乙")) if kind == "choice" else ())
    value = read_answer(one, said(words), {})
    volunteered_answer(one, said(words), {})
    if value is not None and not isinstance(value, Unclear):
        assert shown_answer(one, value)
