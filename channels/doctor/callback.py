"""Our callback as the platform sees it: by our public address, with a signature of our token."""

from __future__ import annotations

import asyncio
import secrets
import time
from urllib.parse import urlsplit

import aiohttp

from channels.doctor.finding import Finding, Patient, failure, good, warning
from channels.wechat.callback import PATH
from channels.wechat.signature import sign
from weijing.errors import PlatformError
from weijing.ports import base_url

_HTTP = aiohttp.ClientTimeout(total=5)
"""The platform gives up after 5 s."""
_PAGE = "公众平台 · 设置与开发 · 基本配置 · 服务器配置"


async def check_callback(patient: Patient) -> list[Finding]:
    """Verify our own URL as the platform does when the configuration is saved (GET); without PUBLIC_URL at the edge's own port."""
    settings = patient.settings
    base = settings.public_base or base_url(settings, "edge")
    timestamp, nonce, echo = str(int(time.time())), secrets.token_hex(5), secrets.token_hex(8)
    query = {"timestamp": timestamp, "nonce": nonce, "echostr": echo, "signature": sign(settings.wechat_token.get_secret_value(), timestamp, nonce)}
    try:
        async with patient.session.get(base + PATH, params=query, timeout=_HTTP, allow_redirects=False) as response:
            body = await response.content.read(1000)
            status = response.status
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        words = f"{base}{PATH} does not answer ({type(error).__name__})"
        return [failure("callback", words, "start the edge; check the reverse proxy, DNS, certificate and PUBLIC_URL")]
    if status != 200 or body != echo.encode():
        return [_refusal(base + PATH, status)]
    if not settings.public_base:
        words = "the edge answers here; PUBLIC_URL is not set, so the way from outside was not tried"
        return [warning("callback", words, f"set PUBLIC_URL; enter https://…{PATH} on {_PAGE}")]
    return [*_port(base, demo=settings.demo)] or [good("callback", f"{base}{PATH} answers")]


def _refusal(url: str, status: int) -> Finding:
    if status == 403:
        words = f"{url} refuses our signature: the edge there runs with another token"
        return failure("callback", words, f"restart the edge; the same WECHAT_TOKEN here and on {_PAGE}")
    note = " (a redirect counts as a failure for WeChat)" if status in {301, 302, 307, 308} else ""
    return failure("callback", f"{url} answers HTTP {status}, not the edge's echo{note}", f"let the reverse proxy pass {PATH} to EDGE_PORT unchanged")


def _port(base: str, *, demo: bool) -> list[Finding]:
    """URL 必须以 http:// 或 https:// 开头，分别支持 80 端口和 443 端口 (接入指南)."""
    address = urlsplit(base)
    if demo or address.port in {None, {"http": 80, "https": 443}.get(address.scheme)}:
        return []
    words = f"PUBLIC_URL names port {address.port}; WeChat pushes to 80 (http) and 443 (https) only"
    return [failure("callback", words, "let the reverse proxy listen on 443")]


async def check_way_back(patient: Patient) -> list[Finding]:
    """The platform's own look at our callback: name and packets."""
    if not await patient.has_token():
        return []
    try:
        faults = await patient.account.callback_check()
    except PlatformError as error:
        return [warning("way back", f"the platform's network check is not to be had: {error.message}", f"try it on {_PAGE}")]
    if faults:
        return [failure("way back", "the platform says: " + "; ".join(faults), "check DNS and firewall of the host in PUBLIC_URL")]
    return [good("way back", "the platform reaches the host of the callback")]
