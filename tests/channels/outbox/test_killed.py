"""A sender that is killed between the call and its note, as a real process: its successor sends again, and counts that."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest_asyncio

from store.keys import key, partition
from store.redis import Redis
from tests.channels.outbox.conftest import Platform, post, state
from tests.channels.test_processes import free_port
from weijing.engines import EmbeddedRedis
from weijing.settings import ROOT, child_environment


class Senders:
    """Sender processes before one platform."""

    def __init__(self, redis_url: str, api_base: str) -> None:
        self.port = free_port()
        self._environment = child_environment(REDIS_URL=redis_url, WECHAT_API_BASE=api_base, SENDER_PORT=str(self.port))
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.running.append(subprocess.Popen([sys.executable, "-m", "weijing", "sender"], cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL))

    def kill(self) -> None:
        self.running[-1].kill()
        self.running[-1].wait()


@pytest_asyncio.fixture
async def senders(redis_server: EmbeddedRedis, served: tuple[Platform, str]) -> AsyncIterator[Senders]:
    senders = Senders(redis_server.url, served[1])
    yield senders
    for process in senders.running:
        process.kill()
        process.wait()


async def until(reached: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(600):
        if await reached():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(what)


async def test_a_killed_sender_s_message_goes_again_and_is_counted(
    senders: Senders, platform: Platform, redis: Redis, openid: str
) -> None:
    platform.answering.clear()
    senders.start()
    await post(redis, openid, "maybe")

    async def called() -> bool:
        return bool(platform.calls)

    async def sent() -> bool:
        return await state(redis, openid, "maybe") == "sent"

    await until(called, "the first sender calls")
    senders.kill()
    platform.answering.set()
    assert await state(redis, openid, "maybe", "calling") == "1"
    await redis.delete(*await redis.keys("wj:*:sender"), "wj:workers:sender")  # its leases run out
    await redis.zadd(key(partition(openid), "due"), {"maybe": 1})  # and so does its time
    senders.start()
    await until(sent, "the second sender sends")
    assert len(platform.calls) == 2
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{senders.port}/metrics") as response:
        assert "weijing_last_hop_doubles_total 1.0" in await response.text()
