"""No secret leaves the house but where it belongs: real processes live through every kind of fault, then all they wrote is searched."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.simulator.envelope import Envelope
from channels.wechat.callback import PATH
from store.keys import account_key, key, partition
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.conftest import settings_with, text_push
from tests.e2e.house import House, free_port
from weijing.engines import EmbeddedRedis

SECRETS = {
    "WECHAT_APP_SECRET": "0123456789abcdef-the-app-secret",
    "WECHAT_TOKEN": "theTokenOfTheCallback",
    "WECHAT_AES_KEY": "TheAesKeyOfTheAccount0123456789ABCDEFGHIJKL"[:43],
    "WECHAT_AES_KEY_PREVIOUS": "TheAesKeyBeforeThat0123456789ABCDEFGHIJKLMN"[:43],
    "BACKEND_TOKEN": "the-token-of-the-backend",
    "VAULT_KEY": base64.urlsafe_b64encode(b"the-key-of-the-vault-32-bytes-xx").decode(),
}
ACCESS = "ACCESS-TOKEN-OF-THE-ACCOUNT"
APP_ID = settings_with("").wechat_app_id
Answer = dict[str, Any] | str | int


class Platform:
    """WeChat's API that answers as told: an errcode, a text that is no JSON, a status, or a cut connection. It quotes what it was sent, as a bad proxy may."""

    def __init__(self) -> None:
        self.token: Answer = {"access_token": f"{ACCESS}-1", "expires_in": 7200}
        self.send: Answer = {"errcode": 0}
        self.calls = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/stable_token", self._token), web.route("*", "/{rest:.*}", self._send)])
        return app

    async def _token(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, self.token)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        return await self._answer(request, self.send)

    async def _answer(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        quoted = f"{request.url} {await request.text()}"
        if answer == "cut":
            assert request.transport
            request.transport.close()
            return web.Response()
        if isinstance(answer, int):
            return web.Response(status=answer, text=quoted, headers={"Location": str(request.url)})
        if isinstance(answer, str):
            return web.Response(text=f"{answer} {quoted}")
        return web.json_response({"errmsg": quoted, **answer} if answer.get("errcode") else answer)


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[tuple[Platform, str]]:
    double = Platform()
    server = TestServer(double.app())
    await server.start_server()
    yield double, str(server.make_url("")).rstrip("/")
    await server.close()


FAULTS: list[tuple[str, Answer]] = [
    ("send", {"errcode": 40001}), ("send", {"errcode": 45015}), ("send", {"errcode": 99999}), ("send", "<html>"), ("send", 502), ("send", 302), ("send", "cut"),
    ("token", {"errcode": 40125}), ("token", {"errcode": 40164}), ("token", {"access_token": 5}), ("token", "<html>"), ("token", "cut"), ("token", 500),
]  # fmt: skip


async def test_everything_that_was_written_is_searched(
    redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ports = {"EDGE_PORT": free_port(), "SENDER_PORT": free_port()}
    common = {"REDIS_URL": redis_server.url, "WECHAT_APP_ID": APP_ID, "WECHAT_API_BASE": platform[1], "DATABASE_URL": "", **SECRETS}
    house = House(tmp_path, common | {name: str(port) for name, port in ports.items()})
    try:
        for name in ports:
            house.wait_ready(house.start(name.removesuffix("_PORT").lower()), ports[name])
        for number, (what, answer) in enumerate(FAULTS):
            await _live_through(redis, platform[0], number, what, answer)
        await _hostile(ports["EDGE_PORT"], redis_server.url)
        metrics = [await _get(f"http://127.0.0.1:{port}{path}") for port in ports.values() for path in ("/metrics", "/readyz")]
        platform[0].token = {"errcode": 40125}
        for words in (("menu", "show"), ("qr", "make", "--out", str(tmp_path / "qr")), ("doctor",), ("doctor", "--json"), ("settings",)):
            await asyncio.to_thread(house.start(*words).popen.wait, 60)
    finally:
        await asyncio.to_thread(house.stop)
    written = {process.log.name: process.text() for process in house.processes}
    assert all(text for name, text in written.items() if not name.startswith("edge")), "each of them has said something"
    assert any("40125" in text for name, text in written.items() if name.startswith("sender"))
    written |= {"metrics": "\n".join(metrics), "redis": await _redis_but_for_the_token(redis), "this test": str(capfd.readouterr())}
    kept = [*SECRETS.values(), ACCESS]
    assert [(name, secret) for name, text in written.items() for secret in kept if secret in text] == []


async def _live_through(redis: Redis, double: Platform, number: int, what: str, answer: Answer) -> None:
    """One message to deliver while the platform is broken in one way."""
    double.token, double.send = {"access_token": f"{ACCESS}-{number}", "expires_in": 7200}, {"errcode": 0}
    setattr(double, what, answer)
    await redis.delete(*await redis.keys(account_key(APP_ID, "token*")), "none")
    openid, name = f"user-{number}", f"m{number}"
    assert await Turns(redis).post(openid, name, [{"text": "好"}], kind="notice")
    for _ in range(200):
        found = await redis.hmget(key(partition(openid), "turn", name), "state", "attempts")
        due = await redis.zscore(key(partition(openid), "due"), name)
        if found[0] not in ("ready", "sending") or (found[1] and due and due > now_ms() + 300 and due < now_ms() + 29_000):
            break
        await asyncio.sleep(0.05)
    await redis.delete(account_key(APP_ID, "pace"))


async def _hostile(port: int, redis_url: str) -> None:
    """Pushes that the edge refuses, each of which may tempt it to say why."""
    values = {name.lower(): value for name, value in SECRETS.items()}
    good = Envelope(settings_with(redis_url, **values)).seal(text_push("user-h", "好"), "user-h", now_ms() // 1000)
    bad = Envelope(settings_with(redis_url, **{**values, "wechat_token": "another"})).seal(text_push("user-h", "好"), "user-h", now_ms() // 1000)
    async with aiohttp.ClientSession() as http:
        for query, body in ((bad.query, bad.body), (good.query, "<xml>"), (good.query, good.body[:-30]), ({}, "{}")):
            async with http.post(f"http://127.0.0.1:{port}{PATH}", params=query, data=body) as response:
                assert response.status in (400, 403)


async def _get(url: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return await response.text()


async def _redis_but_for_the_token(redis: Redis) -> str:
    """Every value that Redis holds; the access token lies under a key of its own by design."""
    parts = []
    async for name in redis.scan_iter(count=1000):
        if name == account_key(APP_ID, "token"):
            continue
        kind = await redis.type(name)
        if kind == "stream":
            parts.append(json.dumps(await redis.xrange(name)))
        else:
            read = {"string": ("get",), "hash": ("hgetall",), "list": ("lrange", 0, -1), "zset": ("zrange", 0, -1), "set": ("smembers",)}[kind]
            parts.append(str(await getattr(redis, read[0])(name, *read[1:])))
        parts.append(name)
    return "\n".join(parts)
