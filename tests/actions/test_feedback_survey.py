"""Surveys: question by question, back, stopped and gone on with, changed, kept while the backend is away; nobody is named."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from actions.client import backend as client
from actions.courier import Courier
from actions.feedback_questions import read_answer
from actions.said import Said
from backend.demo_surveys import DEMO_SURVEYS
from store.keys import key, partition
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_feedback_letter import told
from tests.actions.test_progress_matters import payloads

DEMO, POLL = DEMO_SURVEYS[0][0], "poll_lamps"
LAMPS = {"id": "lamps", "kind": "one", "text": "小区夜间照明够吗？", "options": ["够", "不够"]}


async def results(survey: str = DEMO) -> dict[str, Any]:
    found = await client()._call("GET", f"/v1/surveys/{survey}/results")
    return {"answered": found["answered"]} | {one["id"]: one for one in found["questions"]}


@pytest_asyncio.fixture
async def poll(backend: BackendProcess) -> AsyncIterator[None]:
    """A second open survey."""
    body = {"title": "照明民意调查", "intro": "一个问题。", "unit": "治安", "questions": [LAMPS], "opens_on": "2026-01-01"}
    await client()._call("PUT", f"/v1/surveys/{POLL}", {**body, "closes_on": "2099-12-31"})
    yield
    await client()._call("PUT", f"/v1/surveys/{POLL}", {**body, "closes_on": "2026-01-02"})


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        ("mark", "4", 4), ("mark", "5分", 5), ("mark", "打三分", 3), ("mark", "6", None), ("mark", "很好", None),
        ("one", "偶尔", "偶尔"), ("one", "2", "偶尔"), ("one", "第2个", "偶尔"), ("one", "应该是偶尔吧", "偶尔"), ("one", "都行", None),
        ("several", "1 3", ["经常", "没见过"]), ("several", "经常、偶尔", ["经常", "偶尔"]), ("several", "1 9", None),
        ("words", "路灯坏了很久怎么没人修", "路灯坏了很久怎么没人修"), ("words", "〔图片〕", None),
    ],
)  # fmt: skip
def test_an_answer_is_read(kind: str, text: str, answer: Any) -> None:
    assert read_answer({"id": "q", "kind": kind, "text": "?", "options": ["经常", "偶尔", "没见过"]}, Said(text)) == answer


async def test_five_turns_for_four_questions(talk: Talk) -> None:
    before = (await results())["answered"]
    bubbles = await talk.bubbles("参加问卷", "answer_survey")
    assert "不记名" in bubbles[0]["text"] and "1/4" in bubbles[-1]["text"] and payloads(bubbles) == ["1分", "2分", "3分", "4分", "5分"]
    bubbles = await talk.bubbles("4分", "nlu_fallback")
    assert "2/4" in bubbles[-1]["text"] and payloads(bubbles) == ["经常", "偶尔", "没见过"]
    assert "1 电信诈骗" in await talk.say("偶尔", "nlu_fallback")
    assert "4/4" in await talk.say("1 4", "nlu_fallback")
    assert "没有记名" in await talk.say("路灯坏了，找我13912345678", "nlu_fallback") and talk.form is None
    found = await results()
    assert found["answered"] == before + 1 and "路灯坏了，找我（手机已隐去）" in found["words"]["words"]


async def test_back_a_wrong_answer_and_a_question_in_between(talk: Talk) -> None:
    await talk.say("参加问卷", "answer_survey")
    await talk.say("4分", "nlu_fallback")
    assert "1/4" in await talk.say("上一题", "nlu_fallback")
    assert "2/4" in await talk.say("2分", "nlu_fallback")
    assert "没看懂" in (reply := await talk.say("看情况", "nlu_fallback")) and "2/4" in reply
    reply = await talk.say("身份证丢了怎么补办？", "ask_guide", service_item="id_card_replacement")
    assert "【身份证丢失补领】" in reply and "2/4" in reply
    assert "3/4" in await talk.say("第2个", "correct"), "an answer, no correction"
    assert "1/4" in await talk.say("改第1题", "correct")
    assert talk.slot("survey_draft")["answers"] == {"seen": "偶尔"}
    assert "3/4" in await talk.say("5分", "nlu_fallback"), "what was answered is not asked again"


async def test_stopped_gone_on_with_and_changed_later(talk: Talk) -> None:
    await talk.say("参加问卷", "answer_survey")
    await talk.say("4分", "nlu_fallback")
    assert "答过的留着" in await talk.say("退出", "cancel") and talk.form is None
    assert "接着上次的答" in (reply := await talk.say("继续答问卷", "answer_survey")) and "2/4" in reply
    for words in ("经常", "5", "跳过"):
        reply = await talk.say(words, "nlu_fallback")
    assert "答完了" in reply
    assert "您答过了" in (reply := await talk.say("参加问卷", "answer_survey")) and "1/4" in reply
    for words in ("1分", "没见过", "2", "没有"):
        reply = await talk.say(words, "nlu_fallback")
    assert "改好了" in reply


async def test_of_two_one_is_chosen(talk: Talk, poll: None) -> None:
    bubbles = await talk.bubbles("参加问卷", "answer_survey")
    assert sorted(payloads(bubbles)) == sorted(["照明民意调查", DEMO_SURVEYS[0][1]])
    reply = await talk.say("照明民意调查", "answer_survey")
    assert "一个问题。" in reply and "1/1 小区夜间照明够吗？" in reply
    assert "答完了" in await talk.say("不够", "deny")
    assert (await results(POLL))["lamps"]["counts"]["不够"] >= 1


async def test_none_is_open(talk: Talk, database_url: str) -> None:
    body = (await client()._call("GET", "/v1/surveys?openid=o-1"))["surveys"][0]
    body = {name: value for name, value in body.items() if name not in {"id", "answered"}}
    await client()._call("PUT", f"/v1/surveys/{DEMO}", {**body, "closes_on": "2026-01-02"})
    assert "没有开放的问卷" in await talk.say("参加问卷", "answer_survey") and talk.form is None
    await client()._call("PUT", f"/v1/surveys/{DEMO}", body)


async def test_danger_and_a_person_in_the_middle(talk: Talk) -> None:
    await talk.say("参加问卷", "answer_survey")
    assert "110" in await talk.say("有人拿刀追我", "emergency", decision="emergency")
    talk.resume()
    assert "2/4" in await talk.say("4分", "nlu_fallback")
    assert "转给" in await talk.say("人工", "request_handoff", decision="handoff") and talk.form is None


async def test_the_backend_away_at_the_start_and_at_the_end(talk: Talk, backend: BackendProcess, redis: Redis) -> None:
    await talk.say("参加问卷", "answer_survey")
    for words in ("4分", "偶尔", "1"):
        await talk.say(words, "nlu_fallback")
    backend.kill()
    assert "答案已保存" in await talk.say("跳过", "nlu_fallback") and talk.form is None
    (sealed,) = talk.context.deferred
    assert "这会儿连不上" in await talk.say("参加问卷", "answer_survey") and talk.form is None
    cipher, openid = talk.context.cipher, talk.tracker.sender_id
    assert cipher
    call = json.loads(cipher.decrypt(sealed.encode()))
    assert call["kind"] == "survey" and call["body"]["answers"] == {"safe": 4, "seen": "偶尔", "worry": ["电信诈骗"]}
    backend.start()
    before = (await results())["answered"]
    for _ in range(2):
        await redis.xadd(key(partition(openid), "deferred"), {"c": sealed})
        await Courier(redis, cipher).deliver_all(client())
    assert (await results())["answered"] == before + 1 and await told(redis, openid) == ["您之前填的问卷已收到，谢谢。"]
