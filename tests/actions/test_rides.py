"""A ride in the conversation: filed, arrived, later, deleted; nothing is taken for an arrival that is none."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from actions.client import backend as api
from actions.courier import Courier
from actions.ride_words import comes_later, has_arrived, new_arrival, said_moment
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.talk import Talk
from weijing.workdays import SHANGHAI

PLATE = "京A12345"
TOLD = ("我要搭乘车备案", "李小明", PLATE, "没有", "火车站", "平安小区", "半小时后")


async def ride(talk: Talk, contact: str = "不要", plate: str = PLATE) -> str:
    """File a ride in the chat; the whole reply to the yes."""
    await talk.say(TOLD[0], "file_ride")
    for words in (*TOLD[1:2], plate, *TOLD[3:]):
        await talk.say(words, "nlu_fallback")
    assert "还没有提交" in await talk.say(contact, "nlu_fallback")
    return await talk.say("确认提交", "affirm")


async def expected(talk: Talk) -> datetime:
    """When the latest ride of this user is expected."""
    return datetime.fromisoformat((await api().own_rides(talk.tracker.sender_id))[0]["expected_at"])


@pytest.mark.parametrize(
    "words",
    [
        "平安到达", "我到了", "已经到家", "安全到了", "我到家了", "到了到了", "到啦", "平安到家，谢谢", "我10分钟前平安到了", "刚才到了", "晚上平安到了",
        "到公司了", "没事，平安到家", "不用担心，到了", "不堵车，到了",
    ],
)  # fmt: skip
def test_an_arrival_is_heard(words: str) -> None:
    assert has_arrived(words) and not comes_later(words)


@pytest.mark.parametrize("words", ["晚点到", "晚点到，再过半小时", "堵车了，九点到", "还没到", "还在路上", "要晚半小时", "推迟一小时到", "还要二十分钟才到家"])
def test_a_delay_is_heard(words: str) -> None:
    assert comes_later(words) and not has_arrived(words)


@pytest.mark.parametrize(
    "words",
    ["快到了", "马上到家", "到了一个陌生的地方", "我不安全", "没有平安到达", "到了怎么报平安", "如果平安到家要说什么", "安全吗", "到了荒郊野外", "孩子平安符"],
)
def test_what_is_no_arrival_is_none(words: str) -> None:
    assert not has_arrived(words)


def test_until_when_counts_from_now_or_from_the_time_before() -> None:
    now = datetime.now(SHANGHAI)
    for words, since in (("再过半小时", now), ("晚半小时到", now + timedelta(hours=1)), ("要晚到半小时", now + timedelta(hours=1))):
        found = new_arrival(words, now + timedelta(hours=1))
        assert found and abs(found - since - timedelta(minutes=30)) < timedelta(seconds=5), words
    late = new_arrival("晚半小时到", now - timedelta(hours=1))
    assert late and abs(late - now - timedelta(minutes=30)) < timedelta(seconds=5), "overdue already: from now"
    assert new_arrival("三天后") is None and new_arrival("再过三十小时") is None and new_arrival("晚点到") is None
    assert said_moment("2026-11-22T21:05:00+08:00", datetime(2026, 11, 22, 8, tzinfo=SHANGHAI)) == "今天 21:05"
    assert said_moment("2026-11-23T00:30:00+08:00", datetime(2026, 11, 22, 8, tzinfo=SHANGHAI)) == "11月23日 0:30"


async def test_the_receipt_says_what_happens_and_what_does_not(talk: Talk) -> None:
    reply = await ride(talk)
    assert re.search(r"编号 B\d{4}-\d{6}", reply)
    assert "10 分钟没有消息，先提醒您" in reply and "没有人看着您的行程，也不会自动出警" in reply and "12110" in reply
    assert "邀请码" not in reply.partition("到了请点")[2], "no contact was wished"
    bubbles = [event for event in talk.tracker.events if event.as_dict().get("event") == "bot"]
    titles = [button["title"] for event in bubbles for button in event.as_dict()["data"].get("buttons") or []]
    assert {"平安到达", "晚点到", "撤销备案"} <= set(titles)


async def test_a_contact_is_wished_only_in_answer_to_the_question(talk: Talk) -> None:
    await talk.say("我要搭乘车备案，需要留个记录", "file_ride")
    for words in ("李小明", "没有"):
        await talk.say(words, "nlu_fallback")
    assert "contact" not in talk.slot("filing_answers")


async def test_an_arrival_ends_every_ride_under_way(talk: Talk) -> None:
    numbers = [re.findall(r"编号 (B\d{4}-\d{6})", await ride(talk, plate=plate))[0] for plate in (PLATE, "京A12346")]
    reply = await talk.say("我到了", "check_in")
    assert all(number in reply for number in numbers) and "平安就好" in reply
    assert await api().own_rides(talk.tracker.sender_id) == []
    assert "没有在路上的乘车备案" in await talk.say("平安到达", "check_in")


async def test_later_with_a_time_is_one_turn(talk: Talk) -> None:
    await ride(talk)
    reply = await talk.say("晚点到，再过两小时", "check_in")
    assert "好，改到" in reply and talk.form is None
    assert abs(await expected(talk) - datetime.now(SHANGHAI) - timedelta(hours=2)) < timedelta(minutes=1)


async def test_later_without_a_time_asks_for_it(talk: Talk) -> None:
    await ride(talk)
    before = await expected(talk)
    assert (await talk.say("晚点到", "check_in")).startswith("大概什么时候到？") and talk.form == "ride_form"
    assert "24 小时以内的时间" in await talk.say("不知道", "nlu_fallback")
    assert "好，改到" in await talk.say("晚半小时", "nlu_fallback") and talk.form is None
    assert abs(await expected(talk) - before - timedelta(minutes=30)) < timedelta(minutes=1)


async def test_the_question_when_may_be_answered_by_an_arrival_or_left(talk: Talk) -> None:
    await ride(talk)
    await talk.say("晚点到", "check_in")
    assert "都没有保存" in await talk.say("退出", "cancel") and talk.form is None
    await talk.say("晚点到", "check_in")
    assert "12110" in await talk.say("司机绕路我害怕", "emergency", decision="emergency")
    talk.resume()
    assert "平安就好" in await talk.say("平安到达", "check_in") and talk.form is None


async def test_what_is_not_sure_is_asked(talk: Talk) -> None:
    await ride(talk)
    reply = await talk.say("快到了", "check_in")
    assert "平安到达了，还是要晚点到" in reply and len(await api().own_rides(talk.tracker.sender_id)) == 1


async def test_an_arrival_in_the_middle_of_another_form_is_taken_and_the_form_goes_on(talk: Talk) -> None:
    await ride(talk)
    await talk.say("我要声明身份证丢了", "file_declaration")
    assert "到达时间" in await talk.say("晚点到", "check_in") and talk.form == "filing_form"
    reply = await talk.say("平安到达", "check_in")
    assert "平安就好" in reply and reply.endswith("请问您的姓名？") and talk.form == "filing_form"


async def test_a_backend_that_is_away_keeps_the_arrival_and_says_so(redis: Redis, talk: Talk, backend: BackendProcess) -> None:
    number = re.findall(r"编号 (B\d{4}-\d{6})", await ride(talk))[0]
    backend.kill()
    assert "没能记下来" in await talk.say("晚点到，再过一小时", "check_in")
    assert "已经存下" in await talk.say("平安到达", "check_in")
    (kept,) = [json.loads(talk._cipher.decrypt(call.encode())) for call in talk.context.deferred]
    assert "没能记下来" in await talk.say("平安到达", "check_in"), "kept once"
    backend.start()
    cipher = Fernet(Fernet.generate_key())
    await redis.xadd(key(partition(talk.tracker.sender_id), "deferred"), {"c": cipher.encrypt(json.dumps(kept).encode()).decode()})
    assert await Courier(redis, cipher).deliver_all(api()) == 1
    assert await api().own_rides(talk.tracker.sender_id) == []
    part = partition(talk.tracker.sender_id)
    (posted,) = await redis.zrange(key(part, "due"), 0, -1)
    assert f"报的平安已经记到 {number}" in (await redis.hget(key(part, "turn", posted), "reply") or "")


async def test_a_ride_is_deleted_by_name_with_its_pictures(talk: Talk) -> None:
    await talk.say(TOLD[0], "file_ride")
    await talk.say("李小明", "nlu_fallback")
    await talk.take(Message("a" * 32, "", kind="image"))
    for words in ("没有", *TOLD[4:], "不要"):
        await talk.say(words, "nlu_fallback")
    number = re.findall(r"编号 (B\d{4}-\d{6})", await talk.say("确认提交", "affirm"))[0]
    assert [(one["report_no"], one["days"]) for one in talk.context.evidence] == [(number, 30)], "the pictures go with the ride after its 30 days"
    await talk.say("平安到达", "check_in")
    reply = await talk.say("删除乘车备案", "withdraw_report")
    assert number in reply and "确认" in reply
    assert "内容已删除" in await talk.say("确认撤回", "affirm") and talk.context.released == [number]


async def test_the_filing_that_is_named_is_deleted_and_not_the_one_filed_last(talk: Talk) -> None:
    number = re.findall(r"编号 (B\d{4}-\d{6})", await ride(talk))[0]
    await talk.say("我要声明身份证丢了", "file_declaration")
    for words in ("李小明 11010519491231002X 13812345678", "昨天", "地铁站"):
        await talk.say(words, "nlu_fallback")
    other = re.findall(r"编号 (B\d{4}-\d{6})", await talk.say("确认提交", "affirm"))[0]
    reply = await talk.say("删除乘车备案", "withdraw_report")
    assert number in reply and other not in reply
    await talk.say("不撤回", "deny")
    (bubble,) = await talk.bubbles("我的备案", "query_progress")
    assert {button["payload"] for button in bubble["buttons"]} == {f"查{number}", f"查{other}"}
