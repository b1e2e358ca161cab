"""Questions, progress, handing over and danger through the whole trained bot."""

from __future__ import annotations

from rasa.core.agent import Agent
from rasa.shared.core.events import ConversationResumed

from actions.phrases import INTENTS
from tests.actions.chat import Chat
from tests.actions.conftest import BackendProcess


async def test_a_question_its_follow_up_and_another_item(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    assert "【身份证丢失补领】材料" in await chat.say("身份证丢了补办要带什么")
    assert "40元" in await chat.say("要多少钱")
    assert "【居住证申领】" in await chat.say("居住证怎么办")


async def test_a_tap_on_each_button_of_an_answer_is_understood(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    buttons = (await chat.bubbles("身份证丢了补办要带什么"))[-1]["buttons"]
    for button in buttons:
        assert f"【身份证丢失补领】{button['title']}" in await Chat(agent).say(button["payload"])


async def test_a_tap_on_each_menu_button_does_what_it_says(agent: Agent, backend: BackendProcess) -> None:
    for intent, words in INTENTS.items():
        chat = Chat(agent)
        await chat.say(words)
        heard = [event for event in (await chat.tracker()).events if event.type_name == "user"][-1].intent["name"]
        assert heard in {intent, *({"query_progress", "query_case"} if intent.startswith("query") else ())}, words


async def test_progress_with_a_wrong_proof_first(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    assert "请发来编号" in await chat.say("查一下我的办件进度")
    assert "再发一项证明" in await chat.say("A2026-000101")
    assert "还可以试 2 次" in await chat.say("13900000000")
    assert "身份证丢失补领（A2026-000101）" in await chat.say("19900000001")


async def test_a_person_and_back(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    await chat.say("转人工")
    assert await chat.say("在吗") == ""
    tracker = await chat.tracker()
    tracker.update(ConversationResumed())
    await agent.tracker_store.save(tracker)
    assert "【身份证丢失补领】" in await chat.say("身份证丢了补办要带什么")


async def test_danger_shows_the_card_and_calls_staff(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    reply = await chat.say("我老公在打我救命")
    assert "110" in reply and "12110" in reply and (await chat.tracker()).is_paused() and await chat.slot("handoff_reason") == "emergency"
