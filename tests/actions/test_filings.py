"""Filings in the conversation: what is told in pieces, in one breath, out of order, wrong, half or not at all. What is sent: test_filing_deeds.py."""

from __future__ import annotations

import json
import time

import pytest

from store.message import Message
from tests.actions.talk import Talk
from weijing.filing import load_filings

CARD, PHONE, HOME = "11010519491231002X", "13812345678", "鼓楼区五四路12号3栋201室"


async def declare(talk: Talk, *more: str) -> str:
    """A lost card declared up to the place, or as far as `more` leads."""
    await talk.say("我要声明身份证丢了", "file_declaration")
    reply = ""
    for words in (f"李小明 {CARD} {PHONE}", "昨天", *more):
        reply = await talk.say(words, "nlu_fallback")
    return reply


async def test_the_notice_and_the_first_question_come_in_one_reply(talk: Talk) -> None:
    reply = await talk.say("我要声明身份证丢了", "file_declaration")
    assert "《居民身份证法》第十一条" in reply and "《个人信息保护法》" in reply and "填不填由您决定" in reply
    assert reply.endswith("请问您的姓名？") and reply.count("？") == 1


async def test_one_message_may_answer_several_questions_and_the_summary_is_half_hidden(talk: Talk) -> None:
    summary = await declare(talk, "地铁站")
    for line in ("1 姓名：李**", "2 身份证号：110***********002X", "3 手机号：138****5678", "5 丢失地点：地铁站", "还没有提交"):
        assert line in summary
    slots = json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)
    assert CARD not in slots and PHONE not in slots and "李小明" not in slots


async def test_answers_out_of_order_and_everything_in_the_first_message(talk: Talk) -> None:
    reply = await talk.say(f"昨天身份证丢了要声明，我叫李小明，身份证号{CARD}", "file_declaration")
    assert reply.endswith("请留一个手机号。")
    answers = talk.slot("filing_answers")
    assert answers["name"].startswith("〔姓名#") and answers["document"].startswith("〔身份证#")


async def test_what_cannot_be_taken_is_said_in_the_definitions_words_and_thrice_offers_a_person(talk: Talk) -> None:
    await talk.say("身份证丢失声明", "file_declaration")
    await talk.say("李小明", "nlu_fallback")
    replies = [await talk.say(words, "nlu_fallback") for words in ("12345", "110105194912310021", "随便")]
    assert all("这个号码不对，请再核对一次。" in reply and reply.endswith("请发来丢失的身份证的号码。") for reply in replies)
    assert ["可以请工作人员帮您" in reply for reply in replies] == [False, False, True]
    assert "请留一个手机号" in await talk.say(CARD, "nlu_fallback")


@pytest.mark.parametrize("words", ["没有", "不知道", "说不清", "跳过"])
async def test_what_is_optional_may_be_left_out(talk: Talk, words: str) -> None:
    assert "5 丢失地点：（没有）" in await declare(talk, words)


@pytest.mark.parametrize(
    ("words", "line"),
    [("手机号改成13900000000", "3 手机号：139****0000"), ("第5项改成公交车上", "5 丢失地点：公交车上"), ("姓名不对，是王小红", "1 姓名：王**")],
)  # fmt: skip
async def test_any_field_is_corrected_under_the_summary(talk: Talk, words: str, line: str) -> None:
    await declare(talk, "地铁站")
    reply = await talk.say(words, "correct")
    assert line in reply and "还没有提交" in reply


async def test_a_correction_without_a_value_asks_for_it_and_a_no_to_the_summary_asks_what(talk: Talk) -> None:
    await declare(talk, "地铁站")
    assert "哪里要改" in await talk.say("不对", "deny")
    assert (await talk.say("电话写错了", "correct")).endswith("请留一个手机号。")
    assert "3 手机号：139****0000" in await talk.say("13900000000", "nlu_fallback")


async def test_a_question_in_the_middle_is_answered_and_another_matter_waits(talk: Talk) -> None:
    await talk.say("身份证丢失声明", "file_declaration")
    reply = await talk.say("补办身份证要多少钱？", "ask_guide", service_item="id_card_replacement", aspect="fee")
    assert "【身份证丢失补领】费用" in reply and reply.endswith("请问您的姓名？")
    for intent in ("query_progress", "file_report", "book_appointment", "file_ride", "withdraw_report"):
        assert "咱们先填完它" in await talk.say("我还要办另一件事，帮我弄一下", intent) and talk.form == "filing_form"


