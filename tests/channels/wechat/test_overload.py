"""Floods: more pushes than the edge waits for, slow bodies, slow heads, idle connections. The good push that comes meanwhile is answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest
from aiohttp import web

from channels.wechat.answer import LATER
from channels.wechat.callback import BODY_S, PATH
from store.keys import PARTITIONS, key
from store.redis import Redis
from store.turns import Turns
from tests.channels.conftest import Bot, Edge, StartEdge, text_push
from weijing.health import serve

DEADLINE = 3.0
CROWD = 40
FLOOD = 300


async def test_a_flood_is_told_in_time_and_every_message_is_kept_once(start_edge: StartEdge, bot: Bot, redis: Redis) -> None:
    """No worker answers; WeChat repeats a third of the pushes. Above the crowd the acknowledgement goes out at once, below it at the deadline."""
    edge = await start_edge(deadline=DEADLINE, crowd=CROWD)
    pushes = [(f"flood-{number % 60}", text_push(f"flood-{number % 60}", f"第{number}句")) for number in range(FLOOD)]
    repeated = [*pushes, *pushes[::3]]
    seconds: list[float] = []

    async def push(openid: str, xml: str) -> str:
        started = time.monotonic()
        reply = await edge.push(xml, openid)
        seconds.append(time.monotonic() - started)
        return reply.text

    words = Counter(await asyncio.gather(*(push(*one) for one in repeated)))
    assert words == {LATER: len(repeated)}
    assert max(seconds) < 4.5
    assert sum(second < DEADLINE * 0.8 for second in seconds) >= FLOOD // 3, "most did not wait"
    texts = Counter(message.text for _, _, message in await bot.waiting())
    assert texts == {f"第{number}句": 1 for number in range(FLOOD)}, "each once"
    await bot.answer_all([{"text": "答"}])
    due = sum([await redis.zcard(key(part, "due")) for part in range(PARTITIONS)])
    assert due == FLOOD, "each reply is the sender's, due now"
    late = [await Turns(redis).take(part, bot.seen[0].key) for part in range(PARTITIONS)]
    assert sum(one is not None for one in late) == 1


async def raw(edge: Edge, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has sent these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.server.port)
    writer.write(data)
    await writer.drain()
    return reader, writer


async def test_slow_bodies_are_given_up_and_delay_nobody(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge()
    head = f"POST {PATH} HTTP/1.1\r\nHost: edge\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<xml>".encode()
    slow = [await raw(edge, head) for _ in range(50)]
    started = time.monotonic()
    assert (await edge.push(text_push(openid, "你好"), openid)).text == "答：你好"
    assert time.monotonic() - started < 1.5
    answers = await asyncio.gather(*(reader.readline() for reader, _ in slow))
    assert time.monotonic() - started < BODY_S + 2.0
    assert set(answers) == {b"HTTP/1.1 400 Bad Request\r\n"}
    for _, writer in slow:
        writer.close()


@pytest.mark.parametrize("head", [b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 500 + b"\r\n"])
async def test_heads_are_bounded(start_edge: StartEdge, head: bytes) -> None:
    edge = await start_edge()
    reader, writer = await raw(edge, head)
    assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.0 400")
    writer.close()


async def test_a_head_that_never_ends_and_an_idle_connection_are_cut() -> None:
    """As `weijing edge` listens, with the time shortened: what has brought no whole head by then is closed."""
    runner = await serve(web.Application(), "127.0.0.1", 0, keepalive=0.5)
    try:
        for begun in (b"", b"POST /webhooks/wechat/webhook HTTP/1.1\r\nHost: edge\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
            writer.write(begun)
            assert await asyncio.wait_for(reader.read(), 5) == b"", "closed without an answer"
            writer.close()
    finally:
        await runner.cleanup()
