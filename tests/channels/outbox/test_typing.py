"""「正在输入」 while a turn is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest_asyncio

from channels.wechat.api import PlatformApi
from channels.wechat.typing import FEW, TypingWatch
from store.keys import PARTITIONS, TYPING, key, partition
from store.message import Message
from store.pace import Pace
from store.redis import Redis, client
from store.turns import now_ms
from store.typing import show_typing
from tests.channels.conftest import settings_with
from tests.channels.outbox.conftest import Platform
from weijing.engines import EmbeddedRedis
from weijing.tasks import end

Look = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture
async def pace(redis: Redis) -> Pace:
    return Pace(redis, "app", 1200)


@pytest_asyncio.fixture
async def watch(redis: Redis, served: tuple[Platform, str], pace: Pace) -> TypingWatch:
    session = aiohttp.ClientSession()
    yield TypingWatch(redis, PlatformApi(redis, settings_with("", wechat_api_base=served[1]), session), pace, lambda: range(PARTITIONS))  # type: ignore[misc]
    await session.close()


async def look(watch: TypingWatch) -> None:
    await watch.look()
    for task in list(watch._tasks):
        await task


async def waits(redis: Redis, openid: str, ms: int, **more: bool) -> None:
    """A message that has lain in the inbox for so long."""
    message = Message(f"k-{openid}", openid, text="你好", **more)  # type: ignore[arg-type]
    await redis.xadd(key(partition(openid), "inbox"), {"m": message.dumps(), "h": 0}, id=f"{now_ms() - ms}-0")


async def test_who_waits_sees_it_once(redis: Redis, watch: TypingWatch, platform: Platform, openid: str) -> None:
    await waits(redis, openid, 2_000)
    await look(watch)
    await look(watch)
    assert platform.typed == [openid]


async def test_nobody_else_sees_it(redis: Redis, watch: TypingWatch, platform: Platform) -> None:
    await waits(redis, "just-now", 500)
    await waits(redis, "long-ago", 40_000)
    await waits(redis, "emergency", 2_000, emergency=True)
    await waits(redis, "web.guest", 2_000)
    await look(watch)
    assert platform.typed == []


async def test_messages_come_first_when_the_pace_is_short(redis: Redis, watch: TypingWatch, pace: Pace, platform: Platform, openid: str) -> None:
    await waits(redis, openid, 2_000)
    while await pace.take(0) == 0:
        pass
    await look(watch)
    assert platform.typed == []


async def test_an_overloaded_house_shows_it_to_few(redis: Redis, watch: TypingWatch, platform: Platform) -> None:
    users = [name for name in (f"u{number}" for number in range(2000)) if partition(name) == 7][:20]
    for number, user in enumerate(sorted(users)):
        await waits(redis, user, 20_000 - number)
    await look(watch)
    assert len(platform.typed) == FEW


async def test_a_platform_that_is_away_disturbs_nobody(redis: Redis, pace: Pace, openid: str) -> None:
    async with aiohttp.ClientSession() as session:
        watch = TypingWatch(redis, PlatformApi(redis, settings_with("", wechat_api_base="http://127.0.0.1:9"), session), pace, lambda: range(PARTITIONS))
        await waits(redis, openid, 2_000)
        await look(watch)


async def test_it_shows_while_somebody_of_the_staff_writes(redis: Redis, redis_server: EmbeddedRedis, watch: TypingWatch, platform: Platform) -> None:
    listener = client(redis_server.url, timeout=None, connections=1)
    hearing = asyncio.create_task(watch.hear(listener))
    for _ in range(500):
        if dict(await redis.pubsub_numsub(TYPING))[TYPING]:
            break
        await asyncio.sleep(0.02)
    for openid in ("o-citizen", "web.visitor", "o-citizen", "o-other"):
        await show_typing(redis, openid)
    for _ in range(500):
        if len(platform.typed) == 2:
            break
        await asyncio.sleep(0.02)
    await end(hearing)
    await listener.close(close_connection_pool=True)
    assert sorted(platform.typed) == ["o-citizen", "o-other"], "once while it is on, and where the platform can"
