"""The edge is killed between claim and write, and on WeChat's third request; its subscription is dropped. Each time the user gets exactly one reply.

Real processes: edges and the sender on a real Redis, and the simulated platform's API. The worker's part, a commit, is done by the test, so that it
happens at a known moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from channels.simulator.envelope import Envelope
from channels.simulator.people import User
from channels.simulator.routes import PLATFORM, add_simulator
from channels.wechat.callback import PATH
from store.commits import Commits
from store.keys import key, partition
from store.redis import Redis
from tests.channels.conftest import Bot, settings_with, text_push
from tests.e2e.house import House, Process, free_port
from weijing.engines import EmbeddedRedis
from weijing.health import serve

KILL = "请办理这件事"
REPLY = "已经办好"


@dataclass
class World:
    """Edges, the sender, and WeChat's side of both.

    Args:
        passive: words of the passive replies that the user saw.
    """

    house: House
    redis: Redis
    bot: Bot
    envelope: Envelope
    user: User
    http: aiohttp.ClientSession
    passive: list[str] = field(default_factory=list)

    def start_edge(self, port: int = 0, **environment: str) -> tuple[Process, int]:
        """An edge on this port, or a free one; the caller waits for it."""
        port = port or free_port()
        return self.house.start("edge", EDGE_PORT=str(port), **environment), port

    async def ready(self, process: Process, port: int) -> None:
        """Wait until it serves."""
        await asyncio.to_thread(self.house.wait_ready, process, port)

    async def request(self, port: int, xml: str, patience: float = 5.0) -> str:
        """One request of WeChat's: `reply`, `success`, `cut` or `broken`."""
        sealed = self.envelope.seal(xml, self.user.openid, int(time.time()))
        url = f"http://127.0.0.1:{port}{PATH}"
        try:
            async with self.http.post(url, params=sealed.query, data=sealed.body.encode(), timeout=aiohttp.ClientTimeout(total=patience)) as response:
                reply = self.envelope.open(await response.text(), self.user.openid)
        except asyncio.TimeoutError:
            return "cut"
        except aiohttp.ClientError:
            return "broken"
        if reply.kind:
            self.passive.append(reply.text)
        return "reply" if reply.kind else "success"

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it holds."""
        deadline = time.monotonic() + 15
        while not await condition():
            assert time.monotonic() < deadline, "it never came"
            await asyncio.sleep(0.05)

    async def accepted(self) -> str:
        """Wait for the message in its inbox; returns its key."""
        await self.until(self._has_message)
        return (await self.bot.waiting())[0][2].key

    async def _has_message(self) -> bool:
        return bool(await self.bot.waiting())

    async def ripen(self, message_key: str) -> None:
        """The confirmation time is over."""
        await self.redis.zadd(key(partition(self.user.openid), "due"), {message_key: 0}, xx=True)

    async def state(self, message_key: str) -> str | None:
        """Of the turn."""
        return await self.redis.hget(key(partition(self.user.openid), "turn", message_key), "state")

    async def until_state(self, message_key: str, state: str) -> None:
        """Wait until the turn has come there."""

        async def there() -> bool:
            return await self.state(message_key) == state

        await self.until(there)

    def seen(self) -> list[str]:
        """Every reply that the user's phone has shown."""
        return self.passive + [item.content["text"] for item in self.user.items if item.side == "account" and item.delivery == "customer_service"]


