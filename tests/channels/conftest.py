"""An edge that listens, pushes sealed as WeChat seals them (by the simulator's envelope, which shares no line with the edge), and a turn's commit."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from channels.edge import init_app
from channels.simulator.envelope import Envelope, Reply
from channels.wechat.callback import PATH
from store.commits import Commit, Commits
from store.erase import GONE
from store.keys import PARTITIONS, key
from store.leases import Leases
from store.message import Bubble, Message
from store.redis import Redis
from weijing.engines import EmbeddedRedis
from weijing.settings import Settings
from weijing.tasks import end

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
ACCOUNT = "gh_7f083739789a"
numbers = itertools.count(22_220_946_756_594_166)


def settings_with(redis_url: str, **changes: Any) -> Settings:
    """Settings of a test account."""
    values = {
        "weijing_env": "test", "wechat_app_id": "wx2c2769f8efd9abc2", "wechat_app_secret": "app-secret-of-the-test", "wechat_token": "tokenOfTheTest",
        "wechat_original_id": ACCOUNT, "wechat_aes_key": KEY, "wechat_mode": "safe", "wechat_api_base": "", "redis_url": redis_url,
    }  # fmt: skip
    return Settings(**{**values, **changes})


def text_push(openid: str, text: str, *, message_id: int | None = None, created: int | None = None, more: str = "") -> str:
    """The plain XML of a text message."""
    safe = text.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created or int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{safe}]]></Content><MsgId>{message_id or next(numbers)}</MsgId>{more}</xml>"
    )


def event_push(openid: str, event: str, event_key: str = "", more: str = "") -> str:
    """The plain XML of an event."""
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{int(time.time())}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event><EventKey><![CDATA[{event_key}]]></EventKey>{more}</xml>"
    )


@dataclass
class Edge:
    """A running edge and WeChat's side of it."""

    server: TestServer
    http: aiohttp.ClientSession
    settings: Settings
    envelope: Envelope
    statuses: list[int] = field(default_factory=list)

    async def post(self, query: dict[str, str], body: str | bytes) -> tuple[int, str]:
        """One raw request."""
        data = body.encode() if isinstance(body, str) else body
        async with self.http.post(self.server.make_url(PATH), params=query, data=data, headers={"Content-Type": "text/xml"}) as response:
            self.statuses.append(response.status)
            return response.status, await response.text()

    async def push(self, xml: str, openid: str = "user-a", envelope: Envelope | None = None) -> Reply:
        """Push as WeChat does, and read the reply as strictly as WeChat does."""
        sealed = (envelope or self.envelope).seal(xml, openid, int(time.time()))
        status, body = await self.post(sealed.query, sealed.body)
        assert status == 200, (status, body)
        return (envelope or self.envelope).open(body, openid)


StartEdge = Callable[..., Awaitable[Edge]]


@pytest_asyncio.fixture
async def start_edge(redis: Redis, redis_server: EmbeddedRedis) -> AsyncIterator[StartEdge]:
    """Start edges; all are stopped at the end."""
    started: list[Edge] = []

    async def start(*, url: str = "", deadline: float = 4.5, crowd: int = 2000, **changes: Any) -> Edge:
        settings = settings_with(url or redis_server.url, **changes)
        server = TestServer(init_app(settings, deadline=deadline, crowd=crowd))
        await server.start_server()
        edge = Edge(server, aiohttp.ClientSession(), settings, Envelope(settings))
        started.append(edge)
        for _ in range(100):  # the subscription is part of being up
            if url or await redis.pubsub_channels("wj:edge:*"):
                break
            await asyncio.sleep(0.02)
        return edge

    yield start
    for edge in started:
        await edge.http.close()
        await edge.server.close()


class Bot:
    """Commits turns as a worker does: it owns every partition, reads the inboxes and answers with `bubbles`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._leases = Leases(redis, "test-worker", 600_000)
        self._commits = Commits(redis, "test-worker")
        self.seen: list[Message] = []
        self.bubbles: list[Bubble] | None = None
        self.delay = 0.0

    async def lease(self) -> None:
        """Own every partition."""
        await self._leases.balance()

    async def waiting(self) -> list[tuple[int, str, Message]]:
        """(partition, entry, message) of every inbox."""
        found = []
        for part in range(PARTITIONS):
            for entry, fields in await self._redis.xrange(key(part, "inbox")):
                message = Message.loads(fields["m"])
                if message.event == GONE:  # no turn: a worker forgets the user and takes it off
                    await self._redis.xdel(key(part, "inbox"), entry)
                else:
                    found.append((part, entry, message))
        return found

    async def answer_one(self, message: Message, entry: str, bubbles: list[Bubble]) -> None:
        """Commit the turn of one message."""
        self.seen.append(message)
        state = await self._commits.read(message.openid)
        await self._commits.commit(Commit(message, entry, state.length, bubbles, tracker=[f'{{"event":"user","text":"{message.key}"}}']))

    async def answer_all(self, bubbles: list[Bubble]) -> int:
        """Commit a turn for each waiting message; returns how many."""
        waiting = await self.waiting()
        for _, entry, message in waiting:
            await self.answer_one(message, entry, bubbles)
        return len(waiting)

    async def run(self) -> None:
        """Answer until cancelled; without `bubbles` a message is answered with its own words."""
        while True:
            for _, entry, message in await self.waiting():
                await asyncio.sleep(self.delay)
                await self.answer_one(
                    message, entry, self.bubbles if self.bubbles is not None else [{"text": f"答：{message.text or message.event or message.kind}"}]
                )
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def bot(redis: Redis) -> Bot:
    """A bot that holds the leases and answers when told to."""
    bot = Bot(redis)
    await bot.lease()
    return bot


@pytest_asyncio.fixture
async def busy_bot(bot: Bot) -> AsyncIterator[Bot]:
    """A bot that answers at once."""
    task = asyncio.create_task(bot.run())
    yield bot
    await end(task)


@pytest.fixture
def openid() -> str:
    """A user of this test alone."""
    return f"o9AgO5Kd5ggOC-{next(numbers)}"
