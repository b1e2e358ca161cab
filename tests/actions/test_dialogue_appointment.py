"""Appointments through the whole trained bot, turns counted."""

from __future__ import annotations

import re

from rasa.core.agent import Agent

from tests.actions.chat import Chat
from tests.actions.conftest import BackendProcess

CONTACT = "李小明 13812345678"


async def book(chat: Chat, *words: str) -> int:
    """Say these words; answers how many turns it took until the number came, and cancels it again."""
    replies = [await chat.say(one) for one in words]
    assert re.search(r"预约号 Y\d{4}-\d{6}", replies[-1]), replies[-1]
    turns = chat.turns
    assert "要取消这个预约吗" in await chat.say("取消预约")
    assert "已取消" in await chat.say("确认取消")
    return turns


async def test_booking_takes_at_most_four_turns(agent: Agent, backend: BackendProcess) -> None:
    turns = [
        await book(Chat(agent), "预约办护照", "上海示例出入境接待大厅", "周三上午十点", CONTACT),
        await book(Chat(agent), "我想预约下周二下午办身份证", "上海示例户政大厅", CONTACT),
        await book(Chat(agent), "身份证丢了怎么补办", "帮我预约", "北京示例户政大厅", "最早的", CONTACT) - 1,
        await book(Chat(agent), "约下周四下午去上海示例户政大厅办居住证", CONTACT),
    ]
    assert max(turns) <= 4 and sorted(turns) == [2, 3, 4, 4]


async def test_a_correction_a_question_and_a_move(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in ("预约车管所", "广州示例车管所", "下周一上午"):
        await chat.say(words)
    assert "15:30" in await chat.say("时间改成下周二下午三点半")
    reply = await chat.say("身份证丢了补办要多少钱？")
    assert "【身份证丢失补领】费用" in reply and "还没有约上" in reply
    number = re.findall(r"Y\d{4}-\d{6}", await chat.say(CONTACT))[0]
    assert number in await chat.say("我的预约")
    assert "这些时间有空号" in await chat.say("改约")
    assert "对吗" in await chat.say("下周三上午") and "改好了" in await chat.say("确认")
    await chat.say("取消预约")
    assert f"已取消 {number}" in await chat.say("确认取消")


async def test_a_backend_killed_before_the_end_promises_nothing(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in ("预约办护照", "上海示例出入境接待大厅", "最早的"):
        await chat.say(words)
    backend.kill()
    assert "不会约重" in await chat.say(CONTACT) and not chat.context.deferred
    assert "已退出" in await chat.say("退出") and await chat.form() is None
