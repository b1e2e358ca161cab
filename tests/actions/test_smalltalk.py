"""Talking itself: greeting, leaving, saying it again."""

from __future__ import annotations

import pytest

from tests.actions.talk import Talk


@pytest.mark.parametrize(
    ("words", "intent", "answer"),
    [
        ("你好", "greet", "我是微警"), ("谢谢", "thank", "不客气"), ("再见", "goodbye", "再见"), ("好的", "affirm", "直接说就行"),
        ("不用", "deny", "直接说就行"), ("你会什么", "help", "我能做这些"), ("你几岁", "smalltalk", "我在呢"),
        ("股票涨了吗", "out_of_scope", "12345"), ("不对，是另一个", "correct", "再说一遍"), ("退出", "cancel", "没有在填的内容"),
    ],
)  # fmt: skip
async def test_outside_forms(talk: Talk, words: str, intent: str, answer: str) -> None:
    assert answer in await talk.say(words, intent)


async def test_the_last_reply_is_said_again_with_its_buttons(talk: Talk) -> None:
    said = await talk.bubbles("身份证丢了", "ask_guide", service_item="id_card_replacement")
    again = await talk.bubbles("再说一遍", "repeat")
    assert again[-1]["text"] == said[-1]["text"] and again[-1].get("buttons") == said[-1].get("buttons")


async def test_nothing_to_repeat_helps(talk: Talk) -> None:
    assert "我能做这些" in await talk.say("再说一遍", "repeat")


async def test_in_a_form_the_open_question_is_asked_again_once(talk: Talk) -> None:
    await talk.say("查进度", "query_progress")
    reply = await talk.say("没听清，再说一遍", "repeat")
    assert reply.startswith("好的，再说一遍。") and reply.count("请发来编号") == 1


@pytest.mark.parametrize(
    ("words", "intent", "answer"), [("你好", "greet", "我是微警"), ("谢谢", "thank", "不客气"), ("你能做什么", "help", "您正在填：查进度")]
)
async def test_small_talk_in_a_form_is_answered_and_the_form_goes_on(talk: Talk, words: str, intent: str, answer: str) -> None:
    await talk.say("查进度", "query_progress")
    reply = await talk.say(words, intent)
    assert answer in reply and reply.endswith("在受理回执上。") and talk.form == "progress_form"
