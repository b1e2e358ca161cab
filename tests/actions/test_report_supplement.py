"""Asking back in the chat: the question is shown, the answer becomes a step once, also when the backend is away."""

from __future__ import annotations

import json
import re
from uuid import uuid4

from actions.client import backend as client
from store.evidence import evidence_id
from store.message import Message
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_report_evidence import claims, file


async def filed(talk: Talk) -> tuple[str, str]:
    """Number and query code of a new report."""
    await talk.say(f"我要举报，昨天晚上9点在幸福路菜市场门口有人聚众赌博{uuid4().hex[:6]}", "file_report")
    for words in ("没有", "匿名"):
        await talk.say(words, "nlu_fallback")
    found = re.findall(r"编号 (J\d{4}-\d{6})，查询码 (\w{4}-\w{4})", await talk.say("确认", "affirm"))
    return str(found[0][0]), str(found[0][1])


async def ask(number: str, question: str = "车是什么颜色？") -> None:
    """As the bureau's own system does."""
    await client().deliver("POST", f"/v1/reports/{number}/questions", {"question": question}, uuid4().hex)


async def test_the_question_is_shown_with_the_progress_and_answered_by_a_tap(talk: Talk) -> None:
    number, code = await filed(talk)
    await ask(number)
    bubbles = await talk.bubbles(f"查 {number} 查询码 {code}", "query_progress")
    assert "办理人员想问您：车是什么颜色？" in str(bubbles)
    button = next(one for bubble in bubbles for one in bubble.get("buttons") or [] if one["title"] == "回答")
    assert f"补充到 {number}" in await talk.say(button["payload"], "add_evidence")
    assert f"已补充到 {number}" in await talk.say("白色的，停在东门", "nlu_fallback") and talk.form is None
    progress = await client().report_progress(number, code)
    assert progress["question"] is None and progress["steps"][-1]["name"] == "补充"


async def test_one_breath_is_enough(talk: Talk) -> None:
    number, code = await filed(talk)
    assert f"已补充到 {number}" in await talk.say("补充：车牌是白色的那辆，停在东门", "add_evidence")
    assert (await client().report_progress(number, code))["steps"][-1]["name"] == "补充"


async def test_pictures_and_words_go_together(talk: Talk) -> None:
    number, _ = await filed(talk)
    await talk.say(f"补充{number}", "add_evidence")
    picture = file()
    assert "共 1 份" in await talk.take(picture) and talk.form == "supplement_form"
    assert f"已补充到 {number}" in await talk.say("就这些", "nlu_fallback")
    assert (evidence_id(picture.key), number, 0) in claims(talk)


async def test_leaving_adds_nothing_and_lets_the_files_go(talk: Talk) -> None:
    number, code = await filed(talk)
    await talk.say(f"补充{number}", "add_evidence")
    picture = file()
    await talk.take(picture)
    assert "都没有保存" in await talk.say("退出", "cancel") and talk.form is None
    assert claims(talk) == [(evidence_id(picture.key), "", 0)]
    assert [step["name"] for step in (await client().report_progress(number, code))["steps"]] == ["登记"]


async def test_a_question_in_between_is_answered_and_the_supplement_goes_on(talk: Talk) -> None:
    number, _ = await filed(talk)
    await talk.say(f"补充{number}", "add_evidence")
    reply = await talk.say("身份证丢了要带什么？", "ask_guide", service_item="id_card_replacement", aspect="materials")
    assert "【身份证丢失补领】材料" in reply and f"补充到 {number}" in reply
    assert "工作人员" in await talk.say("人工", "request_handoff", decision="handoff") and talk.form is None


async def test_the_backend_is_away_and_the_answer_is_kept(talk: Talk, backend: BackendProcess) -> None:
    number, code = await filed(talk)
    await talk.say(f"补充{number}", "add_evidence")
    backend.kill()
    assert "已保存" in await talk.say("白色的，我叫张三丰", "nlu_fallback") and talk.form is None
    assert talk.context.cipher is not None
    call = json.loads(talk.context.cipher.decrypt(talk.context.deferred[0].encode()))
    assert call["kind"] == "supplement" and call["path"] == f"/v1/reports/{number}/supplements" and "张三丰" not in str(call["body"])
    backend.start()
    for _ in range(2):
        await client().deliver(call["method"], call["path"], call["body"], call["idempotency_key"])
    assert [step["name"] for step in (await client().report_progress(number, code))["steps"]] == ["登记", "补充"]


async def test_another_s_number_and_a_decided_report_take_nothing(talk: Talk) -> None:
    assert "没能补充" in await talk.say("补充J2020-000001：不是我的", "add_evidence")
    number, code = await filed(talk)
    await client().deliver("POST", f"/v1/reports/{number}/steps", {"status": "done", "name": "办结", "note": "已依法处罚"}, uuid4().hex)
    assert "已经办结" in await talk.say(f"补充{number}：再说一点", "add_evidence")
    bubbles = await talk.bubbles(f"查 {number} 查询码 {code}", "query_progress")
    assert "办理结果：已依法处罚" in str(bubbles)
    assert [one["payload"] for bubble in bubbles for one in bubble.get("buttons") or []] == ["评价"]


async def test_a_voice_counts_as_a_file(talk: Talk) -> None:
    number, _ = await filed(talk)
    await talk.say(f"补充{number}", "add_evidence")
    assert "共 1 份" in await talk.take(Message(uuid4().hex, "", kind="voice"))