@pytest_asyncio.fixture
async def world(tmp_path: Path, redis: Redis, redis_server: EmbeddedRedis, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A sender and the platform; each test starts its edges. The parameter says whether the account is verified."""
    verified, bot = getattr(request, "param", True), Bot(redis)
    await bot.lease()
    settings = settings_with(redis_server.url, wechat_verified=verified)
    app, port = web.Application(), free_port()
    add_simulator(app, settings)
    runner = await serve(app, "127.0.0.1", port)
    user = app[PLATFORM].people.named("王女士")
    user.allowance.open("message")
    names = ("wechat_app_id", "wechat_token", "wechat_aes_key", "wechat_app_secret")
    account = {name.upper(): getattr(value, "get_secret_value", lambda value=value: value)() for name in names for value in [getattr(settings, name)]}
    environment = {"REDIS_URL": redis_server.url, "SENDER_PORT": str(free_port()), "WECHAT_API_BASE": f"http://127.0.0.1:{port}/simulator/platform"}
    house = House(tmp_path, {**environment, **account, "WECHAT_VERIFIED": str(verified), "WECHAT_ORIGINAL_ID": settings.wechat_original_id})
    sender = house.start("sender")
    async with aiohttp.ClientSession() as http:
        await asyncio.to_thread(house.wait_ready, sender, int(environment["SENDER_PORT"]))
        yield World(house, redis, bot, Envelope(settings), user, http)
    await asyncio.to_thread(house.stop)
    await runner.cleanup()


async def killed_between_claim_and_write(world: World, xml: str) -> str:
    """Bring an edge to its death with the claimed reply in its hands; returns the message's key."""
    edge, port = world.start_edge(CHAOS_KILL_TEXT=KILL)
    await world.ready(edge, port)
    asking = asyncio.create_task(world.request(port, xml))
    message_key = await world.accepted()
    await world.bot.answer_all([{"text": REPLY}])
    assert await asking == "broken"
    assert await asyncio.to_thread(edge.popen.wait, 10) == -9
    assert await world.state(message_key) == "claimed", "claimed, never written"
    return message_key


async def test_killed_between_claim_and_write_the_repeat_carries_the_reply(world: World) -> None:
    xml = text_push(world.user.openid, KILL)
    message_key = await killed_between_claim_and_write(world, xml)
    edge, port = world.start_edge()
    await world.ready(edge, port)
    assert await world.request(port, xml) == "reply"
    await world.until_state(message_key, "delivered")
    await world.ripen(message_key)
    await asyncio.sleep(1.0)  # several scans of the sender
    assert world.seen() == [REPLY]


async def test_killed_between_claim_and_write_without_a_repeat_the_sender_carries_the_reply(world: World) -> None:
    message_key = await killed_between_claim_and_write(world, text_push(world.user.openid, KILL))
    assert world.seen() == []
    await world.ripen(message_key)
    await world.until_state(message_key, "sent")
    await asyncio.sleep(0.6)
    assert world.seen() == [REPLY]


@pytest.mark.parametrize("world", [False], indirect=True)
async def test_killed_on_the_third_request_nothing_is_lost(world: World) -> None:
    """An account without the right: two requests are cut, the edge dies under the third, and the answer is ready only then: it waits for the user."""
    xml = text_push(world.user.openid, "慢慢办")
    edge, port = world.start_edge()
    await world.ready(edge, port)
    assert [await world.request(port, xml, patience=0.6) for _ in range(2)] == ["cut", "cut"]
    third = asyncio.create_task(world.request(port, xml))
    message_key = await world.accepted()

    async def thrice() -> bool:
        return await world.redis.hget(key(partition(world.user.openid), "turn", message_key), "pushes") == "3"

    await world.until(thrice)
    edge.kill()
    assert await third == "broken"
    assert await world.bot.answer_all([{"text": REPLY}]) == 1, "one message, however many requests"
    await world.ripen(message_key)
    await world.until_state(message_key, "held")
    assert (await Commits(world.redis, "w").read(world.user.openid)).held == ((message_key, ({"text": REPLY},)),), "the next turn gives it, once"
    assert world.seen() == []


async def test_with_its_subscription_dropped_a_waiting_push_still_gets_its_reply(world: World) -> None:
    edge, port = world.start_edge()
    await world.ready(edge, port)
    started = time.monotonic()
    asking = asyncio.create_task(world.request(port, text_push(world.user.openid, "你好")))
    message_key = await world.accepted()
    ((_, entry, message),) = await world.bot.waiting()
    assert await world.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") >= 1
    await world.bot.answer_one(message, entry, [{"text": REPLY}])  # the edge is told nothing: it subscribes again only after a pause
    assert await asking == "reply"
    assert time.monotonic() - started < 4.0, "not only at the deadline"
    await world.until_state(message_key, "delivered")
    await world.ripen(message_key)
    await asyncio.sleep(0.6)
    assert world.seen() == [REPLY]
