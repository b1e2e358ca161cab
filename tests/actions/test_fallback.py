"""Half understood → buttons; not understood → said; twice in a row → a person."""

from __future__ import annotations

import pytest

from tests.actions.talk import Talk

CANDIDATES = [
    {"intent": "ask_guide", "confidence": 0.4, "service_item": "id_card_replacement", "category": "id_card", "name": "身份证丢失补领"},
    {"intent": "ask_guide", "confidence": 0.3, "service_item": "id_card_temporary", "category": "id_card", "name": "临时身份证"},
    {"intent": "query_progress", "confidence": 0.2},
    {"intent": "file_report", "confidence": 0.1},
]


async def test_half_understood_offers_three_and_a_person(talk: Talk) -> None:
    (bubble,) = await talk.bubbles("身份证那个", "nlu_clarify", decision="clarify", candidates=CANDIDATES, aspect="fee")
    assert bubble["text"] == "您是想问："
    assert [button["title"] for button in bubble["buttons"]] == ["身份证丢失补领", "临时身份证", "查办件进度", "都不是，转人工"]
    assert bubble["buttons"][0]["payload"] == "身份证丢失补领要多少钱" and bubble["buttons"][-1]["payload"] == "转人工"


async def test_half_understood_without_candidates_is_said_honestly(talk: Talk) -> None:
    assert "没听懂" in await talk.say("嗯那个", "nlu_clarify", decision="clarify")


async def test_the_second_time_in_a_row_a_person_takes_over(talk: Talk) -> None:
    assert "没听懂" in await talk.say("啊吧啊吧", "nlu_fallback", decision="fallback")
    reply = await talk.say("哇啦哇啦", "nlu_fallback", decision="fallback")
    assert "请工作人员来答复您" in reply and talk.tracker.is_paused() and talk.slot("handoff_reason") == "fallback"


async def test_something_understood_between_starts_the_count_again(talk: Talk) -> None:
    await talk.say("啊吧啊吧", "nlu_fallback", decision="fallback")
    await talk.say("你好", "greet")
    await talk.say("哇啦哇啦", "nlu_fallback", decision="fallback")
    assert not talk.tracker.is_paused()


async def test_coming_back_from_a_person_starts_the_count_again(talk: Talk) -> None:
    await talk.say("啊吧啊吧", "nlu_fallback", decision="fallback")
    await talk.say("哇啦哇啦", "nlu_fallback", decision="fallback")
    talk.resume()
    assert "没听懂" in await talk.say("叽里咕噜", "nlu_fallback", decision="fallback") and not talk.tracker.is_paused()


@pytest.mark.parametrize(
    ("asked", "office", "number"),
    [
        ("公积金怎么提取", "住房公积金管理中心", "12345"),
        ("社保怎么转移到外地", "人力资源和社会保障", "12333"),
        ("投诉淘宝卖家发错货", "市场监督管理", "12315"),
        ("结婚登记要带什么", "民政", "12345"),
        ("孩子转学手续怎么办", "教育", "12345"),
        ("请律师打官司要多少钱", "法院", "12345"),
    ],
)
async def test_what_belongs_to_others_is_pointed_to_them(talk: Talk, asked: str, office: str, number: str) -> None:
    reply = await talk.say(asked, "out_of_scope", decision="fallback")
    assert "不归公安管" in reply and office in reply and number in reply


async def test_what_belongs_to_nobody_we_know_is_said_honestly(talk: Talk) -> None:
    assert "帮不上忙" in await talk.say("梦见被狗追", "out_of_scope", decision="fallback")


async def test_a_message_not_understood_that_names_a_matter_of_others_is_pointed_there_too(talk: Talk) -> None:
    assert "12333" in await talk.say("那个社保卡断了几个月咋整", "nlu_fallback", decision="fallback")
    assert "没听懂" in await talk.say("啊吧啊吧", "nlu_fallback", decision="fallback")
