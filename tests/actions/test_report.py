"""Complaints and tips: told in one breath or in pieces, corrected, left, and filed with the real backend."""

from __future__ import annotations

import json
import re

import pytest

from actions.client import backend as client
from actions.report import report_body
from tests.actions.talk import Talk

TIP = "我要举报，昨天晚上9点在幸福路菜市场门口有十几个人聚众赌博"


async def tell_tip(talk: Talk) -> None:
    """Everything in the first message, then evidence and mode, up to the summary."""
    await talk.say(TIP, "file_report")
    for words in ("没有", "匿名"):
        await talk.say(words, "nlu_fallback")


async def test_a_tip_told_in_one_breath_takes_four_turns_and_is_on_file(talk: Talk) -> None:
    first = await talk.say(TIP, "file_report")
    assert "《个人信息保护法》" in first and first.index("说明") < first.index("材料吗")
    assert talk.slot("report_content") == "昨天晚上9点在幸福路菜市场门口有十几个人聚众赌博"
    assert "匿名还是实名" in await talk.say("没有", "deny")
    summary = await talk.say("匿名", "nlu_fallback")
    for line in ("1 类型：举报", "2 种类：赌博", "4 时间：昨天晚上9点", "5 地点：幸福路菜市场门口", "6 正在发生：否", "7 材料：0 份", "8 方式：匿名"):
        assert line in summary
    receipt = await talk.say("确认提交", "affirm")
    number, code = re.findall(r"编号 (J\d{4}-\d{6})，查询码 (\w{4}-\w{4})", receipt)[0]
    assert talk.form is None and talk.slot("report_content") is None
    filed = await client().report_progress(number, code)
    assert filed["kind"] == "tip" and filed["topic"] == "赌博"


async def test_a_complaint_told_in_pieces(talk: Talk) -> None:
    assert "投诉公安机关或民警" in await talk.say("〔click〕", "file_report")
    assert "哪方面" in await talk.say("投诉", "file_report")
    assert talk.slot("report_happening_now") == "否"
    assert "经过" in await talk.say("服务态度", "nlu_fallback")
    assert "写得太短" in await talk.say("态度差", "nlu_fallback")
    assert "什么时候" in await talk.say("办证民警让我跑了三趟还不耐烦地骂人", "file_report")
    assert "在哪里" in await talk.say("上周三下午", "nlu_fallback")
    assert "信访已经在办" in await talk.say("城关派出所窗口", "find_office", place="城关派出所")
    assert "材料吗" in await talk.say("没有", "deny")
    assert "匿名还是实名" in await talk.say("没有", "deny")
    assert "姓名" in await talk.say("实名", "nlu_fallback")
    assert "电话" in await talk.say("张三丰", "nlu_fallback")
    summary = await talk.say("13812345678", "nlu_fallback")
    assert "7 其他途径：没有" in summary and "10 姓名：张**" in summary and "11 电话：138****5678" in summary
    assert "已收到，编号 J" in await talk.say("确认", "affirm")


async def test_name_and_phone_reach_slots_and_tracker_only_as_masks(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    for words in ("没有", "实名", "我叫张三丰", "13812345678"):
        await talk.say(words, "nlu_fallback")
    assert re.fullmatch(r"〔姓名#[0-9a-f]{8}〕", talk.slot("reporter_name")) and re.fullmatch(r"〔手机#[0-9a-f]{8}〕", talk.slot("reporter_phone"))
    events = json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)
    assert "13812345678" not in events and "张三丰" not in events


async def test_happening_now_shows_110_first_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("我要举报幸福路麻将馆里面有很多人聚众赌博", "file_report")
    while talk.slot("requested_slot") != "report_happening_now":
        await talk.say({"report_occurred_at": "今天", "report_place": "幸福路"}[talk.slot("requested_slot")], "nlu_fallback")
    bubbles = await talk.bubbles("正在发生", "affirm")
    assert "先打 110" in bubbles[0]["text"] and "材料吗" in bubbles[1]["text"]