async def test_leaving_keeps_nothing_and_a_person_gets_what_was_written(talk: Talk) -> None:
    await declare(talk)
    assert "都没有保存" in await talk.say("退出", "cancel") and talk.form is None and talk.slot("filing_answers") is None
    await declare(talk)
    assert "一并交给工作人员" in await talk.say("人工", "request_handoff", decision="handoff") and talk.tracker.is_paused()


async def test_who_begins_again_goes_on_where_it_stood(talk: Talk) -> None:
    await declare(talk)
    reply = await talk.say("我要声明身份证丢了", "file_declaration")
    assert "上次填到“丢失地点”" in reply and reply.endswith("说不清就说“不知道”。")


async def test_after_a_day_of_silence_it_says_where_it_stood(talk: Talk) -> None:
    await talk.say("身份证丢失声明", "file_declaration")
    await talk.say("李小明", "nlu_fallback")
    assert "上次填到" not in await talk.say("12345", "nlu_fallback")
    for event in talk.tracker.events:
        event.timestamp = time.time() - 86_400
    reply = await talk.say(CARD, "nlu_fallback")
    assert "上次填到“身份证号”" in reply and reply.endswith("请留一个手机号。")


async def test_danger_in_the_middle_comes_first_and_the_form_stays(talk: Talk) -> None:
    await declare(talk)
    reply = await talk.say("有人拿刀追我救命", "emergency", decision="emergency")
    assert "110" in reply and talk.form == "filing_form"


async def test_pictures_are_taken_whenever_they_come_and_counted(talk: Talk) -> None:
    await talk.say("我要办居住登记", "file_residence")
    assert "共 1 份" in await talk.take(Message("a" * 32, "", kind="image"))
    reply = await talk.take(Message("b" * 32, "", kind="image"))
    assert "共 2 份" in reply and [one["days"] for one in talk.context.evidence] == [30, 30]
    assert len(talk.slot("filing_answers")["pictures"]) == 2
    await talk.say("退出", "cancel")
    assert [one["days"] for one in talk.context.evidence] == [0, 0], "let go with the rest"


async def test_pictures_sent_before_anybody_knew_what_for_belong_to_the_filing(talk: Talk) -> None:
    assert "用来做什么" in await talk.take(Message("c" * 32, "", kind="image"))
    await talk.say("我要办居住登记", "file_residence")
    assert len(talk.slot("filing_answers")["pictures"]) == 1 and not talk.slot("evidence_pending")


async def test_a_mere_question_is_answered_and_the_filing_offered(talk: Talk) -> None:
    bubbles = await talk.bubbles("租房子需要报备吗", "file_residence")
    assert "【居住登记】" in bubbles[0]["text"] and talk.form is None
    assert bubbles[-1]["buttons"] == [{"title": "现在就填", "payload": "居住登记（本人）"}]
    assert "请问您的姓名" in await talk.say("居住登记（本人）", "file_residence")


async def test_words_choose_among_the_filings_of_an_intent_and_buttons_where_they_do_not(talk: Talk) -> None:
    for filing in load_filings().values():
        await talk.say(filing.examples[0], filing.intent)
        assert talk.slot("filing_kind") == filing.id
        await talk.say("退出", "cancel")


async def test_a_choice_of_kind_brings_the_notice_and_what_was_told_before(talk: Talk) -> None:
    bubbles = await talk.bubbles(f"给租客和员工登记，我电话{PHONE}", "file_residence")
    names = [button["payload"] for button in bubbles[-1]["buttons"]]
    assert len(names) > 1 and "哪一种" in bubbles[-1]["text"] and talk.slot("filing_kind") is None
    assert "请从下面选一种" in await talk.say("都行", "nlu_fallback")
    reply = await talk.say(names[0], "nlu_fallback")
    assert "《个人信息保护法》" in reply and talk.slot("filing_kind") and talk.slot("filing_answers")["phone"].startswith("〔手机#")
