"""The sender against the platform's API: a server of our own that answers as the platform does, for that is the outside world."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.sender import Sender
from channels.wechat.api import PlatformApi
from channels.wechat.delivery import WeChatOutlet
from store.keys import key, partition
from store.ledger import Ledger
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.conftest import settings_with
from weijing.engines import EmbeddedRedis
from weijing.errors import PlatformError
from weijing.settings import ROOT, child_environment


class Platform:
    """WeChat's API: tokens and customer-service messages, with errcodes to order."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.fetched: list[bool] = []
        self.errcodes: list[int] = []
        self.token = 0
        self.bodies: list[bytes] = []
        self.broken = False

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/stable_token", self._stable_token), web.post("/cgi-bin/message/custom/send", self._send)])
        app.add_routes([web.post("/cgi-bin/message/custom/typing", self._send)])
        return app

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        await asyncio.sleep(0.05)
        self.fetched.append(body["force_refresh"])
        self.token += bool(body["force_refresh"])
        if body["secret"] != "app-secret-of-the-test":
            return web.json_response({"errcode": 40125, "errmsg": "invalid appsecret"})
        return web.json_response({"access_token": f"ACCESS-{self.token}", "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        if self.broken:
            raise web.HTTPBadGateway
        if request.query["access_token"] != f"ACCESS-{self.token}":
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        errcode = self.errcodes.pop(0) if self.errcodes else 0
        if not errcode:
            self.bodies.append(await request.read())
            self.sent.append(json.loads(self.bodies[-1]))
        return web.json_response({"errcode": errcode, "errmsg": "ok"})


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[tuple[Platform, str]]:
    double = Platform()
    server = TestServer(double.app())
    await server.start_server()
    yield double, str(server.make_url("")).rstrip("/")
    await server.close()


@pytest_asyncio.fixture
async def sender(redis: Redis, platform: tuple[Platform, str]) -> AsyncIterator[Sender]:
    async with aiohttp.ClientSession() as session:
        api = PlatformApi(redis, settings_with("", wechat_api_base=platform[1]), session)
        sender = Sender(redis, {"wechat": WeChatOutlet(redis, api, verified=True)}, "test-sender")
        await sender.balance()
        yield sender
        await sender.idle()


async def scan(sender: Sender) -> None:
    await sender.scan()
    await sender.idle()


async def post(redis: Redis, openid: str, name: str, *bubbles: dict[str, Any]) -> None:
    assert await Turns(redis).post(openid, name, list(bubbles) or [{"text": name}], kind="notice")


async def make_due(redis: Redis, openid: str, name: str) -> None:
    await redis.zadd(key(partition(openid), "due"), {name: now_ms() - 1}, xx=True)


async def state(redis: Redis, openid: str, name: str) -> str | None:
    found: str | None = await redis.hget(key(partition(openid), "turn", name), "state")
    return found


async def test_what_is_due_is_sent_once_in_order(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    names = [f"m{number}" for number in range(4)]
    for name in names:
        await post(redis, openid, name)
        await asyncio.sleep(0.002)
    await post(redis, "another-user", "other")
    await scan(sender)
    await scan(sender)
    assert [body["text"]["content"] for body in platform[0].sent if body["touser"] == openid] == names
    assert len(platform[0].sent) == 5
    assert await state(redis, openid, "m0") == "sent"
    assert not await redis.exists(key(partition(openid), "due"))
    delivered = [fields["e"] for _, fields in await redis.xrange(key(partition(openid), "events")) if '"customer_service"' in fields["e"]]
    assert len(delivered) >= 4


async def test_bubbles_are_merged_and_buttons_become_a_menu(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    buttons = [{"title": "查进度", "payload": "查询进度"}, {"title": "找人工", "payload": "人工"}]
    await post(redis, openid, "menu", {"text": "第一段"}, {"text": "第二段"}, {"text": "您想？", "buttons": buttons})
    await scan(sender)
    (body,) = platform[0].sent
    assert body["msgtype"] == "msgmenu"
    assert body["msgmenu"]["head_content"] == "第一段\n\n第二段\n\n您想？"
    assert body["msgmenu"]["list"] == [{"id": "1", "content": "查询进度"}, {"id": "2", "content": "人工"}]
    assert "查询进度".encode() in platform[0].bodies[0], "real UTF-8, no \\u escapes"


async def test_long_text_is_cut_at_sentence_ends(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    text = "".join(f"第{number}条说明，请您仔细阅读。" for number in range(120))
    await post(redis, openid, "long", {"text": text})
    await scan(sender)
    parts = [body["text"]["content"] for body in platform[0].sent]
    assert len(parts) == 3
    assert "".join(parts) == text
    assert all(len(part.encode()) <= 2048 and part.endswith("。") for part in parts)


@pytest.mark.parametrize("errcode", [45015, 45047, 48001, 48002, 43004])
async def test_what_may_not_go_is_kept_until_the_user_writes(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str, errcode: int) -> None:
    platform[0].errcodes = [errcode]
    await Ledger(redis).note(openid, "message")
    await post(redis, openid, "kept")
    await post(redis, openid, "kept too")
    await scan(sender)
    assert [await state(redis, openid, name) for name in ("kept", "kept too")] == ["held", "held"]
    assert await redis.lrange(key(partition(openid), "held", openid), 0, -1) == ["kept", "kept too"]
    assert platform[0].sent == [], "after the first refusal the ledger says no without a call"


@pytest.mark.parametrize("errcode", [-1, 45009])
async def test_a_passing_fault_is_tried_again_and_the_order_stays(
    sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str, errcode: int
) -> None:
    platform[0].errcodes = [errcode]
    await post(redis, openid, "first")
    await asyncio.sleep(0.002)
    await post(redis, openid, "second")
    await scan(sender)
    assert await redis.zscore(key(partition(openid), "due"), "first") > now_ms() + 500
    await scan(sender)
    assert platform[0].sent == [], "the second waits for the first"
    sender._blocked.clear()
    await redis.zadd(key(partition(openid), "due"), {"first": 1})
    await scan(sender)
    assert [body["text"]["content"] for body in platform[0].sent] == ["first", "second"]


async def test_a_platform_that_is_away_is_no_loss(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    platform[0].broken = True
    await post(redis, openid, "waits")
    await scan(sender)
    assert await state(redis, openid, "waits") == "sending"
    platform[0].broken = False
    sender._blocked.clear()
    await make_due(redis, openid, "waits")
    await scan(sender)
    assert await state(redis, openid, "waits") == "sent"


async def test_an_unknown_errcode_is_given_up_after_five_attempts(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    platform[0].errcodes = [47001] * 9
    await post(redis, openid, "bad")
    for _ in range(7):
        await scan(sender)
        sender._blocked.clear()
        await make_due(redis, openid, "bad")
    assert await state(redis, openid, "bad") == "dead"
    assert len(platform[0].errcodes) == 4


async def test_a_retry_sends_only_the_parts_that_did_not_go(sender: Sender, platform: tuple[Platform, str], redis: Redis, openid: str) -> None:
    button = [{"title": "好", "payload": "好"}]
    await post(redis, openid, "parts", {"text": "一", "buttons": button}, {"text": "二", "buttons": button}, {"text": "三"})
    platform[0].errcodes = [0, -1]
    await scan(sender)
    sender._blocked.clear()
    await make_due(redis, openid, "parts")
    await scan(sender)
    heads = [(body.get("msgmenu") or {}).get("head_content") or body["text"]["content"] for body in platform[0].sent]
    assert heads == ["一", "二", "三"]


async def test_an_unverified_account_keeps_everything_without_a_call(redis: Redis, platform: tuple[Platform, str], openid: str) -> None:
    async with aiohttp.ClientSession() as session:
        api = PlatformApi(redis, settings_with("", wechat_api_base=platform[1]), session)
        sender = Sender(redis, {"wechat": WeChatOutlet(redis, api, verified=False)}, "test-sender")
        await sender.balance()
        await post(redis, openid, "kept")
        await scan(sender)
    assert await state(redis, openid, "kept") == "held"
    assert platform[0].fetched == []


async def test_one_process_fetches_the_token_for_all(redis: Redis, platform: tuple[Platform, str]) -> None:
    async with aiohttp.ClientSession() as session:
        apis = [PlatformApi(redis, settings_with("", wechat_api_base=platform[1]), session) for _ in range(8)]
        await asyncio.gather(*(api.send(f"u{number}", {"msgtype": "text", "text": {"content": "好"}}) for number, api in enumerate(apis)))
    assert platform[0].fetched == [False]
    assert len(platform[0].sent) == 8


async def test_a_refused_token_is_replaced_once(redis: Redis, platform: tuple[Platform, str]) -> None:
    async with aiohttp.ClientSession() as session:
        api = PlatformApi(redis, settings_with("", wechat_api_base=platform[1]), session)
        await api.typing("u")
        platform[0].token = 7  # somebody else made a new one: ours is refused, and so the platform hands out the new one
        await api.send("u", {"msgtype": "text", "text": {"content": "好"}})
        assert platform[0].fetched == [False, False]
        platform[0].errcodes = [40001] * 50
        with pytest.raises(PlatformError) as caught:
            await api.send("u", {"msgtype": "text", "text": {"content": "好"}})
    assert caught.value.errcode == 40001
    assert len(platform[0].fetched) <= 4, "bounded: a token that is always refused does not burn the day's quota"


async def test_secrets_reach_neither_errors_nor_logs(redis: Redis, platform: tuple[Platform, str], caplog: pytest.LogCaptureFixture) -> None:
    messages = []
    async with aiohttp.ClientSession() as session:
        with caplog.at_level(logging.DEBUG):
            for changes in ({"wechat_api_base": platform[1], "wechat_app_secret": "wrong-secret"}, {"wechat_api_base": "http://127.0.0.1:9"}):
                with pytest.raises(PlatformError) as caught:
                    await PlatformApi(redis, settings_with("", **changes), session).typing("u")
                messages.append(str(caught.value) + repr(caught.value.__cause__))
            api = PlatformApi(redis, settings_with("", wechat_api_base=platform[1]), session)
            await api.typing("u")
            platform[0].broken = True
            with pytest.raises(PlatformError) as caught:
                await api.typing("u")
            messages.append(str(caught.value) + repr(caught.value.__cause__))
    ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]  # the platform's own access log is not ours
    for text in [*messages, *ours]:
        assert "ACCESS-" not in text
        assert "secret-of-the-test" not in text
        assert "wrong-secret" not in text


async def test_the_ledger_counts_in_every_open_window(redis: Redis, openid: str) -> None:
    ledger = Ledger(redis)
    assert await ledger.take(openid) is None, "no contact is known: the platform decides"
    await ledger.note(openid, "tap")
    assert [await ledger.take(openid) for _ in range(4)] == [2, 1, 0, -1]
    await ledger.note(openid, "message")
    assert [await ledger.take(openid) for _ in range(6)] == [4, 3, 2, 1, 0, -1]
    await ledger.note(openid, "message", at=now_ms() - 49 * 3600 * 1000)
    assert await ledger.take(openid) == -1, "the window of 48 h is over"
    await ledger.note(openid, "message")
    await ledger.note(openid, "tap", at=now_ms() - 61_000)
    assert await ledger.take(openid) == 4
    await ledger.empty(openid)
    assert await ledger.take(openid) == -1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize(("module", "variable"), [("channels.sender", "SENDER_PORT"), ("channels.edge", "EDGE_PORT")])
def test_the_process_starts_says_so_and_stops(redis_server: EmbeddedRedis, module: str, variable: str) -> None:
    port = free_port()
    environment = child_environment(**{"REDIS_URL": redis_server.url, variable: str(port)})
    process = subprocess.Popen([sys.executable, "-c", f"import {module} as m; raise SystemExit(m.main([]))"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while not ready(port):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr and b"Traceback" not in process.stderr.read()
    finally:
        process.kill()