async def test_answers_out_of_order_fill_later_fields(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    assert talk.slot("requested_slot") == "report_topic"
    reply = await talk.say("昨天晚上10点在解放路茶馆门口", "nlu_fallback", time="昨天晚上10点")
    assert talk.slot("report_occurred_at") == "昨天晚上10点" and talk.slot("report_place") == "解放路茶馆门口"
    assert "哪方面" in reply and "没看懂" not in reply


@pytest.mark.parametrize(
    ("words", "slot", "value"),
    [
        ("地点改成解放路电影院门口", "report_place", "解放路电影院门口"),
        ("时间不对，是前天下午", "report_occurred_at", "前天下午"),
        ("第3项改成有人在楼下开设赌场每天收台费", "report_content", "有人在楼下开设赌场每天收台费"),
        ("第四项应该是今天凌晨2点", "report_occurred_at", "今天凌晨2点"),
        ("种类错了，应该是涉黄", "report_topic", "涉黄"),
        ("正在发生改成不是", "report_happening_now", "否"),
    ],
)  # fmt: skip
async def test_a_field_is_corrected_before_it_is_sent(talk: Talk, words: str, slot: str, value: str) -> None:
    await tell_tip(talk)
    reply = await talk.say(words, "correct")
    assert talk.slot(slot) == value and "请核对" in reply


async def test_a_time_said_alone_replaces_one_that_was_only_gathered_from_the_story(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    await talk.say("幸福路菜市场二楼每天晚上有人聚众打牌赌钱", "file_report")
    assert talk.slot("report_occurred_at") == "每天晚上"
    await talk.say("昨天晚上十点", "nlu_fallback")
    assert talk.slot("report_occurred_at") == "昨天晚上十点"


async def test_a_correction_without_the_new_value_asks_for_it(talk: Talk) -> None:
    await tell_tip(talk)
    assert "在哪里" in await talk.say("地点说错了", "correct")
    assert "5 地点：人民公园东门" in await talk.say("人民公园东门", "nlu_fallback")


async def test_an_earlier_field_is_corrected_while_another_is_asked(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    reply = await talk.say("时间不对，是今天早上7点", "correct")
    assert talk.slot("report_occurred_at") == "今天早上7点" and "材料吗" in reply


async def test_named_becomes_anonymous_and_the_name_is_not_sent(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    for words in ("没有", "实名", "张三丰"):
        await talk.say(words, "nlu_fallback")
    assert "8 方式：匿名" in await talk.say("方式改成匿名", "correct")
    assert report_body(talk.tracker.current_slot_values(), "o-1")["reporter"] is None


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    reply = await talk.say("身份证丢了要带什么？", "ask_guide", service_item="id_card_replacement", aspect="materials")
    assert "【身份证丢失补领】材料" in reply and reply.endswith("没有就说“没有”，以后也能补。")
    assert "投诉举报还没有填完" in await talk.say("我的办件到哪一步了", "query_progress")
    assert talk.form == "report_form" and "匿名还是实名" in await talk.say("没有", "deny")


async def test_a_story_that_reads_like_a_question_stays_a_story(talk: Talk) -> None:
    await talk.say("我要投诉", "file_report")
    await talk.say("乱收费", "nlu_fallback")
    await talk.say("为什么补办身份证窗口收了我一百块钱，工作人员还说爱办不办，这合理吗", "ask_guide", service_item="id_card_replacement")
    assert talk.slot("report_content").startswith("为什么补办身份证") and talk.slot("requested_slot") == "report_occurred_at"


async def test_leaving_keeps_nothing(talk: Talk) -> None:
    await tell_tip(talk)
    assert await talk.say("退出", "cancel") == "已退出，刚才填的都没有保存。"
    assert talk.form is None and talk.slot("report_content") is None and not talk.context.deferred


async def test_a_person_in_the_middle_gets_what_was_written(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    reply = await talk.say("人工", "request_handoff", decision="handoff")
    assert "刚才填的内容会一并交给工作人员" in reply and talk.form is None and talk.tracker.is_paused()


async def test_three_invalid_answers_offer_a_person_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    for words in ("没有", "实名", "张三丰"):
        await talk.say(words, "nlu_fallback")
    replies = [await talk.say(words, "nlu_fallback") for words in ("12345", "不知道", "138")]
    assert ["可以请工作人员帮您" in reply for reply in replies] == [False, False, True]
    assert all("请留一个联系电话" in reply for reply in replies)
    assert "请核对" in await talk.say("13812345678", "nlu_fallback")


async def test_who_is_asked_for_a_name_may_still_stay_anonymous(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    await talk.say("我不想提供这些", "deny")
    assert talk.slot("report_evidence") == [] and "您的姓名" in await talk.say("实名", "nlu_fallback")
    assert "这不像姓名" in await talk.say("我不想说", "nlu_fallback") and "8 方式：匿名" in await talk.say("那还是匿名吧", "nlu_fallback")


async def test_pictures_are_kept_whenever_they_come(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    assert "材料收到了" in await talk.say("〔图片〕", "add_evidence", media="E-0000000000000001")
    await talk.say("〔视频〕", "add_evidence", media="E-0000000000000002")
    assert talk.slot("report_evidence") == [{"kind": "image", "ref": "E-0000000000000001"}, {"kind": "video", "ref": "E-0000000000000002"}]
    assert "7 材料：2 份" in await talk.say("匿名", "nlu_fallback")
    assert "已收到，编号" in await talk.say("确认", "affirm")


async def test_danger_in_a_report_shows_the_card_and_the_form_waits(talk: Talk) -> None:
    await talk.say(TIP, "file_report")
    reply = await talk.say("他拿刀砍我救命", "emergency", decision="emergency")
    assert "110" in reply and "12110" in reply and talk.tracker.is_paused() and talk.form == "report_form"
    talk.resume()
    assert "匿名还是实名" in await talk.say("没有", "deny")
