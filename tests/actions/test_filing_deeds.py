"""What becomes of a filing: number and code once, the earlier number, one field asked again, kept while the backend is away, supplemented, deleted."""

from __future__ import annotations

import json
import re
from typing import Any

from cryptography.fernet import Fernet

from actions.client import backend as client
from actions.courier import Courier
from store.context import TurnContext
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_filings import CARD, HOME, PHONE, declare
from tests.actions.test_residence import register

TOLD = ("我要办居住登记", f"李小明 {CARD} {PHONE}", HOME, "单位宿舍", "昨天", "来投靠亲友", "没有")
NUMBER = r"编号 (B\d{4}-\d{6})，查询码 (\w{4}-\w{4})"


async def file(talk: Talk) -> tuple[str, str]:
    """Residence registered; number and query code."""
    await register(talk, *TOLD)
    return re.findall(NUMBER, await talk.say("确认提交", "affirm"))[0]


async def ask_more(number: str) -> None:
    """The bureau asks for a lease and a reason."""
    asks = [{"id": "lease", "text": "租房合同照片", "type": "pictures"}, {"id": "since", "text": "合同的起止日期", "type": "text"}]
    step = {"status": "supplement", "name": "材料不全", "note": "", "asks": asks}
    await client()._call("POST", f"/v1/filings/{number}/steps", step, f"ask-{number}")


async def test_the_receipt_tells_number_code_time_and_how_to_ask(talk: Talk) -> None:
    await register(talk, *TOLD)
    receipt = await talk.say("确认提交", "affirm")
    number, code = re.findall(NUMBER, receipt)[0]
    assert re.search(r"时间 20\d\d-\d\d-\d\d \d\d:\d\d", receipt)
    assert "只显示这一次" in receipt and "派出所核对后会告诉您结果" in receipt and "查办件进度" in receipt
    assert talk.form is None and talk.slot("filing_answers") is None
    progress = await client().filing_progress(number, "query_code", code)
    assert progress["kind"] == "residence_self" and progress["status"] == "accepted"


async def test_the_same_again_on_one_day_gets_the_earlier_number_and_no_code(talk: Talk) -> None:
    number, _ = await file(talk)
    await register(talk, *TOLD)
    reply = await talk.say("确认提交", "affirm")
    assert f"今天已经交过，编号 {number}" in reply and "查询码 " not in reply


async def test_pictures_are_kept_with_the_number(talk: Talk) -> None:
    await register(talk, *TOLD[:-1])
    await talk.take(Message("a" * 32, "", kind="image"))
    reply = await talk.say("确认提交", "affirm")
    assert [(one["id"], one["report_no"]) for one in talk.context.evidence] == [("E-" + "a" * 16, re.findall(NUMBER, reply)[0][0])]


async def test_a_backend_that_is_away_keeps_the_filing_with_a_local_number(talk: Talk, backend: BackendProcess) -> None:
    await declare(talk, "没有")
    backend.kill()
    reply = await talk.say("确认提交", "affirm")
    (kept,) = [json.loads(talk._cipher.decrypt(call.encode())) for call in talk.context.deferred]
    assert f"本地回执 L-{kept['idempotency_key'][:8].upper()}" in reply and "还没有正式编号" in reply and talk.form is None
    assert kept["path"] == "/v1/filings" and kept["kind"] == "filing" and kept["body"]["fields"]["document"] == CARD


async def test_a_kept_filing_is_filed_once_and_its_number_told(redis: Redis, backend: BackendProcess) -> None:
    openid, cipher = "o-kept-filing", Fernet(Fernet.generate_key())
    context = TurnContext("m1", openid, cipher=cipher)
    fields: dict[str, Any] = {"name": "李小明", "document": CARD, "phone": PHONE, "lost_on": "2026-11-20"}
    for _ in range(2):  # the courier died after filing and before taking the call off its list
        context.defer("POST", "/v1/filings", {"kind": "lost_id", "openid": openid, "fields": fields}, "kept-filing-1", "filing")
        await redis.xadd(key(partition(openid), "deferred"), {"c": context.deferred[-1]})
    assert await Courier(redis, cipher).deliver_all(client()) == 2
    due = await redis.zrange(key(partition(openid), "due"), 0, -1)
    (text,) = [json.loads(await redis.hget(key(partition(openid), "turn", one), "reply") or "[]")[0]["text"] for one in due]
    assert re.search(r"编号 B\d{4}-\d{6}，查询码 \w{4}-\w{4}", text)


