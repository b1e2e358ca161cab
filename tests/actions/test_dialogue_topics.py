"""Questions, progress, handing over and danger through the whole trained bot."""

from __future__ import annotations

from uuid import uuid4

from rasa.core.agent import Agent
from rasa.shared.core.events import ConversationResumed

from actions import client
from actions.phrases import INTENTS
from backend.demo import DEMO
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
        said = await Chat(agent).say(button["payload"])
        assert (f"【身份证丢失补领】{button['title']}" in said) or (button["title"] == "预约窗口" and "预约" in said), button


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


async def test_what_is_one_s_own_takes_one_turn_and_its_details_two(agent: Agent, backend: BackendProcess) -> None:
    chat, who = Chat(agent), DEMO[0]
    person = {"name": who.applicant, "id_number": who.proofs["id_number"], "phone": who.proofs["phone"]}
    await client.backend().bind_identity({"openid": chat.openid, **person}, uuid4().hex)
    for words in ("我的办件", "办到哪了", "帮我看看我的办件"):
        (bubble,) = await chat.bubbles(words)
        assert "您名下有 2 件" in bubble["text"], words
    turns = chat.turns
    details = await chat.say(bubble["buttons"][1]["payload"])
    assert "身份证丢失补领（A2026-000101）" in details and chat.turns == turns + 1
    assert "有变化我会发消息" in await chat.say("有变化告诉我")
    assert "不再通知" in await chat.say("别再通知我")
    assert "电动自行车被盗" in await chat.say(bubble["buttons"][0]["payload"])


async def test_by_number_and_proof_it_takes_three_turns_at_most(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    for words in ("案件进展", "K2026-000101", "19900000001"):
        reply = await chat.say(words)
    assert "电动自行车被盗（K2026-000101）" in reply and chat.turns == 3


async def test_a_report_is_withdrawn_in_four_turns_with_a_question_between(agent: Agent, backend: BackendProcess) -> None:
    chat = Chat(agent)
    filed = await client.backend().submit_report({"kind": "tip", "topic": "赌博", "content": f"示例路{chat.openid}", "mode": "anonymous"}, uuid4().hex)
    assert "请发来要撤回的编号" in await chat.say("我想撤回举报")
    assert "请发来这件的查询码" in await chat.say(filed["report_no"])
    assert "【身份证丢失补领】" in await chat.say("身份证丢了补办要带什么")
    assert f"确认撤回 {filed['report_no']} 吗" in await chat.say(filed["query_code"])
    assert f"已撤回 {filed['report_no']}" in await chat.say("确认撤回") and chat.turns == 5


async def test_a_no_to_the_withdrawal_leaves_everything_as_it_was(agent: Agent, backend: BackendProcess) -> None:
    for words in ("不撤回", "算了", "不撤了"):
        chat = Chat(agent)
        await chat.say("撤回J2026-000777，查询码2222-222A")
        await chat.say(words)
        assert await chat.form() is None, words


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
