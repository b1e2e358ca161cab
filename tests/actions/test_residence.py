"""Residence registration of oneself, as people tell it."""

from __future__ import annotations

import pytest

from tests.actions.talk import Talk
from tests.actions.test_filings import CARD, HOME, PHONE


async def register(talk: Talk, *words: str) -> str:
    """Say these words one after the other; the last reply."""
    reply = await talk.say(words[0], "file_residence")
    for one in words[1:]:
        reply = await talk.say(one, "nlu_fallback")
    return reply


async def test_one_answer_a_turn(talk: Talk) -> None:
    summary = await register(talk, "我要办居住登记", "李小明", CARD, PHONE, HOME, "单位宿舍", "上个月15号", "打工", "示例电子厂", "没有")
    for line in ("2 证件：身份证 110***", "4 现住址：福建省福州市鼓楼区五四路", "5 住处类型：单位宿舍", "7 居住事由：务工", "8 单位或学校：示例电子厂"):
        assert line in summary
    assert "房东" not in summary


async def test_name_address_home_date_and_reason_in_the_first_message(talk: Talk) -> None:
    reply = await register(talk, f"租房登记，我叫李小明，住在{HOME}，上个月15号搬来打工的")
    assert reply.endswith("（没有身份证的，写证件种类和号码）。")
    answers = talk.slot("filing_answers")
    assert answers["housing"] == "租住" and answers["reason"] == "务工" and answers["address"]["code"] == "350102"
    assert "搬来" not in answers["address"]["text"]


async def test_the_landlord_is_asked_only_of_tenants_and_goes_when_that_is_corrected(talk: Talk) -> None:
    assert "房东" in await register(talk, "我要办居住登记", f"李小明 {CARD} {PHONE}", HOME, "租的")
    for words in ("王先生 13900000000", "昨天", "打工", "没有"):
        await talk.say(words, "nlu_fallback")
    assert "6 房东姓名和电话：" in await talk.say("没有", "nlu_fallback")
    assert "房东" not in await talk.say("第5项改成单位宿舍", "correct")


async def test_an_address_that_lacks_a_part_asks_for_this_part_alone(talk: Talk) -> None:
    await register(talk, "我要办居住登记", f"李小明 {CARD} {PHONE}")
    bubbles = await talk.bubbles("五四路12号3栋201室", "nlu_fallback")
    assert "哪个区" in bubbles[-1]["text"] and any(button["payload"] == "鼓楼区" for button in bubbles[-1]["buttons"])
    assert "哪个区" in await talk.say("打工", "nlu_fallback"), "told ahead of time, and the open part is asked again"
    assert "哪一种住处" in await talk.say("鼓楼区", "nlu_fallback")
    answers = talk.slot("filing_answers")
    assert answers["address"]["text"].startswith("福建省福州市鼓楼区五四路") and answers["reason"] == "务工" and "address?" not in answers


async def test_three_answers_that_do_not_help_an_address_offer_a_person(talk: Talk) -> None:
    await register(talk, "我要办居住登记", f"李小明 {CARD} {PHONE}", "五四路12号3栋201室")
    replies = [await talk.say(words, "nlu_fallback") for words in ("嗯嗯嗯", "哦哦", "啊啊")]
    assert "可以请工作人员帮您" in replies[-1]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("居住登记", "residence_self"), ("刚来这边打工要登记", "residence_self"), ("〔click〕", "residence_self"), ("我是房东要登记租客", "residence_landlord"),
        ("给员工集体办居住登记", "residence_employer"), ("我要申请居住证", "permit_apply"), ("我搬走了要注销居住登记", "residence_move_out"),
    ],
)  # fmt: skip
async def test_the_words_choose_the_registration(talk: Talk, words: str, kind: str) -> None:
    await talk.say(words, "file_residence")
    assert talk.slot("filing_kind") == kind
