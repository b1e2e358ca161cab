"""A report is guided by its topic: advice once, a question only when the story leaves it open, urgency with its reasons, and who else is competent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk


async def tell(talk: Talk, story: str, *more: str) -> str:
    """The story, then what is still asked; the last reply."""
    reply = await talk.say(story, "file_report")
    for words in more:
        reply = await talk.say(words, "nlu_fallback")
    return reply


def sent(talk: Talk) -> dict[str, Any]:
    """The body that was kept for the backend."""
    assert talk.context.cipher is not None
    body: dict[str, Any] = json.loads(talk.context.cipher.decrypt(talk.context.deferred[0].encode()))["body"]
    return body


@pytest.mark.parametrize(
    ("story", "advice"),
    [
        ("我要举报有人吸毒，昨天晚上在幸福路8号", "谁举报的我们保密"),
        ("我要举报昨天下午有人私藏枪支在幸福路8号", "不要碰"),
        ("举报有人搞非法集资，上周三在幸福路8号", "地方金融管理部门"),
        ("举报仓库违规作业堵了消防通道，今天在幸福路8号", "12350"),
        ("举报昨天晚上在幸福小区邻居噪音扰民吵得睡不着", "调解"),
    ],
)
async def test_each_topic_has_its_advice_and_says_it_once(talk: Talk, story: str, advice: str) -> None:
    assert advice in await talk.say(story, "file_report")
    assert advice not in await talk.say("没有", "deny")


async def test_fraud_asks_for_the_money_and_fresh_money_gets_the_stop_payment_first(talk: Talk, backend: BackendProcess) -> None:
    asked = await tell(talk, "我要举报，今天上午在网上被骗了，对方冒充客服", "线上", "不是")
    assert "钱转出去了吗" in asked and "紧急止付" not in asked
    bubbles = await talk.bubbles("刚刚转了", "nlu_fallback")
    assert "紧急止付" in bubbles[0]["text"] and "96110" in bubbles[0]["text"] and "材料吗" in bubbles[1]["text"]
    assert talk.slot("report_urgency") == {"level": "high", "reasons": ["钱正在或刚刚被骗走"], "topic": "诈骗"}
    assert "7 转账情况：刚刚转了" in await tell(talk, "没有", "匿名")
    backend.kill()
    await talk.say("确认", "affirm")
    assert sent(talk)["details"] == [{"name": "转账情况", "value": "刚刚转了"}]


@pytest.mark.parametrize("story", ["我要举报，昨天晚上在幸福路8号被骗了，转了三万块给对方", "我要举报，昨天晚上在幸福路8号有一伙人打电话冒充客服骗人"])
async def test_nothing_is_asked_that_the_story_tells_or_that_is_not_about_its_teller(talk: Talk, story: str) -> None:
    assert "材料吗" in await tell(talk, story)


async def test_noise_asks_who_has_tried_to_stop_it(talk: Talk) -> None:
    assert "有人劝过吗" in await tell(talk, "我要举报昨天晚上在幸福小区3栋邻居噪音扰民")
    assert "材料吗" in await talk.say("不知道", "nlu_fallback") and talk.slot("report_detail") == "不清楚"
    assert talk.slot("report_urgency")["level"] == "low"
    other = "我要举报昨天晚上在幸福小区3栋邻居噪音扰民，物业说了几次没用"
    await talk.say("退出", "cancel")
    assert "材料吗" in await tell(talk, other)


async def test_another_topic_has_other_questions(talk: Talk) -> None:
    await tell(talk, "我要举报昨天晚上在幸福小区3栋邻居噪音扰民", "物业劝过还在吵", "没有", "匿名")
    assert "劝阻情况" not in await talk.say("种类改成赌博", "correct") and talk.slot("report_detail") is None


async def test_an_answer_is_corrected_by_its_number_and_by_its_name(talk: Talk) -> None:
    await tell(talk, "我要举报昨天晚上在幸福小区3栋邻居噪音扰民", "没人劝过", "没有", "匿名")
    assert "7 劝阻情况：居委会来过" in await talk.say("第7项改成居委会来过", "correct")
    assert "7 劝阻情况：物业来过" in await talk.say("劝阻情况改成物业来过", "correct")
    assert "9 方式：实名" not in await talk.say("第9项改成匿名", "correct") and talk.slot("report_mode") == "匿名"


async def test_a_complaint_asks_for_unit_and_other_ways_only_when_they_are_open(talk: Talk, backend: BackendProcess) -> None:
    assert "哪个单位" in await tell(talk, "我要投诉，上周三下午在人民路有个穿制服的开车撞了我的摊子还骂人")
    assert "信访已经在办" in await talk.say("不知道", "nlu_fallback")
    assert "材料吗" in await talk.say("没有", "deny")
    await talk.say("退出", "cancel")
    assert "材料吗" in await tell(talk, "我要投诉城关派出所，上周三下午在城关派出所窗口不受理我的报案，我已经去信访了")


async def test_what_is_not_ours_is_told_at_once_and_may_be_filed_all_the_same(talk: Talk) -> None:
    reply = await tell(talk, "我要举报，上个月起在幸福路8号的厂里老板拖欠工资三个月不发")
    assert "12333" in reply and "24 小时" in reply and talk.form == "report_form"


async def test_urgency_moves_the_handoff_forward_and_does_not_outlive_the_report(talk: Talk) -> None:
    await tell(talk, "我要举报，现在在幸福路8号有人拿着猎枪，正在发生")
    assert talk.slot("report_urgency")["level"] == "critical"
    await talk.say("人工", "request_handoff", decision="handoff")
    assert talk.slot("report_urgency")["level"] == "critical", "staff see it with the report that is handed over"
    talk.resume()
    await talk.say("人工", "request_handoff", decision="handoff")
    assert talk.slot("report_urgency") is None
