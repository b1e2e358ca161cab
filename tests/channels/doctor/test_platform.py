"""The doctor looks at the account and the callback: each test breaks one thing and reads the line that names it and what mends it."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest
from aiohttp import web

from channels.doctor import callback, platform
from channels.doctor.command import examine
from channels.simulator.platform import Platform
from tests.channels.conftest import Edge, settings_with
from tests.channels.doctor.conftest import changed, free_port, the_one
from weijing.settings import Settings

PLATFORM_CHECKS = (
    platform.check_clock, platform.check_token, platform.check_rights, platform.check_quota, platform.check_menu,
    callback.check_callback, callback.check_way_back,
)  # fmt: skip


async def test_an_account_that_is_well(account: tuple[Settings, Platform, Edge]) -> None:
    settings, double, _ = account
    from channels.wechat.menu import read_menu

    double.menu = read_menu(settings.public_base)
    found = await examine(settings, PLATFORM_CHECKS)
    assert [(one.name, one.state) for one in found] == [
        (name, "good") for name in ("clock", "access token", "rights", "quota", "menu", "callback", "way back")
    ], found  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [("wechat_app_secret", "wrong-secret"), ("wechat_app_id", "wx0000000000000000")])
async def test_a_wrong_secret_is_named_and_the_rest_is_silent(account: tuple[Settings, Platform, Edge], name: str, value: str) -> None:
    settings = changed(account[0], **{name: value})
    found = await examine(settings, [platform.check_token, platform.check_rights, platform.check_menu, platform.check_quota, callback.check_way_back])
    assert [(one.name, one.state) for one in found] == [("app secret", "failure")]
    assert name.upper() in found[0].words and "基本配置" in found[0].remedy and "wrong-secret" not in str(found)


async def test_rights_menu_and_quota(account: tuple[Settings, Platform, Edge]) -> None:
    settings, double, _ = account
    found = await the_one(platform.check_menu, settings)
    assert (found.state == "warning" and "no menu" in found.words) or "differs" in found.words
    double.menu = {"button": [{"type": "click", "name": "旧菜单", "key": "help"}]}
    found = await the_one(platform.check_menu, settings)
    assert found.state == "warning" and "differs from menu.yml" in found.words and "weijing menu push" in found.remedy
    double.used[platform.SEND] = 499_000
    assert (await the_one(platform.check_quota, settings)).state == "warning"
    double.used[platform.SEND] = 500_000
    found = await the_one(platform.check_quota, settings)
    assert found.state == "failure" and "0 of 500000" in found.words
    double.verified = False
    found = await the_one(platform.check_rights, settings)
    assert found.state == "failure" and "48001" in found.words and "WECHAT_VERIFIED=false" in found.remedy
    assert (await the_one(platform.check_rights, settings.copy(update={"wechat_verified": False}))).state == "good"
    double.verified = True
    assert (await the_one(platform.check_rights, settings.copy(update={"wechat_verified": False}))).state == "warning"


@pytest.mark.parametrize(("skew", "state"), [(0, "good"), (30, "warning"), (-30, "warning"), (900, "failure")])
async def test_the_clock_against_the_platforms_date(serve: Any, skew: int, state: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"errcode": 41001}, headers={"Date": formatdate(time.time() + skew, usegmt=True)})

    found = await the_one(platform.check_clock, settings_with("", wechat_api_base=await serve(**{"cgi-bin__getcallbackip": answer})))
    assert found.state == state and found.name == "clock", found
    assert state == "good" or ("NTP" in found.remedy and ("behind" if skew > 0 else "ahead") in found.words)


@pytest.mark.parametrize("errcode", [40164, 61004, 89503])
async def test_an_ip_that_is_not_on_the_list_is_named(serve: Any, errcode: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"errcode": errcode, "errmsg": "invalid ip 203.0.113.9, not in whitelist"})

    found = await the_one(platform.check_token, settings_with("", wechat_api_base=await serve(**{"cgi-bin__stable_token": refuse})))
    assert found.state == "failure" and found.name == "ip list" and "203.0.113.9" in found.words and "IP白名单" in found.remedy


async def test_a_platform_that_is_away_or_says_nonsense(serve: Any) -> None:
    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(text="<html>captive portal</html>")

    away = settings_with("", wechat_api_base=f"http://127.0.0.1:{free_port()}")
    assert [one.state for one in await examine(away, PLATFORM_CHECKS[:5])] == ["failure", "failure"]
    odd = settings_with("", wechat_api_base=await serve(**{"cgi-bin__stable_token": nonsense}))
    assert (await the_one(platform.check_token, odd)).state == "failure"


async def test_a_callback_with_another_token_a_redirect_and_none(account: tuple[Settings, Platform, Edge], serve: Any) -> None:
    settings = account[0]
    found = await the_one(callback.check_callback, changed(settings, wechat_token="anotherToken"))
    assert found.state == "failure" and "another token" in found.words and "WECHAT_TOKEN" in found.remedy

    async def redirect(_: web.Request) -> web.Response:
        raise web.HTTPFound("https://elsewhere.example")

    moved = settings.copy(update={"public_url": await serve(webhooks__wechat__webhook=redirect)})
    found = await the_one(callback.check_callback, moved)
    assert found.state == "failure" and "302" in found.words and "redirect" in found.words
    nobody = settings.copy(update={"public_url": f"http://127.0.0.1:{free_port()}"})
    found = await the_one(callback.check_callback, nobody)
    assert found.state == "failure" and "does not answer" in found.words
    production = settings.copy(update={"weijing_env": "production"})
    assert "443" in (await the_one(callback.check_callback, production)).words
    unset = production.copy(update={"public_url": ""})
    found = await the_one(callback.check_callback, unset)
    assert found.state == "warning" and "PUBLIC_URL" in found.remedy
