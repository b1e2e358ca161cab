"""What the edge owes behind its answer is done once Redis is back: an emergency is seen by staff, a user who left is erased."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis, client
from tests.channels.conftest import StartEdge, event_push, text_push
from weijing.engines import EmbeddedRedis, start_redis

DANGER = "有人拿刀砍我"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of a Redis that the test stops, freezes and starts again."""
    with tempfile.TemporaryDirectory(prefix="wj-redis-") as name:
        yield Path(name)


async def recorded(redis: Redis) -> list[Message]:
    """All that lies in the inboxes."""
    found = [entry for part in range(PARTITIONS) for entry in await redis.xrange(key(part, "inbox"))]
    return [Message.loads(fields["m"]) for _, fields in found]


async def until_recorded(redis: Redis, count: int) -> list[Message]:
    """Wait for so many."""
    for _ in range(300):
        messages = await recorded(redis)
        if len(messages) >= count:
            return messages
        await asyncio.sleep(0.05)
    raise AssertionError(f"{count} messages never came")


async def test_an_emergency_that_redis_did_not_take_is_recorded_when_it_is_back(
    start_edge: StartEdge, folder: Path, openid: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_redis(folder)
    edge = await start_edge(url=server.url)
    await edge.push(event_push("u", "VIEW"), "u")
    server.stop()
    xml = text_push(openid, DANGER)
    with caplog.at_level(logging.ERROR):
        assert "12110" in (await edge.push(xml, openid)).text, "the card goes out at once"
        assert "12110" in (await edge.push(xml, openid)).text, "and again when WeChat repeats"
    assert any("not recorded yet" in record.getMessage() for record in caplog.records)
    assert not any(DANGER in record.getMessage() or openid in record.getMessage() for record in caplog.records), "no words of the user's in the log"
    server = start_redis(folder)
    redis = client(server.url)
    (message,) = await until_recorded(redis, 1)
    assert (message.openid, message.text, message.emergency) == (openid, DANGER, True)
    assert "12110" in (await edge.push(xml, openid)).text
    assert len(await recorded(redis)) == 1, "once, however often it was pushed"
    await redis.close(close_connection_pool=True)
    server.stop()


async def test_an_emergency_during_a_freeze_is_recorded_once(start_edge: StartEdge, folder: Path, openid: str) -> None:
    """The accept timed out and may have run; it is repeated, and joins."""
    server: EmbeddedRedis = start_redis(folder)
    edge = await start_edge(url=server.url, deadline=1.0)
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        assert "12110" in (await edge.push(text_push(openid, DANGER), openid)).text
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    redis = client(server.url)
    assert [message.emergency for message in await until_recorded(redis, 1)] == [True]
    await asyncio.sleep(1.0)
    assert len(await recorded(redis)) == 1
    await redis.close(close_connection_pool=True)
    server.stop()


async def test_a_user_who_leaves_while_redis_is_away_is_erased_when_it_is_back(start_edge: StartEdge, folder: Path, openid: str) -> None:
    server, part = start_redis(folder), partition(openid)
    edge = await start_edge(url=server.url)
    redis = client(server.url)
    await redis.hset(key(part, "vault", openid), "ref", "cipher")
    server.stop()
    assert (await edge.push(event_push(openid, "unsubscribe"), openid)).kind == ""
    server = start_redis(folder)
    for _ in range(300):
        if await redis.xlen(key(part, "events")):
            break
        await asyncio.sleep(0.05)
    assert not await redis.exists(key(part, "vault", openid))
    await redis.close(close_connection_pool=True)
    server.stop()
