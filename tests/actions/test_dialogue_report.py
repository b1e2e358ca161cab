"""Reports through the whole trained bot: its own NLU, Rasa's Agent, our actions, the real backend."""

from __future__ import annotations

import json
import re

from rasa.core.agent import Agent

from tests.actions.chat import Chat
from tests.actions.conftest import BackendProcess

TIP = "我要举报，昨天晚上9点在幸福路菜市场门口有十几个人聚众赌博"


async def test_everything_in_the_first_message_is_filed_in_at_most_six_turns(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    assert "《个人信息保护法》" in await chat.say(TIP)
    await chat.say("没有")
    summary = await chat.say("匿名")
    assert "2 种类：赌博" in summary and "4 时间：昨天晚上9点" in summary and "5 地点：幸福路菜市场门口" in summary
    assert re.search(r"编号 J\d{4}-\d{6}，查询码 \w{4}-\w{4}", await chat.say("确认提交")) and chat.turns <= 6


async def test_a_complaint_in_pieces_and_out_of_order(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say("我要投诉")
    assert "哪方面" in await chat.say("上周三下午")
    for words in ("服务态度", "办证民警让我跑了三趟还不耐烦地骂人", "城关派出所窗口", "没有", "没有", "实名", "张三"):
        await chat.say(words)
    summary = await chat.say("13812345678")
    assert "4 时间：上周三下午" in summary and "5 地点：城关派出所窗口" in summary and "11 电话：138****5678" in summary
    assert "已收到，编号 J" in await chat.say("确认")


async def test_earlier_fields_are_corrected(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in (TIP, "没有", "匿名"):
        await chat.say(words)
    assert "5 地点：解放路电影院" in await chat.say("地址改成解放路电影院")
    assert "4 时间：前天晚上" in await chat.say("时间不对，是前天晚上")
    assert "3 经过：二楼有人开设赌场每天收台费" in await chat.say("第3项改成二楼有人开设赌场每天收台费")
    assert "哪里要改" in await chat.say("我要修改")
    assert "已收到，编号 J" in await chat.say("没问题")


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say(TIP)
    reply = await chat.say("身份证丢了补办要多少钱？")
    assert "【身份证丢失补领】费用" in reply and reply.endswith("以后也能补。")
    assert await chat.form() == "report_form" and "匿名还是实名" in await chat.say("没有")


async def test_leaving_and_a_person_work_at_once(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say(TIP)
    assert "都没有保存" in await chat.say("退出") and await chat.form() is None and await chat.slot("report_content") is None
    await chat.say(TIP)
    assert "刚才填的内容会一并交给工作人员" in await chat.say("人工") and (await chat.tracker()).is_paused()


async def test_three_invalid_answers_offer_a_person(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in (TIP, "没有"):
        await chat.say(words)
    replies = [await chat.say(words) for words in ("随便", "不知道", "你定")]
    assert "可以请工作人员帮您" in replies[-1] and all("请选“匿名”或“实名”" in reply for reply in replies)
    assert "请核对" in await chat.say("匿名")


async def test_what_happens_now_gets_110_first(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say("我要举报楼下有人聚众赌博扰民")
    reply = await chat.say("正在发生")
    assert "请先打 110" in reply and "在哪里" in reply and await chat.slot("report_occurred_at") == "现在"
    assert await chat.form() == "report_form"


async def test_backend_killed_before_the_confirmation_keeps_the_report(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in (TIP, "没有", "匿名"):
        await chat.say(words)
    backend.kill()
    reply = await chat.say("确认")
    (kept,) = [json.loads(call) for call in chat.context.deferred]
    assert "本地回执 L-" + kept["idempotency_key"][:8].upper() in reply and "还没有正式编号" in reply
    assert kept["method"] == "POST" and kept["path"] == "/v1/reports" and kept["body"]["mode"] == "anonymous" and kept["body"]["reporter"] is None
