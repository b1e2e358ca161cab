"""Filing with the real backend: the same words twice, and a backend that is killed before the confirmation."""

from __future__ import annotations

import json
import re

from actions.client import backend as client
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_report import TIP, tell_tip


async def test_the_same_words_again_get_the_same_number(talk: Talk) -> None:
    await tell_tip(talk)
    await talk.say("把经过改成同一段话说了两遍的赌博线索", "correct")
    number = re.findall(r"J\d{4}-\d{6}", await talk.say("确认", "affirm"))
    await tell_tip(talk)
    await talk.say("把经过改成同一段话说了两遍的赌博线索", "correct")
    again = await talk.say("确认", "affirm")
    assert "没有重复登记" in again and re.findall(r"J\d{4}-\d{6}", again) == number


async def test_backend_killed_in_the_middle_keeps_the_report_for_later(talk: Talk, backend: BackendProcess) -> None:
    await talk.say(TIP, "file_report")
    for words in ("没有", "实名", "张三丰", "13812345678"):
        await talk.say(words, "nlu_fallback")
    backend.kill()
    reply = await talk.say("确认", "affirm")
    local = re.findall(r"本地回执 L-([0-9A-F]{8})", reply)
    assert local and "还没有正式编号" in reply and talk.form is None
    (sealed,) = talk.context.deferred
    call = json.loads(talk.context.cipher.decrypt(sealed.encode()))  # type: ignore[union-attr]  # a talk always has a cipher
    assert call["path"] == "/v1/reports" and call["kind"] == "report" and call["idempotency_key"][:8].upper() == local[0]
    assert call["body"]["reporter"] == {"name": "张三丰", "phone": "13812345678"}
    backend.start()
    receipt = await client().submit_report(call["body"], call["idempotency_key"])
    assert receipt == await client().submit_report(call["body"], call["idempotency_key"])
