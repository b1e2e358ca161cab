"""`weijing simulate` against a running simulator."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest
from aiohttp import web

from tests.channels.simulator.conftest import Account, free_port
from tests.channels.simulator.test_api import send
from weijing.settings import ROOT


async def simulate(account: Account, *arguments: str, typed: str = "", port: int = 0) -> tuple[int, str, str]:
    environment = {**os.environ, "EDGE_PORT": str(port or account.settings.edge_port), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "weijing", "simulate", *arguments, env=environment, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(typed.encode()), 60)
    return process.returncode or 0, out.decode(), errors.decode()


async def test_once_prints_the_reply(account: Account) -> None:
    assert await simulate(account, "--once", "身份证丢了", "--user", "小陈") == (0, "收到身份证丢了\n", "")
    assert account.pushes[0][0]["FromUserName"] == account.user("小陈").openid


async def test_once_fails_where_wechat_would_show_the_fault(account: Account) -> None:
    async def broken(fields: dict[str, str], request: web.Request) -> web.Response:
        return web.Response(status=500)

    account.script = broken
    code, out, _ = await simulate(account, "--once", "在吗")
    assert code == 1 and "出现故障" in out


async def test_once_waits_for_what_comes_later(account: Account) -> None:
    async def later(fields: dict[str, str], request: web.Request) -> web.Response:
        asyncio.get_running_loop().call_later(0.5, lambda: asyncio.ensure_future(send(account)))
        return web.Response(text="success")

    account.script = later
    assert await simulate(account, "--once", "在吗") == (0, "您的办件有进展\n", "")


async def test_a_talk_with_menu_and_xml(account: Account) -> None:
    code, out, _ = await simulate(account, "--xml", typed="/菜单\n/点 help\n/位置\n你好\n")
    assert code == 0
    assert "file_residence" in out and "收到CLICK" in out and "收到location" in out and "收到你好" in out
    assert "<EventKey><![CDATA[help]]></EventKey>" in out and "<Encrypt>" in out


async def test_without_a_house_it_says_so(account: Account) -> None:
    code, _, errors = await simulate(account, "--once", "在吗", port=free_port())
    assert code == 1 and "weijing run" in errors and "Traceback" not in errors


@pytest.mark.parametrize("name", ["--help"])
async def test_help_names_the_options(account: Account, name: str) -> None:
    code, out, _ = await simulate(account, name)
    assert code == 0 and "--once" in out and "--user" in out and "--xml" in out
