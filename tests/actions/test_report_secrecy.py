"""Secrecy: what gives an anonymous reporter away is hidden before it is sent, and a sealed name reaches nobody but the seal."""

from __future__ import annotations

import json
from typing import Any

from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk

STORY = "我要举报，昨天晚上9点在幸福路菜市场门口有人聚众赌博，我叫张三丰，我的电话13812345678"
OTHERS = "我要举报，昨天晚上9点在幸福路菜市场门口有人聚众赌博，他叫李大明，对方电话13987654321"


async def to_mode(talk: Talk, story: str, mode: str) -> str:
    """The story, no material, and how."""
    await talk.say(story, "file_report")
    await talk.say("没有", "deny")
    return await talk.say(mode, "nlu_fallback")


def sent(talk: Talk) -> dict[str, Any]:
    """The body that was kept for the backend, masks opened as they would be for sending."""
    (sealed,) = talk.context.deferred
    assert talk.context.cipher is not None
    body: dict[str, Any] = json.loads(talk.context.cipher.decrypt(sealed.encode()))["body"]
    return body


async def test_a_name_and_phone_in_an_anonymous_story_are_not_sent(talk: Talk, backend: BackendProcess) -> None:
    asked = await to_mode(talk, STORY, "匿名")
    assert "张**" in asked and "138****5678" in asked and "隐去" in asked
    assert "姓名电话：隐去" in await talk.say("隐去", "nlu_fallback")
    backend.kill()
    await talk.say("确认", "affirm")
    body = sent(talk)
    assert "张三丰" not in str(body) and "13812345678" not in str(body) and "聚众赌博" in body["content"]
    assert "姓名已隐去" in body["content"] and body["reporter"] is None


async def test_who_does_not_answer_the_question_stays_hidden(talk: Talk, backend: BackendProcess) -> None:
    await to_mode(talk, STORY, "匿名")
    await talk.say("不知道", "nlu_fallback")
    backend.kill()
    await talk.say("确认", "affirm")
    assert "张三丰" not in str(sent(talk))


async def test_what_belongs_to_somebody_else_is_sent_and_not_asked_about(talk: Talk, backend: BackendProcess) -> None:
    assert "请核对" in await to_mode(talk, OTHERS, "匿名")
    backend.kill()
    await talk.say("确认", "affirm")
    assert "李大明" in sent(talk)["content"] and "13987654321" in sent(talk)["content"]


async def test_it_is_asked_once_and_may_be_kept(talk: Talk, backend: BackendProcess) -> None:
    await to_mode(talk, "我要举报，昨天晚上9点在幸福路菜市场门口有人聚众赌博，电话13987654321", "匿名")
    assert "请核对" in await talk.say("是对方的，保留", "nlu_fallback")
    backend.kill()
    await talk.say("确认", "affirm")
    assert "13987654321" in sent(talk)["content"]


async def test_a_corrected_story_is_asked_about_again(talk: Talk) -> None:
    await to_mode(talk, STORY, "匿名")
    await talk.say("保留", "nlu_fallback")
    assert "隐去" in await talk.say("经过改成菜市场门口有人赌博，打我电话13711112222", "correct")


async def test_under_a_name_nothing_is_hidden_or_asked(talk: Talk) -> None:
    assert "联系电话" in await to_mode(talk, STORY, "实名")
    assert "请核对" in await talk.say("13812345678", "nlu_fallback") and talk.slot("report_hiding") is None


async def test_a_sealed_report_asks_for_the_name_and_goes_as_sealed(talk: Talk, backend: BackendProcess) -> None:
    assert "您的姓名" in await to_mode(talk, OTHERS, "实名保密")
    await talk.say("张三丰", "nlu_fallback")
    assert "方式：实名保密" in await talk.say("13812345678", "nlu_fallback")
    backend.kill()
    await talk.say("确认", "affirm")
    body = sent(talk)
    assert body["mode"] == "sealed" and body["reporter"] == {"name": "张三丰", "phone": "13812345678"}


async def test_asking_whether_it_stays_secret_chooses_no_mode(talk: Talk) -> None:
    await talk.say("举报有人在幸福路小区里贩毒会保密吗", "file_report")
    assert talk.slot("report_mode") is None
