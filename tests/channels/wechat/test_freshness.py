"""A captured push is not accepted a second time later; a repeat of WeChat's always joins its turn."""

from __future__ import annotations

import logging
import time

import pytest

from channels.wechat.envelope import FRESH_S
from store.commits import Commit, Commits
from store.erase import erase_user
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from store.turns import KEEP_S, REMEMBER_S, Turns
from tests.channels.conftest import Bot, StartEdge, text_push


@pytest.mark.parametrize("mode", ["safe", "compatible", "plain"])
@pytest.mark.parametrize("apart", [-FRESH_S - 30, FRESH_S + 30])
async def test_a_push_far_from_our_clock_is_refused_and_the_log_names_the_clock(
    start_edge: StartEdge, bot: Bot, openid: str, mode: str, apart: int, caplog: pytest.LogCaptureFixture
) -> None:
    edge = await start_edge(wechat_mode=mode)
    sealed = edge.envelope.seal(text_push(openid, "旧的推送"), openid, int(time.time()) + apart)
    with caplog.at_level(logging.WARNING):
        assert await edge.post(sealed.query, sealed.body) == (403, "")
    assert await bot.waiting() == []
    (record,) = caplog.records
    assert "clock" in record.getMessage() and "NTP" in record.getMessage()
    assert "旧的推送" not in record.getMessage() and openid not in record.getMessage()


@pytest.mark.parametrize("apart", [-FRESH_S + 60, FRESH_S - 60])
async def test_a_clock_that_is_a_little_wrong_does_no_harm(start_edge: StartEdge, busy_bot: Bot, openid: str, apart: int) -> None:
    edge = await start_edge()
    sealed = edge.envelope.seal(text_push(openid, "你好"), openid, int(time.time()) + apart)
    status, body = await edge.post(sealed.query, sealed.body)
    assert status == 200 and edge.envelope.open(body, openid).text == "答：你好"


async def test_a_repeat_with_the_same_or_a_new_nonce_joins_its_turn(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    xml = text_push(openid, "你好")
    first, second = (edge.envelope.seal(xml, openid, int(time.time())) for _ in range(2))
    assert first.query["nonce"] != second.query["nonce"]
    for sealed in (first, first, second):
        status, body = await edge.post(sealed.query, sealed.body)
        assert status == 200 and edge.envelope.open(body, openid).text == "答：你好"
    assert len(busy_bot.seen) == 1


async def test_in_every_state_a_message_is_remembered_longer_than_its_push_is_fresh(redis: Redis, bot: Bot) -> None:
    """A push is accepted until 2 × FRESH_S after it was first seen, should WeChat's clock be ahead of ours."""
    assert min(KEEP_S, REMEMBER_S) > 2 * FRESH_S
    turns, commits = Turns(redis), Commits(redis, "test-worker")

    async def brought_to(state: str) -> Message:
        message = Message(f"message-{state}", f"user-{state}", text="你好")
        part, openid = partition(message.openid), message.openid
        entry = (await turns.accept(message, "edge")).entry
        if state == "pending":
            return message
        if state == "held at the commit":
            await turns.claim(openid, message.key, late=True, hold=True)
        await commits.commit(Commit(message, entry, 0, [] if state == "silent" else [{"text": "答"}]))
        if state in ("claimed", "delivered"):
            await turns.claim(openid, message.key)
        if state == "delivered":
            assert await turns.confirm(openid, message.key)
        if state in ("sending", "sent", "held", "dead", "given", "erased"):
            await redis.zadd(key(part, "due"), {message.key: 0})
            assert await turns.take(part, message.key)
        if state in ("sent", "held", "dead", "given", "erased"):
            outcome = state if state in ("sent", "dead") else "held"
            assert await turns.settle(openid, message.key, outcome, via="customer_service")
        if state == "given":
            later = Message("message-later", openid, text="查看")
            await commits.commit(Commit(later, (await turns.accept(later, "edge")).entry, 0, [{"text": "答"}], held=(message.key,)))
        if state == "erased":
            assert await erase_user(redis, Message("message-gone", openid, kind="event", event="unsubscribe"))
        return message

    states = ("pending", "silent", "ready", "claimed", "delivered", "sending", "sent", "held", "held at the commit", "dead", "given", "erased")
    for state in states:
        message = await brought_to(state)
        left = await redis.ttl(key(partition(message.openid), "turn", message.key))
        assert left == -1 or left > 2 * FRESH_S, (state, left)
        again = await turns.accept(message, "edge")
        assert not again.new, f"{state}: sent again, it would be a new message"
