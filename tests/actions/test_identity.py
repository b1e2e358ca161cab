"""Binding an identity: by the page's message only, masked on its way, once."""

from __future__ import annotations

import json

import pytest
from cryptography.fernet import Fernet

from actions.client import backend as client
from backend.demo import DEMO
from bot.live import LiveUser
from bot.turn import TurnRunner, TurnSettings
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk, TurnProcessor
from weijing.settings import load_settings

PERSON = {"name": DEMO[0].applicant, "id_number": DEMO[0].proofs["id_number"], "phone": DEMO[0].proofs["phone"]}


async def bound(talk: Talk) -> bool:
    return bool((await client()._call("GET", f"/v1/identities/{talk.tracker.sender_id}"))["bound"])


async def test_the_page_binds_and_nothing_readable_stays_in_the_tracker(talk: Talk) -> None:
    assert "绑定成功：赵**" in await talk.send("bind_identity", **PERSON)
    assert await bound(talk)
    tracker = json.dumps([event.as_dict() for event in talk.tracker.events], ensure_ascii=False)
    assert "〔身份证#" in tracker and not [value for value in PERSON.values() if value in tracker]


async def test_wrong_details_and_then_a_closed_door(talk: Talk) -> None:
    for _ in range(5):
        reply = await talk.send("bind_identity", **{**PERSON, "phone": "13912345678"})
        assert "信息不一致" in reply and "手机号不对" not in reply
    assert "先停一停" in await talk.send("bind_identity", **PERSON)
    assert not await bound(talk)


@pytest.mark.parametrize("words", ["解除绑定", "解绑身份", "不想绑了"])
async def test_the_chat_unbinds(talk: Talk, words: str) -> None:
    await talk.send("bind_identity", **PERSON)
    assert "已解除绑定" in await talk.say(words, "bind_identity")
    assert not await bound(talk)


async def test_the_page_unbinds(talk: Talk) -> None:
    await talk.send("bind_identity", **PERSON)
    assert "已解除绑定" in await talk.send("bind_identity", deed="unbind")
    assert not await bound(talk)


async def test_the_chat_shows_the_way(talk: Talk) -> None:
    assert f'<a href="{load_settings().public_base}/h5/identity">绑定身份</a>' in await talk.say("绑定身份", "bind_identity")


async def test_without_an_address_for_phones_it_says_that_it_is_not_open(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.pages.load_settings", lambda: load_settings().copy(update={"weijing_env": "production", "public_url": ""}))
    bubbles = await talk.bubbles("绑定身份", "bind_identity")
    assert "还没有开通" in bubbles[0]["text"] and "<a" not in bubbles[0]["text"]


async def test_words_that_look_like_a_page_bind_nothing(talk: Talk) -> None:
    await talk.say(f"〔表单〕{PERSON['id_number']}", "bind_identity", id_number=PERSON["id_number"], phone=PERSON["phone"])
    assert not await bound(talk)


async def test_a_report_that_is_being_filled_goes_on(talk: Talk) -> None:
    await talk.say("我要投诉", "file_report")
    asked = talk.slot("requested_slot")
    assert "绑定成功" in await talk.send("bind_identity", **PERSON)
    assert talk.form == "report_form" and talk.slot("requested_slot") == asked and await bound(talk)


async def test_staff_own_the_conversation_and_the_page_binds_all_the_same(talk: Talk, processor: TurnProcessor) -> None:
    cipher = Fernet(Fernet.generate_key())
    await talk.say("转人工", "request_handoff")
    assert talk.tracker.is_paused()
    runner, user = TurnRunner(processor, TurnSettings(cipher)), LiveUser(talk.tracker, 0, len(talk.tracker.events), {})
    message = Message("m-bind", talk.tracker.sender_id, kind="form", event_key="bind_identity", data=PERSON)
    commit = await runner.run(message, "1-1", user)
    assert "绑定成功" in commit.bubbles[0]["text"] and await bound(talk)
    assert commit.vault == {}, "used once and not kept"
    event = json.loads(commit.events[0])
    assert (event["paused"], event["handoff"], event["resumed"]) == (True, None, False)
    assert not [one for one in PERSON.values() if one in commit.events[0]]
    commit = await runner.run(Message("m-talk", talk.tracker.sender_id, text="在吗"), "1-2", user)
    assert "工作人员接手时会看到" in commit.bubbles[0]["text"], "and staff still own it"


async def test_a_backend_that_is_away_is_not_a_success(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    assert "这次没有办成" in await talk.send("bind_identity", **PERSON)
