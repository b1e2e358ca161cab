"""A sender and the platform's API: a server of our own that answers as the platform does, for that is the outside world."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.outbox import Sender
from channels.wechat.api import PlatformApi
from channels.wechat.delivery import WeChatOutlet
from channels.wechat.notices import Notices
from channels.wechat.pictures import Pictures
from store.keys import key, partition
from store.pace import Pace
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.conftest import settings_with

BASE = "https://h5.example.gov.cn"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class Platform:
    """WeChat's API, with errcodes to order.

    `errcodes` are answered by `custom/send`, one a call; `always` when they are used up.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.errcodes: list[int] = []
        self.always = 0
        self.broken = False
        self.silent = False
        self.answering = asyncio.Event()
        self.answering.set()
        self.notices: list[dict[str, Any]] = []
        self.notice_errcode = 0
        self.typed: list[str] = []
        self.uploads: list[bytes] = []
        self.upload_errcode = 0

    def app(self) -> web.Application:
        app = web.Application()
        routes = {
            "stable_token": self._token, "message/custom/send": self._send, "message/custom/typing": self._typing,
            "message/subscribe/bizsend": self._notice, "media/upload": self._upload,
        }  # fmt: skip
        app.add_routes([web.post(f"/cgi-bin/{path}", handler) for path, handler in routes.items()])
        return app

    async def _token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "ACCESS", "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.calls.append(json.loads(body)["touser"])
        await self.answering.wait()
        if self.broken:
            raise web.HTTPBadGateway
        errcode = self.errcodes.pop(0) if self.errcodes else self.always
        if not errcode:
            self.bodies.append(body)
            self.sent.append(json.loads(body))
        if self.silent:
            assert request.transport
            request.transport.close()
        return web.json_response({"errcode": errcode, "errmsg": "ok"})

    async def _typing(self, request: web.Request) -> web.Response:
        self.typed.append((await request.json())["touser"])
        return web.json_response({"errcode": 0})

    async def _notice(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not self.notice_errcode:
            self.notices.append(body)
        return web.json_response({"errcode": self.notice_errcode})

    async def _upload(self, request: web.Request) -> web.Response:
        assert request.query["type"] == "image"
        field = (await request.post())["media"]
        assert isinstance(field, web.FileField)
        self.uploads.append(field.file.read())
        answer = {"errcode": self.upload_errcode} if self.upload_errcode else {"type": "image", "media_id": f"MEDIA-{len(self.uploads)}"}
        return web.json_response(answer)

    def texts(self, openid: str = "") -> list[str]:
        """The words of what was sent, of a menu its head."""
        bodies = [body for body in self.sent if not openid or body["touser"] == openid]
        return [(body.get("msgmenu") or {}).get("head_content") or body.get("text", {}).get("content", "") for body in bodies]


@pytest_asyncio.fixture
async def served() -> AsyncIterator[tuple[Platform, str]]:
    double = Platform()
    server = TestServer(double.app())
    await server.start_server()
    yield double, str(server.make_url("")).rstrip("/")
    await server.close()


@pytest.fixture
def platform(served: tuple[Platform, str]) -> Platform:
    """The platform."""
    return served[0]


@pytest.fixture
def pictures_folder(tmp_path: Path) -> Path:
    """Two pictures of ours, and a file that only says so."""
    (tmp_path / "map.png").write_bytes(PIXEL)
    (tmp_path / "other.png").write_bytes(PIXEL + b"other")
    (tmp_path / "fake.png").write_bytes(b"<html>")
    return tmp_path


MakeSender = Callable[..., Awaitable[Sender]]


@pytest_asyncio.fixture
async def make_sender(redis: Redis, served: tuple[Platform, str], pictures_folder: Path) -> AsyncIterator[MakeSender]:
    """Senders of one account."""
    made: list[Sender] = []
    async with aiohttp.ClientSession() as session:

        async def make(owner: str = "test-sender", *, verified: bool = True, per_minute: int = 60_000, templates: dict[str, str] | None = None) -> Sender:
            settings = settings_with("", wechat_api_base=served[1], public_url=BASE)
            api, pace = PlatformApi(redis, settings, session), Pace(redis, settings.wechat_app_id, per_minute)
            pictures, notices = Pictures(redis, api, settings, pictures_folder), Notices(redis, api, templates or {})
            sender = Sender(redis, {"wechat": WeChatOutlet(redis, api, pace, pictures, notices, verified=verified)}, owner)
            await sender.balance()
            made.append(sender)
            return sender

        yield make
        for sender in made:
            await sender.idle()


@pytest_asyncio.fixture
async def sender(make_sender: MakeSender) -> Sender:
    """The only sender: it holds every partition."""
    return await make_sender()


async def scan(sender: Sender) -> None:
    """One look, and the deliveries that it starts."""
    await sender.scan()
    await sender.idle()


async def post(redis: Redis, openid: str, name: str, *bubbles: dict[str, Any], kind: str = "notice") -> None:
    """Put a message into the outbox; it is a little later than the one before."""
    assert await Turns(redis).post(openid, name, list(bubbles) or [{"text": name}], kind=kind)
    await asyncio.sleep(0.002)


async def again(sender: Sender, redis: Redis, openid: str, name: str) -> None:
    """The pause is over."""
    await redis.zadd(key(partition(openid), "due"), {name: now_ms() - 1}, xx=True)
    await scan(sender)


async def state(redis: Redis, openid: str, name: str, what: str = "state") -> str | None:
    """A field of the turn."""
    found: str | None = await redis.hget(key(partition(openid), "turn", name), what)
    return found


async def held(redis: Redis, openid: str) -> list[str]:
    """The replies that wait."""
    found: list[str] = await redis.lrange(key(partition(openid), "held", openid), 0, -1)
    return found
