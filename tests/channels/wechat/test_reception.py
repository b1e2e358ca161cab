"""Accept, wait, claim, confirm: repeats, deadlines, a lost subscription, a stopped or frozen Redis, and danger first."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.wechat.answer import BUSY, LATER, UNSURE
from channels.wechat.passive import ASK_FOR_REST, FOLLOWS
from store.keys import key, partition
from store.redis import Redis
from store.turns import CONFIRM_MS, Turns, now_ms
from tests.channels.conftest import Bot, StartEdge, event_push, text_push
from weijing.engines import EmbeddedRedis, start_redis
from weijing.settings import ROOT


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    """A Redis that the test may stop or freeze."""
    with tempfile.TemporaryDirectory(prefix="wj-redis-") as folder:
        server = start_redis(Path(folder))
        yield server
        if server.process.poll() is None:
            os.kill(server.process.pid, signal.SIGCONT)
            server.stop()


async def until(condition: object, seconds: float = 5.0) -> None:
    """Wait until the condition (a coroutine function) holds."""
    deadline = time.monotonic() + seconds
    while not await condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.02)


async def test_a_reply_is_delivered_once_and_confirmed(start_edge: StartEdge, busy_bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge()
    assert (await edge.push(text_push(openid, "身份证丢了"), openid)).text == "答：身份证丢了"
    part = partition(openid)
    await until(lambda: _empty(redis, key(part, "due")))
    assert await redis.hget(key(part, "turn", busy_bot.seen[0].key), "state") == "delivered"


async def _empty(redis: Redis, name: str) -> bool:
    return not await redis.exists(name)


async def test_repeats_join_the_turn_and_get_the_stored_reply(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    edge, other = await start_edge(), await start_edge()
    xml = text_push(openid, "只办一次")
    waiting = [asyncio.create_task(each.push(xml, openid)) for each in (edge, other, edge)]
    await until(lambda: _accepted(bot))
    await asyncio.sleep(0.2)
    assert await bot.answer_all([{"text": "只答一次"}]) == 1
    assert {(await task).text for task in waiting} == {"只答一次"}
    assert (await edge.push(xml, openid)).text == "只答一次"
    assert await bot.waiting() == []


async def _accepted(bot: Bot) -> bool:
    return bool(await bot.waiting())


async def test_events_of_one_second_are_two_turns(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    assert (await edge.push(event_push(openid, "CLICK", "query_progress"), openid)).text == "答：click"
    await edge.push(event_push(openid, "CLICK", "help"), openid)
    await edge.push(event_push(openid, "subscribe"), openid)
    assert [(message.event, message.event_key) for message in busy_bot.seen] == [("click", "query_progress"), ("click", "help"), ("subscribe", "")]


async def test_at_the_deadline_the_user_is_told_and_the_sender_gets_the_reply(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge(deadline=0.6)
    started = time.monotonic()
    assert (await edge.push(text_push(openid, "慢"), openid)).text == LATER
    assert time.monotonic() - started < 2.0
    await bot.answer_all([{"text": "来了"}])
    assert await redis.zscore(key(partition(openid), "due"), bot.seen[0].key) <= now_ms(), "due at once, not after the confirmation time"


async def test_a_silent_turn_is_answered_success(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    busy_bot.bubbles = []
    edge = await start_edge()
    assert (await edge.push(text_push(openid, "给坐席的话"), openid)).kind == ""


async def test_a_reply_that_was_claimed_but_never_written_is_the_senders(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    """The edge dies between claim and write: nobody confirms."""
    edge = await start_edge(deadline=0.4)
    await edge.push(text_push(openid, "你好"), openid)
    turns, part = Turns(redis), partition(openid)
    await bot.answer_all([{"text": "答复"}])
    message_key = bot.seen[0].key
    assert (await turns.claim(openid, message_key)).state == "reply"
    assert await turns.take(part, message_key) is None, "not before the confirmation time is over"
    await redis.zincrby(key(part, "due"), -CONFIRM_MS, message_key)
    assert await turns.take(part, message_key) == (openid, ({"text": "答复"},), 1)
    assert not await turns.confirm(openid, message_key), "a confirmation that comes too late is known as a double"


async def test_a_dropped_subscription_costs_no_reply(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge()
    waiting = asyncio.create_task(edge.push(text_push(openid, "你好"), openid))
    await until(lambda: _accepted(bot))
    assert await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") >= 1
    await bot.answer_all([{"text": "仍然送达"}])
    assert (await waiting).text == "仍然送达"


async def test_many_at_once(start_edge: StartEdge, busy_bot: Bot) -> None:
    edge = await start_edge()
    replies = await asyncio.gather(*(edge.push(text_push(f"many-{number}", f"第{number}个"), f"many-{number}") for number in range(120)))
    assert [reply.text for reply in replies] == [f"答：第{number}个" for number in range(120)]


async def test_in_a_crowd_the_user_is_told_at_once(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    edge = await start_edge(crowd=0)
    started = time.monotonic()
    assert (await edge.push(text_push(openid, "挤"), openid)).text == LATER
    assert time.monotonic() - started < 2.0
    assert len(await bot.waiting()) == 1


async def test_what_does_not_fit_follows_as_a_message_of_its_own(start_edge: StartEdge, busy_bot: Bot, redis: Redis, openid: str) -> None:
    busy_bot.bubbles = [
        {"text": "".join(f"第{number}条材料的说明。" for number in range(150))},
        {"text": "还要吗？", "buttons": [{"title": "要", "payload": "要"}]},
    ]
    for verified, note in ((True, FOLLOWS), (False, ASK_FOR_REST)):
        edge = await start_edge(wechat_verified=verified)
        reply = await edge.push(text_push(openid, f"全文{verified}"), openid)
        assert len(reply.text.encode()) <= 2048
        assert reply.text.endswith(note)
        taken = await Turns(redis).take(partition(openid), f"{busy_bot.seen[-1].key}-rest")
        assert taken
        rest = taken[1]
        await Turns(redis).settle(openid, f"{busy_bot.seen[-1].key}-rest", "sent", via="customer_service")
        assert reply.text.removesuffix(note) + str(rest[0]["text"]) == busy_bot.bubbles[0]["text"]
        assert rest[-1]["buttons"][0]["payload"] == "要"


async def test_unsubscribe_erases_the_user_and_tells_the_projector_once(start_edge: StartEdge, busy_bot: Bot, redis: Redis, openid: str) -> None:
    edge, part = await start_edge(), partition(openid)
    await edge.push(text_push(openid, "你好"), openid)
    await redis.hset(key(part, "vault", openid), "ref", "cipher")
    await redis.rpush(key(part, "held", openid), "old")
    await redis.hset(key(part, "consent", openid), "template", "accept")
    await redis.hset(key(part, "turn", "old"), "reply", "[]")
    for _ in range(2):
        sealed = edge.envelope.seal(event_push(openid, "unsubscribe").replace(str(int(time.time())), "1700000000"), openid, int(time.time()))
        assert await edge.post(sealed.query, sealed.body) == (200, "success")
    await until(lambda: _empty(redis, key(part, "tracker", openid)))
    for noun in ("user", "tracker", "vault", "held", "quota", "consent"):
        assert not await redis.exists(key(part, noun, openid)), noun
    assert await redis.hgetall(key(part, "turn", "old")) == {"state": "silent"}, "known, so that nobody sends it again, but empty"
    events = [fields["e"] for _, fields in await redis.xrange(key(part, "events")) if '"unsubscribe"' in fields["e"]]
    assert len(events) == 1
    assert openid in events[0]


async def test_contacts_are_noted_with_the_accept(start_edge: StartEdge, busy_bot: Bot, redis: Redis, openid: str) -> None:
    edge, quota = await start_edge(), key(partition(openid), "quota", openid)
    await edge.push(text_push(openid, "满意", more="<bizmsgmenuid>101</bizmsgmenuid>"), openid)
    assert set(await redis.hgetall(quota)) == {"tap_until", "tap_left"}
    await edge.push(text_push(openid, "你好"), openid)
    known = await redis.hgetall(quota)
    assert (known["message_left"], known["tap_left"]) == ("5", "3")
    assert 170_000_000 < int(known["message_until"]) - now_ms() <= 172_800_000


async def test_danger_gets_its_card_and_is_recorded(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    edge = await start_edge()
    reply = await edge.push(text_push(openid, "我老公在打我救命"), openid)
    assert "110" in reply.text
    assert "12110" in reply.text
    ((_, _, message),) = await bot.waiting()
    assert message.emergency
    assert message.text == "我老公在打我救命"


async def test_with_redis_stopped_the_user_is_told_and_danger_still_gets_its_card(start_edge: StartEdge, own_redis: EmbeddedRedis, openid: str) -> None:
    edge = await start_edge(url=own_redis.url)
    own_redis.stop()
    for _ in range(3):
        assert (await edge.push(text_push(openid, "你好"), openid)).text in {BUSY, UNSURE}
    assert (await edge.push(text_push(openid, "你好"), openid)).text == BUSY
    assert "12110" in (await edge.push(text_push(openid, "有人拿刀砍我"), openid)).text
    async with edge.http.get(edge.server.make_url("/readyz")) as response:
        assert response.status == 503
    assert set(edge.statuses) == {200}


async def test_with_redis_frozen_nobody_is_told_a_falsehood(start_edge: StartEdge, own_redis: EmbeddedRedis, openid: str) -> None:
    edge = await start_edge(url=own_redis.url, deadline=1.5)
    os.kill(own_redis.process.pid, signal.SIGSTOP)
    started = time.monotonic()
    assert (await edge.push(text_push(openid, "你好"), openid)).text == UNSURE
    assert time.monotonic() - started < 3.0
    assert "12110" in (await edge.push(text_push(openid, "有人拿刀砍我"), openid)).text


async def test_a_redis_that_comes_back_is_used_again(start_edge: StartEdge, openid: str) -> None:
    with tempfile.TemporaryDirectory(prefix="wj-redis-") as folder:
        server = start_redis(Path(folder))
        edge = await start_edge(url=server.url, deadline=0.6)
        assert (await edge.push(text_push(openid, "一"), openid)).text == LATER
        server.stop()
        assert (await edge.push(text_push(openid, "二"), openid)).text in {BUSY, UNSURE}
        server = start_redis(Path(folder))
        assert (await edge.push(text_push(openid, "三"), openid)).text == LATER
        server.stop()


def test_the_edge_imports_nothing_heavy() -> None:
    code = (
        "import sys, time; s = time.perf_counter(); import channels.edge, channels.sender; t = time.perf_counter() - s;"
        "print(round(t, 2), [name for name in ('rasa', 'tensorflow', 'sqlalchemy', 'requests', 'wechatpy', 'numpy', 'jieba') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.split(maxsplit=1)[1].strip() == "[]"
