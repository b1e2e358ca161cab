"""An edge with its pages on a port of its own, the real reference backend behind it, and phones that keep cookies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from channels.edge import init_app
from channels.simulator.oauth import COOKIE
from channels.simulator.people import openid_of
from store.migrate import migrate
from store.redis import Redis
from tests.backend.conftest import Running, new_database
from tests.channels.conftest import Bot, settings_with
from tests.e2e.house import free_port
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.health import serve
from weijing.settings import Settings, load_settings
from weijing.tasks import end

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005000201a5d9c1b50000000049454e44ae426082"
)
"""The smallest picture there is."""


@dataclass(frozen=True)
class Page:
    """An answer, redirects followed."""

    status: int
    text: str
    headers: Any
    url: str

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name} in {self.text}"
        return found[1]


class Phone:
    """A browser without JavaScript that keeps cookies; `name` is who holds it."""

    def __init__(self, settings: Settings, name: str = "王女士") -> None:
        self.base, self.openid = settings.public_base, openid_of(settings.wechat_app_id, name)
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.http.cookie_jar.update_cookies({COOKIE: name.encode().decode("latin-1") if name.isascii() else _quoted(name)})

    async def get(self, path: str, *, follow: bool = True, **more: Any) -> Page:
        """Open a page."""
        return await self._ask("GET", path, allow_redirects=follow, **more)

    async def post(self, path: str, data: Any, **more: Any) -> Page:
        """Send a form."""
        return await self._ask("POST", path, data=data, **more)

    async def _ask(self, method: str, path: str, **more: Any) -> Page:
        url = path if path.startswith("http") else self.base + path
        async with self.http.request(method, url, **more) as response:
            return Page(response.status, await response.text(), response.headers, str(response.url))


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


@dataclass
class House:
    """A running edge."""

    settings: Settings
    app: web.Application
    bot: Bot
    phones: list[Phone]

    def phone(self, name: str = "王女士") -> Phone:
        """A new phone in this person's hand."""
        phone = Phone(self.settings, name)
        self.phones.append(phone)
        return phone


StartHouse = Callable[..., Awaitable[House]]


@pytest.fixture(scope="session")
def backend(postgres_server: EmbeddedPostgres) -> Iterator[Running]:
    """The reference backend on a database of its own, where the evidence lies too."""
    url = new_database(postgres_server)
    migrate(url)
    with Running(load_settings().copy(update={"database_url": url})) as running:
        yield running


@pytest_asyncio.fixture
async def start_house(redis: Redis, redis_server: EmbeddedRedis, backend: Running, bot: Bot) -> AsyncIterator[StartHouse]:
    """Start edges; all are stopped at the end."""
    open_: list[tuple[House, web.AppRunner]] = []

    async def start(**changes: Any) -> House:
        values = {
            "edge_port": free_port(), "backend_url": backend.base, "backend_token": backend.settings.backend_token, "vault_key": backend.settings.vault_key,
            "database_url": backend.settings.database_url,
        }  # fmt: skip
        settings = settings_with(changes.pop("redis_url", redis_server.url), **{**values, **changes})
        app = init_app(settings)
        runner = await serve(app, "127.0.0.1", settings.edge_port)
        house = House(settings, app, bot, [])
        open_.append((house, runner))
        for _ in range(200):  # the subscription is part of being up
            if await redis.pubsub_channels("wj:edge:*"):
                break
            await asyncio.sleep(0.02)
        return house

    yield start
    for house, runner in open_:
        for phone in house.phones:
            await phone.http.close()
        await runner.cleanup()


@pytest_asyncio.fixture
async def house(start_house: StartHouse) -> House:
    """One edge; the bot answers when told to."""
    return await start_house()


@pytest_asyncio.fixture
async def answering(bot: Bot) -> AsyncIterator[Bot]:
    """A bot that answers at once with `bot.bubbles`."""
    bot.bubbles = [{"text": "绑定成功：赵**。"}]
    task = asyncio.create_task(bot.run())
    yield bot
    await end(task)
