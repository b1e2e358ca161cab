"""Notices through the whole trained bot, turns counted."""

from __future__ import annotations

from statistics import median

import pytest
from rasa.core.agent import Agent

from actions.client import backend as client
from tests.actions.chat import Chat
from tests.actions.conftest import BackendProcess

ONE_TURN = {
    "最近都有哪些诈骗手法": "最近的反诈预警",
    "今天鼓楼区哪里交通管制": "最近的鼓楼区交通管制",
    "公安局最近发了什么公告": "最近的通知",
    "收到一条公安短信通知是真的假的": "拿不准先当假的",
    "明天限行吗": "没有限行的通知",
    "以后有新的诈骗预警提醒我": "订好了：反诈预警。",
    "帮我订阅台江区交通管制": "订好了：交通管制（台江区）",
    "我订阅了哪些通知": "没有订阅",
}


async def test_most_are_answered_in_one_turn(agent: Agent, backend: BackendProcess) -> None:
    turns = []
    for said, answer in ONE_TURN.items():
        chat = Chat(agent)
        assert answer in await chat.say(said), said
        turns.append(chat.turns)
    chat = Chat(agent)
    await chat.say("有公告的话推送给我")
    assert "订好了：交通管制" in await chat.say("订阅交通管制")
    assert median([*turns, chat.turns]) == 1


async def test_subscribing_narrowing_stopping_one_and_all(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say("订阅反诈预警和交通管制")
    assert "反诈预警、交通管制" in await chat.say("我订阅了什么")
    assert "交通管制（鼓楼区）" in await chat.say("订阅鼓楼区交通管制")
    assert "您还订着：反诈预警" in await chat.say("退订交通管制")
    assert "办件进度和反诈预警都不再通知" in await chat.say("别再通知我")
    assert await client().notice_subscriptions(chat.openid) == []


async def test_a_fraud_that_is_told_of_in_between_comes_first(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say("最近有什么诈骗")
    reply = await chat.say("我刚被骗了转了钱")
    assert "110" in reply and "96110" in reply


@pytest.mark.parametrize(("said", "intent"), [("被骗了怎么报案", "ask_guide"), ("我要举报有人刷单", "file_report"), ("有进展通知我一声", "follow_progress")])
async def test_what_only_sounds_like_it_goes_elsewhere(agent: Agent, backend: BackendProcess, said: str, intent: str) -> None:
    chat = Chat(agent)
    await chat.say(said)
    assert (await chat.tracker()).latest_message.intent["name"] == intent