async def test_a_field_that_the_backend_does_not_take_is_asked_again(talk: Talk) -> None:
    await declare(talk, "没有")
    answers = {**talk.slot("filing_answers"), "lost_on": "1990-01-01"}
    talk.tracker.update(_slot("filing_answers", answers), talk._processor.domain)
    reply = await talk.say("确认提交", "affirm")
    assert "请说个日期" in reply and reply.endswith("大概哪一天丢的？") and talk.form == "filing_form"
    assert "还没有提交" in await talk.say("昨天", "nlu_fallback")
    assert re.search(NUMBER, await talk.say("确认", "affirm"))


async def test_what_is_asked_for_later_is_brought_in_the_chat_and_what_is_left_is_told(talk: Talk) -> None:
    number, code = await file(talk)
    await ask_more(number)
    first = await talk.say("补材料", "add_evidence")
    assert f"{number}）要补 2 项" in first and "请补：租房合同照片。拍照直接发来。" in first
    await talk.take(Message("d" * 32, "", kind="image"))
    assert "1 租房合同照片：1 份" in await talk.say("没有", "deny")
    assert "还有 1 项没补" in await talk.say("确认提交", "affirm")
    assert talk.context.evidence[-1]["report_no"] == number
    assert "合同的起止日期" in await talk.say("补材料", "add_evidence")
    await talk.say("去年9月到今年9月", "nlu_fallback")
    assert "要补的都齐了" in await talk.say("确认提交", "affirm")
    assert (await client().filing_progress(number, "query_code", code))["status"] == "processing"


async def test_a_supplement_is_kept_while_the_backend_is_away(talk: Talk, backend: BackendProcess) -> None:
    number, _ = await file(talk)
    await ask_more(number)
    for words, intent in (("补材料", "add_evidence"), ("没有", "deny"), ("去年9月到今年9月", "nlu_fallback")):
        await talk.say(words, intent)
    backend.kill()
    assert f"自动交到 {number}" in await talk.say("确认提交", "affirm")
    (kept,) = [json.loads(talk._cipher.decrypt(call.encode())) for call in talk.context.deferred]
    assert kept["kind"] == "filing_supplement" and kept["body"]["answers"][0]["text"] == "去年9月到今年9月"


async def test_progress_by_number_and_phone_and_among_ones_own_matters(talk: Talk) -> None:
    number, _ = await file(talk)
    await ask_more(number)
    matters = await talk.bubbles("我的办件", "query_progress")
    assert matters[-1]["buttons"][0]["payload"] == f"查{number}"
    bubbles = await talk.bubbles(f"查{number}", "query_progress")
    assert "等您补材料" in bubbles[0]["text"] and bubbles[0]["buttons"][0]["payload"] == "补材料"
    other = Talk(talk._processor)
    assert "查询码，或填写时留的手机号" in await other.say(f"查{number}", "query_progress")
    assert "对不上" in await other.say("13900000000", "nlu_fallback")
    assert "等您补材料" in await other.say(PHONE, "nlu_fallback")


async def test_a_declaration_is_deleted_after_a_yes_and_a_duty_is_not(talk: Talk) -> None:
    await declare(talk, "没有")
    bubbles = await talk.bubbles("确认提交", "affirm")
    (number, _), button = re.findall(NUMBER, bubbles[0]["text"])[0], bubbles[0]["buttons"][0]
    reply = await talk.say(button["payload"], "withdraw_report")
    assert "不能恢复" in reply and f"确认撤回 {number} 吗" in reply
    assert "没有撤回" in await talk.say("不撤回", "deny")
    await talk.say(f"撤销{number}", "withdraw_report")
    assert f"已撤销 {number}" in await talk.say("确认撤回", "affirm")
    duty, _ = await file(talk)
    await talk.say("撤销登记", "withdraw_report")
    assert "依法申报" in await talk.say("确认撤回", "affirm")
    stranger = Talk(talk._processor)
    await stranger.say(f"撤销{duty}", "withdraw_report")
    assert "没有找到" in await stranger.say("确认撤回", "affirm")


def _slot(name: str, value: Any) -> Any:
    from rasa.shared.core.events import SlotSet

    return SlotSet(name, value)
