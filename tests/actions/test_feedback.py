"""Ratings: in the chat after a finished matter, or sent by the page; changed within a week; a 差 is followed up."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg2
import pytest

from actions.changes import Changes
from actions.client import backend as client
from actions.feedback_marks import marks_of
from backend.demo import DEMO
from store.message import Message
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from tests.actions.test_changes import posted, step
from tests.actions.test_progress_matters import payloads, report

RATING = {"matter": DEMO[8].application_no, "quality": "good", "procedure": "fair", "attitude": "poor", "words": "王警官的电话13912345678打不通"}


async def finished(talk: Talk) -> str:
    """A report of this user's, done."""
    number = await report(talk.tracker.sender_id)
    await client().subscribe(talk.tracker.sender_id, number)
    await step(number, "done", "办结")
    return number


def rated(database_url: str, number: str) -> list[tuple[str, ...]]:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT quality, procedure, attitude FROM backend.ratings WHERE matter = %s", (number,))
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("都优", "优优优"), ("优良差", "优良差"), ("优、良、差", "优良差"), ("质量优，程序良，态度差", "优良差"), ("质量优程序良态度差", "优良差"),
        ("态度差，其他都优", "优优差"), ("不满意", "差差差"), ("非常满意", "优优优"), ("基本满意", "良良良"), ("好评", "优优优"), ("差评", "差差差"),
        ("质量和流程都很好，态度一般", "优优良"), ("一般般", "良良良"), ("五星", "优优优"), ("挺好的", "优优优"), ("差不多", "良良良"),
        ("服务态度不好", "  差"), ("我要评价", "   "), ("昨天去了窗口", "   "), ("都不满意", "差差差"), ("太慢了，不满意", "差差差"),
    ],
)  # fmt: skip
def test_marks_are_read_out_of_plain_words(text: str, marks: str) -> None:
    found = marks_of(text)
    assert "".join(found.get(f"rating_{name}", " ") for name in ("quality", "procedure", "attitude")) == marks


async def test_three_turns(talk: Talk, database_url: str) -> None:
    number = await finished(talk)
    bubbles = await talk.bubbles("评价", "rate_service")
    assert number in bubbles[-1]["text"] and payloads(bubbles) == ["都优", "都良", "都差"]
    assert "质量优，流程优，态度优。还有想说的吗" in await talk.take(Message(uuid4().hex, "", text="1")), "a number picks a button"
    assert f"已记在 {number} 名下" in await talk.say("没有", "deny") and talk.form is None
    assert rated(database_url, number) == [("good", "good", "good")]


async def test_marks_and_words_at_once_and_everything_in_the_first_message(talk: Talk, database_url: str) -> None:
    number = await finished(talk)
    await talk.say("我要评价", "rate_service")
    assert "已记在" in await talk.say("质量优，程序良，态度优，窗口的小李很耐心", "nlu_fallback")
    assert rated(database_url, number) == [("good", "fair", "good")]
    reply = await talk.say(f"评价{number}，都良，比上次慢了一些", "rate_service")
    assert "评价已改好" in reply and talk.form is None and rated(database_url, number) == [("fair", "fair", "fair")]


async def test_of_several_one_is_chosen_and_rated_ones_are_left_out(talk: Talk) -> None:
    first, second = await finished(talk), await finished(talk)
    bubbles = await talk.bubbles("评价", "rate_service")
    assert sorted(payloads(bubbles)) == sorted([f"评价{first}", f"评价{second}"])
    assert second in await talk.say(f"评价{second}", "rate_service")
    await talk.say("都优", "rate_service")
    await talk.say("没有", "deny")
    assert first in await talk.say("评价", "rate_service") and talk.slot("rating_matter") == first


async def test_one_mark_missing_is_asked_for_and_any_is_corrected(talk: Talk, database_url: str) -> None:
    number = await finished(talk)
    await talk.say("评价", "rate_service")
    assert "手续流程呢" in await talk.say("质量优，态度差", "nlu_fallback")
    assert "质量优，流程良，态度差" in await talk.say("流程良", "nlu_fallback")
    assert "质量优，流程良，态度良" in await talk.say("态度改成良", "correct")
    await talk.say("没有", "deny")
    assert rated(database_url, number) == [("good", "fair", "fair")]


