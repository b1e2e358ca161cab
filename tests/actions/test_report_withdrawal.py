"""Withdrawing a report: by number and query code, after a yes, and not behind anybody's back."""

from __future__ import annotations

from uuid import uuid4

from actions.client import backend as client
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk


async def filed() -> tuple[str, str]:
    """An anonymous tip: number and query code."""
    receipt = await client().submit_report({"kind": "tip", "topic": "赌博", "content": f"示例路有人赌博 {uuid4().hex}", "mode": "anonymous"}, uuid4().hex)
    return receipt["report_no"], receipt["query_code"]


async def status(number: str, code: str) -> str:
    return str((await client().report_progress(number, code))["status"])


async def test_number_code_and_a_yes_withdraw_it_with_a_rating_link(talk: Talk) -> None:
    number, code = await filed()
    first = await talk.say("撤回举报", "withdraw_report")
    assert "不能恢复" in first and "仍会依法核查" in first and "请发来要撤回的编号" in first
    assert "查询码" in await talk.say(number, "query_case")
    assert f"确认撤回 {number} 吗" in await talk.say(code, "nlu_fallback") and await status(number, code) == "received"
    reply = await talk.say("确认撤回", "affirm")
    assert f"已撤回 {number}" in reply and f"/h5/rate?m={number}" in reply and talk.form is None
    assert await status(number, code) == "withdrawn" and talk.slot("withdraw_code") is None


async def test_everything_in_the_first_message_still_takes_a_yes(talk: Talk) -> None:
    number, code = await filed()
    assert "确认撤回" in await talk.say(f"撤回{number}，查询码{code}", "withdraw_report")
    assert "没有撤回，照常办理" in await talk.say("不撤回", "deny") and talk.form is None
    assert await status(number, code) == "received"


async def test_three_wrong_codes_close_it(talk: Talk) -> None:
    number, code = await filed()
    await talk.say(f"撤回{number}，查询码2222-222A", "withdraw_report")
    assert "还可以试 2 次" in await talk.say("确认撤回", "affirm") and talk.form == "withdraw_form"
    assert "还可以试 1 次" in await talk.say("2222-222B", "nlu_fallback")
    assert "次数太多" in await talk.say("2222-222C", "nlu_fallback") and talk.form is None
    assert await status(number, code) == "received"


async def test_the_right_code_after_a_wrong_one(talk: Talk) -> None:
    number, code = await filed()
    await talk.say(f"撤回{number}，查询码2222-222A", "withdraw_report")
    await talk.say("确认", "affirm")
    assert f"已撤回 {number}" in await talk.say(code, "nlu_fallback")


async def test_a_decided_one_is_not_withdrawn(talk: Talk) -> None:
    number, code = await filed()
    await client()._call("POST", f"/v1/reports/{number}/steps", {"status": "done", "name": "办结"}, uuid4().hex)
    await talk.say(f"撤回{number}，查询码{code}", "withdraw_report")
    assert "已经办结，不能撤回" in await talk.say("确认撤回", "affirm") and await status(number, code) == "done"


async def test_a_question_in_the_middle_a_correction_and_leaving(talk: Talk) -> None:
    number, code = await filed()
    await talk.say("撤回J2026-999999", "withdraw_report")
    reply = await talk.say("身份证多久能办好？", "ask_guide", service_item="id_card_replacement", aspect="time_limit")
    assert "【身份证丢失补领】办理时限" in reply and "请发来这件的查询码" in reply
    await talk.say(code, "nlu_fallback")
    assert f"确认撤回 {number} 吗" in await talk.say(f"编号改成{number}", "correct")
    assert "已退出" in await talk.say("算了", "cancel") and talk.form is None and await status(number, code) == "received"


async def test_what_is_no_number_is_said_so_and_a_person_offered(talk: Talk) -> None:
    await talk.say("撤回举报", "withdraw_report")
    replies = [await talk.say(words, "nlu_fallback") for words in ("忘了", "J2026", "A2026-000101")]
    assert all("认不出来" in reply for reply in replies) and "请工作人员帮您" in replies[-1]


async def test_in_the_middle_of_a_report_it_waits(talk: Talk) -> None:
    await talk.say("我要举报", "file_report")
    assert "等会儿再办" in await talk.say("撤回举报", "withdraw_report") and talk.form == "report_form"


async def test_backend_away_withdraws_nothing_later(talk: Talk, backend: BackendProcess) -> None:
    number, code = await filed()
    await talk.say(f"撤回{number}，查询码{code}", "withdraw_report")
    backend.kill()
    assert "没有撤回" in await talk.say("确认撤回", "affirm") and talk.form is None and not talk.context.deferred
    backend.start()
    assert await status(number, code) == "received"
