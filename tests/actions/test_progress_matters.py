"""All matters of a bound user in one answer, and hearing of their changes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from actions.client import backend as client
from backend.demo import DEMO
from store.message import Bubble
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.settings import load_settings

PERSON = {"name": DEMO[0].applicant, "id_number": DEMO[0].proofs["id_number"], "phone": DEMO[0].proofs["phone"]}
NUMBER, CASE = "A2026-000101", "K2026-000101"


async def report(openid: str, mode: str = "named") -> str:
    """A report of this user; its number."""
    body = {"kind": "tip", "topic": "赌博", "content": f"示例路有人聚众赌博 {uuid4().hex}", "mode": mode, "openid": openid}
    receipt = await client().submit_report({**body, "reporter": {"name": "示例人", "phone": "13900000000"} if mode == "named" else None}, uuid4().hex)
    return str(receipt["report_no"])


def payloads(bubbles: list[Bubble]) -> list[str]:
    return [button["payload"] for bubble in bubbles for button in bubble.get("buttons", [])]


async def test_a_bound_user_gets_everything_in_one_answer_and_details_in_two(talk: Talk) -> None:
    await talk.send("bind_identity", **PERSON)
    number, hidden = await report(talk.tracker.sender_id), await report(talk.tracker.sender_id, "anonymous")
    bubbles = await talk.bubbles("我的办件", "query_progress")
    assert payloads(bubbles) == [f"查{number}", f"查{CASE}", f"查{NUMBER}"] and talk.form is None
    assert "您名下有 3 件" in bubbles[0]["text"] and hidden not in str(bubbles) and "身份证丢失补领" in bubbles[0]["buttons"][2]["title"]
    details = [await talk.say(payload, "query_progress") for payload in payloads(bubbles)]
    assert "举报：赌博" in details[0] and "正在办理" in details[1] and f"（{NUMBER}）" in details[2]
    assert talk.form is None and talk.slot("proof") is None


async def test_what_is_not_one_s_own_takes_a_proof_all_the_same(talk: Talk) -> None:
    await talk.send("bind_identity", **PERSON)
    assert "再发一项证明" in await talk.say("查A2026-000102", "query_progress")
    assert "（A2026-000102）" in await talk.say("19900000002", "nlu_fallback")


async def test_a_bound_user_with_nothing_is_told_so(talk: Talk) -> None:
    other = DEMO[11]
    await talk.send("bind_identity", name=other.applicant, id_number=other.proofs["id_number"], phone=other.proofs["phone"])
    assert "您名下有 1 件" in await talk.say("我的办件", "query_progress")


async def test_who_is_not_bound_is_offered_it_in_one_line_and_asked_for_a_number(talk: Talk) -> None:
    reply = await talk.say("我的办件", "query_progress")
    assert f'先<a href="{load_settings().public_base}/h5/identity">绑定身份</a>' in reply.splitlines()[0] and "请发来编号" in reply
    assert "绑定" not in await talk.say("不记得了", "nlu_fallback"), "said once"


async def test_binding_in_the_middle_answers_the_question_for_a_number(talk: Talk) -> None:
    await talk.say("我的办件", "query_progress")
    assert "请发来编号" not in await talk.send("bind_identity", **PERSON) and talk.form is None
    assert "您名下有" in await talk.say("我的办件", "query_progress")


async def test_without_pages_nothing_is_offered(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.pages.load_settings", lambda: load_settings().copy(update={"weijing_env": "production", "public_url": ""}))
    assert "绑定" not in await talk.say("我的办件", "query_progress")


async def test_backend_away_leads_on_by_number_and_says_so_then(talk: Talk, backend: BackendProcess) -> None:
    await talk.send("bind_identity", **PERSON)
    backend.kill()
    assert "请发来编号" in await talk.say("我的办件", "query_progress")
    await talk.say(NUMBER, "nlu_fallback")
    assert "不是您的办件有问题" in await talk.say(PERSON["phone"], "nlu_fallback") and talk.form is None


async def test_what_was_looked_up_is_followed_and_left(talk: Talk, backend: BackendProcess) -> None:
    assert "要跟哪一件" in await talk.say("有变化告诉我", "follow_progress"), "nothing was opened yet"
    await talk.say("查A2026-000110，手机13900000000", "query_progress")
    assert "要跟哪一件" in await talk.say("有变化告诉我", "follow_progress"), "a wrong proof opens nothing"
    await talk.say("19900000010", "nlu_fallback")
    assert "A2026-000110 有变化我会发消息" in await talk.say("有变化告诉我", "follow_progress")
    assert await told("A2026-000110", "reviewing") == 1
    assert "都不再通知" in await talk.say("别再通知我", "follow_progress")
    assert await told("A2026-000110", "reviewing") == 0
    await talk.say("查A2026-000110，手机19900000010", "query_progress")
    backend.kill()
    assert "没有办成" in await talk.say("有变化告诉我", "follow_progress")


async def told(number: str, status: str) -> int:
    """Say that it moved on; how many hear of it."""
    return int((await client()._call("POST", f"/v1/applications/{number}/steps", {"status": status, "name": "核对"}, uuid4().hex))["told"])