async def test_a_poor_mark_tells_who_looks_at_it_and_by_when_and_the_answer_comes_once(talk: Talk, redis: Redis) -> None:
    await finished(talk)
    await talk.say("评价", "rate_service")
    await talk.say("都差", "nlu_fallback")
    reply = await talk.say("等了两个小时没人理，怎么回事？", "nlu_fallback")
    assert "督察部门会有人来看" in reply and "最晚 20" in reply
    number = reply.split("回访编号 ")[1][:12]
    for _ in range(2):
        await client()._call("POST", f"/v1/follow-ups/{number}/replies", {"words": "已核实，向您道歉。"}, f"reply-{number}")
    for _ in range(2):
        await Changes(redis).follow(client())
    told = [str(one["text"]) for one in await posted(redis, talk.tracker.sender_id) if number in str(one["text"])]
    assert len(told) == 1 and "已核实，向您道歉。" in told[0] and "欢迎评价" not in told[0]


async def test_a_finished_matter_offers_it_with_or_without_a_page(talk: Talk) -> None:
    reply = await talk.bubbles(f"查{DEMO[8].application_no}，{DEMO[8].proofs['phone']}", "query_progress")
    assert "回复“评价”" in str(reply) and "/h5/rate?m=" in str(reply) and "评价" in payloads(reply)
    assert DEMO[8].application_no in await talk.say("评价", "rate_service"), "what a proof opened may be rated"


async def test_digression_danger_and_three_wrong_answers(talk: Talk) -> None:
    await finished(talk)
    await talk.say("评价", "rate_service")
    reply = await talk.say("身份证丢了怎么补办？", "ask_guide", service_item="id_card_replacement")
    assert "【身份证丢失补领】" in reply and "优、良还是差" in reply
    for words in ("嗯嗯", "啊这", "看情况"):
        reply = await talk.say(words, "nlu_fallback")
    assert "可以请工作人员帮您" in reply
    assert "110" in await talk.say("有人拿刀追我", "emergency", decision="emergency")
    talk.resume()
    await talk.say("都优", "nlu_fallback")
    assert "正在为您转" in (reply := await talk.say("人工", "request_handoff", decision="handoff")) or "已为您转给" in reply


async def test_leaving_keeps_nothing(talk: Talk, database_url: str) -> None:
    number = await finished(talk)
    await talk.say("评价，都差", "rate_service")
    assert "已退出" in await talk.say("退出", "cancel") and talk.form is None and talk.slot("rating_quality") is None
    assert rated(database_url, number) == []


async def test_inside_another_form_it_waits_and_the_page_s_rating_does_not(talk: Talk) -> None:
    await talk.say("查办件进度", "query_progress")
    assert "先把手上这件填完" in await talk.say("评价", "rate_service") and talk.form == "progress_form"
    reply = await talk.send("rate_service", **RATING)
    assert "谢谢您的评价" in reply and "请发来编号" in reply and talk.form == "progress_form"


async def test_nothing_to_rate(talk: Talk) -> None:
    assert "没有办完、可以评价的事" in await talk.say("我要评价", "rate_service") and talk.form is None


async def test_a_backend_killed_in_the_middle_keeps_it(talk: Talk, backend: BackendProcess, database_url: str) -> None:
    number = await finished(talk)
    await talk.say("评价", "rate_service")
    await talk.say("都差", "nlu_fallback")
    backend.kill()
    assert "评价已保存" in await talk.say("没有", "deny") and talk.form is None
    (sealed,) = talk.context.deferred
    call = json.loads(talk.context.cipher.decrypt(sealed.encode()))  # type: ignore[union-attr]  # a talk always has a cipher
    assert call["path"] == "/v1/ratings" and call["kind"] == "rating" and call["body"]["matter"] == number
    assert "这次没有记上" in await Talk(talk._processor).say("评价", "rate_service")


async def test_a_rating_of_the_page_is_handed_in_and_changed(talk: Talk) -> None:
    reply = await talk.send("rate_service", **RATING)
    assert "谢谢您的评价" in reply and "回访编号 H" in reply
    assert "13912345678" not in str([event.as_dict() for event in talk.tracker.events])
    assert "评价已改好" in await talk.send("rate_service", **{**RATING, "attitude": "good"})


async def test_a_week_later_it_is_closed(talk: Talk, database_url: str) -> None:
    await talk.send("rate_service", **RATING)
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE backend.ratings SET rated_at = now() - interval '8 days'")
    assert "不能再改" in await talk.send("rate_service", **RATING)


async def test_a_matter_that_does_not_exist(talk: Talk) -> None:
    assert "没有记上" in await talk.send("rate_service", **{**RATING, "matter": f"A2026-{uuid4().int % 10000 + 900000}"})


async def test_a_backend_that_is_away_is_not_a_success(talk: Talk, backend: BackendProcess) -> None:
    backend.kill()
    assert "这次没有记上" in await talk.send("rate_service", **RATING)
