"""An edge that is behind takes fewer pushes and says so at once; an emergency gets its card all the same."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from aiohttp.test_utils import TestServer

from channels.edge import init_app
from channels.pressure import FULL_S, Pressure
from channels.simulator.envelope import Envelope
from channels.wechat.answer import LATER, UNSURE
from store.redis import Redis
from tests.channels.conftest import Bot, Edge, settings_with, text_push
from weijing.emergency import CARDS
from weijing.engines import EmbeddedRedis
from weijing.tasks import end


async def test_a_loop_that_is_held_up_is_seen_and_forgotten_again() -> None:
    pressure = Pressure()
    watching = asyncio.create_task(pressure.watch())
    await asyncio.sleep(0.01)
    assert not pressure.refuses()
    for _ in range(4):
        time.sleep(4 * FULL_S)  # noqa: ASYNC251  the loop is held up
        await asyncio.sleep(0.01)
    assert pressure.crowded and pressure.refuses()
    for _ in range(200):
        await asyncio.sleep(0.05)
        if not pressure.crowded:
            break
    assert not pressure.crowded and not pressure.refuses()
    await end(watching)


async def test_under_pressure_a_push_is_not_taken_and_an_emergency_is(bot: Bot, redis: Redis, redis_server: EmbeddedRedis, openid: str) -> None:
    pressure, settings = Pressure(), settings_with(redis_server.url)
    async with TestServer(init_app(settings, deadline=1.0, pressure=pressure)) as server, aiohttp.ClientSession() as http:
        edge = Edge(server, http, settings, Envelope(settings))
        pressure.behind = 2 * FULL_S
        assert (await edge.push(text_push(openid, "身份证丢了怎么补办"), openid)).text == UNSURE
        assert await bot.waiting() == []
        assert (await edge.push(text_push(openid, "救命，有人拿刀砍我"), openid)).text in CARDS.values()
        assert [message.emergency for _, _, message in await bot.waiting()] == [True]
        pressure.behind = 0.0
        assert (await edge.push(text_push(openid, "现在呢"), openid)).text == LATER
        assert [message.text for _, _, message in await bot.waiting()][-1] == "现在呢"
