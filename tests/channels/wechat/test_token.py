"""The access token among processes: fetched once, bounded when it is refused, never stuck on a process that died."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.wechat.api import PlatformApi
from channels.wechat.token import AccessToken
from store.keys import account_key
from store.redis import Redis, client
from tests.channels.conftest import settings_with
from weijing.engines import EmbeddedRedis
from weijing.errors import PlatformError, StoreUnavailable
from weijing.settings import ROOT

APP_ID = settings_with("").wechat_app_id


class Platform:
    """`stable_token` as the platform keeps it, with faults to order."""

    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.first = asyncio.Event()
        self.sent = 0
        self.number = 1
        self.pause = 0.05
        self.refuse: dict[str, Any] = {}
        self.always_refused = False
        self.answer: dict[str, Any] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/stable_token", self._stable_token), web.post("/cgi-bin/message/custom/send", self._send)])
        return app

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body["force_refresh"])
        self.first.set()
        await asyncio.sleep(self.pause)
        self.number += body["force_refresh"]
        return web.json_response(self.refuse or self.answer or {"access_token": f"ACCESS-{self.number}", "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        self.sent += 1
        good = request.query["access_token"] == f"ACCESS-{self.number}" and not self.always_refused
        return web.json_response({"errcode": 0 if good else 40001, "errmsg": "" if good else "invalid credential"})


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[tuple[Platform, str]]:
    double = Platform()
    server = TestServer(double.app())
    await server.start_server()
    yield double, str(server.make_url("")).rstrip("/")
    await server.close()


@contextlib.asynccontextmanager
async def fetching(redis: Redis, base: str, **options: Any) -> AsyncIterator[AccessToken]:
    """The token of one process."""
    async with aiohttp.ClientSession() as session:
        api = PlatformApi(redis, settings_with("", wechat_api_base=base), session)
        yield AccessToken(redis, settings_with(""), api._post, **options)


async def in_processes(redis_server: EmbeddedRedis, base: str, *, processes: int, calls: int) -> Counter[str]:
    """How the calls of so many processes ended."""
    command = [sys.executable, "-m", "tests.channels.wechat.callers", redis_server.url, base, APP_ID, str(calls)]
    started = [await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE) for _ in range(processes)]
    ends: Counter[str] = Counter()
    for process in started:
        out, _ = await process.communicate()
        assert process.returncode == 0
        ends.update(ast.literal_eval(out.decode()))
    return ends


async def test_eight_processes_fetch_it_once(redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str]) -> None:
    platform[0].pause = 1.0  # long enough that all of them want it
    assert await in_processes(redis_server, platform[1], processes=8, calls=40) == {"sent": 320}
    assert platform[0].asked == [False]


async def test_a_token_refused_in_two_processes_at_once_is_renewed_once(redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str]) -> None:
    """The platform forgot its token (the AppSecret was reset): what lies in Redis is refused to everybody."""
    await redis.set(account_key(APP_ID, "token"), "ACCESS-OLD", ex=3600)
    assert await in_processes(redis_server, platform[1], processes=2, calls=25) == {"sent": 50}
    assert platform[0].asked == [False]


async def test_fifty_refusals_cost_a_handful_of_fetches(redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str]) -> None:
    """A platform that refuses whatever it gives: wechatpy fetched 50 tokens here."""
    platform[0].always_refused = True
    ends = await in_processes(redis_server, platform[1], processes=2, calls=25)
    assert ends == {"40001": 50}
    assert platform[0].asked[:3] == [False, False, True] and len(platform[0].asked) <= 5 and platform[0].asked.count(True) == 1
    assert platform[0].sent <= 150


async def test_it_is_forced_at_most_every_75_minutes(redis: Redis, platform: tuple[Platform, str]) -> None:
    async with fetching(redis, platform[1]) as token:
        first = await token.get()
        assert await token.get(refused=first) == "ACCESS-2"
        with pytest.raises(PlatformError, match="WECHAT_APP_SECRET"):
            await token.get(refused="ACCESS-2")
        assert platform[0].asked == [False, False, True, False]
        assert await redis.ttl(account_key(APP_ID, "token_forced")) > 30 and 24 * 3600 / 4500 < 20


async def test_a_wrong_secret_is_asked_once_in_ten_seconds_by_all(redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str]) -> None:
    platform[0].refuse = {"errcode": 40125, "errmsg": "invalid appsecret"}
    assert await in_processes(redis_server, platform[1], processes=2, calls=50) == {"40125": 100}
    assert len(platform[0].asked) <= 2
    platform[0].refuse = {}
    await redis.delete(*await redis.keys(account_key(APP_ID, "token_failed:*")))  # ten seconds later
    assert await in_processes(redis_server, platform[1], processes=1, calls=1) == {"sent": 1}


async def test_a_process_killed_while_it_fetches_holds_up_the_others_for_the_lock_only(
    redis: Redis, redis_server: EmbeddedRedis, platform: tuple[Platform, str]
) -> None:
    platform[0].pause = 30
    command = [sys.executable, "-m", "tests.channels.wechat.callers", redis_server.url, platform[1], APP_ID, "1"]
    victim = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    await asyncio.wait_for(platform[0].first.wait(), 30)
    victim.kill()
    await victim.wait()
    await redis.pexpire(account_key(APP_ID, "token_lock"), 800)  # it lives 10 s: nobody waits for that here
    platform[0].pause, started = 0, time.monotonic()
    async with fetching(redis, platform[1]) as token:
        assert await token.get() == "ACCESS-1"
    assert 0.2 < time.monotonic() - started < 8


async def test_a_lock_that_ran_out_while_its_owner_waits_is_not_taken_from_the_next(redis: Redis, platform: tuple[Platform, str]) -> None:
    platform[0].pause = 0.6
    async with fetching(redis, platform[1], lock_ms=200) as slow, fetching(redis, platform[1]) as other:
        first = asyncio.create_task(slow.get())
        await asyncio.sleep(0.3)
        second = asyncio.create_task(other.get())
        await first
        assert await redis.exists(account_key(APP_ID, "token_lock")) or second.done(), "the slow one removed the other's lock"
        assert await second == await first == "ACCESS-1"
    assert len(platform[0].asked) <= 2


@pytest.mark.parametrize("answer", [{"expires_in": 7200}, {"access_token": ""}, {"access_token": 5, "expires_in": 7200}])
async def test_an_answer_without_a_token_is_an_error_of_the_platform(redis: Redis, platform: tuple[Platform, str], answer: dict[str, Any]) -> None:
    platform[0].answer = answer
    async with fetching(redis, platform[1]) as token:
        with pytest.raises(PlatformError, match="holds no token"):
            await token.get()
    assert not await redis.exists(account_key(APP_ID, "token"), account_key(APP_ID, "token_lock"))


@pytest.mark.parametrize(("expires", "kept"), [(7200, 7140), (300, 240), (30, 1), (None, 60), ("soon", 60)])
async def test_it_is_kept_a_minute_less_than_the_platform_says(redis: Redis, platform: tuple[Platform, str], expires: Any, kept: int) -> None:
    platform[0].answer = {"access_token": "ACCESS", "expires_in": expires}
    async with fetching(redis, platform[1]) as token:
        await token.get()
    assert kept - 5 <= await redis.ttl(account_key(APP_ID, "token")) <= kept


async def test_redis_away_is_said_and_nothing_is_asked(platform: tuple[Platform, str]) -> None:
    async with fetching(client("redis://127.0.0.1:1/0"), platform[1]) as token:
        with pytest.raises(StoreUnavailable):
            await token.get()
    assert platform[0].asked == []


IP_ERRORS = {
    40164: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 65a0c0de-1f2e3d4c-5b6a7988",
    61004: "access clientip is not registered, requestIP: 203.0.113.9 rid: 65a0c0de-1f2e3d4c-5b6a7988",
    89503: "this ip 203.0.113.9 need admin confirm rid: 65a0c0de-1f2e3d4c-5b6a7988",
}


@pytest.mark.parametrize("errcode", sorted(IP_ERRORS))
async def test_the_ip_that_the_platform_saw_is_named(redis: Redis, platform: tuple[Platform, str], errcode: int) -> None:
    platform[0].refuse = {"errcode": errcode, "errmsg": IP_ERRORS[errcode]}
    async with fetching(redis, platform[1]) as token:
        with pytest.raises(PlatformError, match=r"203\.0\.113\.9.*65a0c0de-1f2e3d4c-5b6a7988") as caught:
            await token.get()
    assert "IP" in caught.value.message and caught.value.errcode == errcode


async def test_a_frozen_secret_says_where_to_unfreeze_it(redis: Redis, platform: tuple[Platform, str]) -> None:
    platform[0].refuse = {"errcode": 40243, "errmsg": "appsecret has been frozen, secret=app-secret-of-the-test"}
    async with fetching(redis, platform[1]) as token:
        with pytest.raises(PlatformError, match="基本配置") as caught:
            await token.get()
    assert "app-secret" not in str(caught.value), "errmsg is the platform's: it is not passed on"
