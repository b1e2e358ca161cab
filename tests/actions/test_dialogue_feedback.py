"""Ratings, letters and surveys through the whole trained bot, turns counted."""

from __future__ import annotations

from statistics import median

from rasa.core.agent import Agent

from actions.client import backend as client
from tests.actions.chat import Chat
from tests.actions.conftest import BackendProcess
from tests.actions.test_changes import step
from tests.actions.test_progress_matters import report


async def told(chat: Chat, *words: str) -> str:
    """Say these words; answers the last reply."""
    return [await chat.say(one) for one in words][-1]


async def with_finished(agent: Agent) -> Chat:
    """Somebody whose report is done."""
    chat = Chat(agent)
    number = await report(chat.openid)
    await client().subscribe(chat.openid, number)
    await step(number, "done", "办结")
    return chat


async def test_a_rating_takes_at_most_three_turns(agent: Agent, backend: BackendProcess) -> None:
    turns = []
    short = (("评价", "都优", "没有"), ("我要评价", "质量优，程序良，态度优，小李很耐心"))
    talks = (*short, ("给个好评", "没有"), ("我想给这次服务评个分", "优良优", "没有了，谢谢"))
    for words in talks:
        chat = await with_finished(agent)
        assert "已记在" in await told(chat, *words), words
        turns.append(chat.turns)
    assert max(turns) <= 3 and median(turns) <= 3


async def test_a_bad_one_with_a_correction_and_a_question_in_between(agent: Agent, backend: BackendProcess) -> None:
    chat = await with_finished(agent)
    assert "手续流程呢" in await told(chat, "评价", "质量优，态度差")
    reply = await chat.say("身份证丢了补办要多少钱？")
    assert "【身份证丢失补领】费用" in reply and "手续流程呢" in reply
    assert "流程差，态度良" in await told(chat, "流程差", "态度改成良")
    assert "督察部门会有人来看" in await chat.say("跑了三趟，每次都说少一样材料")


async def test_a_letter_takes_three_to_five_turns(agent: Agent, backend: BackendProcess) -> None:
    short, long = Chat(agent), Chat(agent)
    assert "信已收到" in await told(short, "给局长写信，建议在示例路小学门口早晚高峰各派一名辅警疏导", "不留", "确认寄出")
    question = "请问外地户口的孩子转学要不要先办居住证"
    assert "信已收到" in await told(long, "局长信箱", "咨询", question, "王小明 13900000000", "确认")
    assert (short.turns, long.turns) == (3, 5)


async def test_a_survey_takes_a_turn_a_question(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    assert "3/4" in await told(chat, "有什么问卷吗", "4分", "偶尔")
    assert "答过的留着" in await chat.say("退出")
    assert "4/4" in await told(chat, "继续答问卷", "电信诈骗、噪声扰民")
    assert "答完了" in await chat.say("小区路灯坏了怎么没人修")
