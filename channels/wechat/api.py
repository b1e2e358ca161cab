"""The platform's API (api.weixin.qq.com): what we send unasked. HTTP is 200 even for errors; the errcode counts, and no token leaves this module."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp

from channels.wechat.errcodes import NETWORK, advice, named
from channels.wechat.token import AccessToken, AskedToken
from store.redis import Redis
from weijing.errors import PlatformError
from weijing.settings import Settings

TIMEOUT_S = 8.0
_TOKEN_REFUSED = {40001, 40014, 42001}
_TOKEN_TRIES = 2

T = TypeVar("T")


class PlatformApi:
    """The calls that Weijing makes.

    Args:
        redis: where the token is kept for all processes; None for a command that asks the platform itself.
        session: the process's HTTP client; the caller closes it.
    """

    def __init__(self, redis: Redis | None, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._base = settings.platform_base
        self._session = session
        self._token = AccessToken(redis, settings, self._post) if redis else AskedToken(settings, self._post)

    async def send(self, openid: str, message: dict[str, Any]) -> None:
        """Send one customer-service message (客服接口-发消息).

        Args:
            message: `msgtype` and its content.

        Raises:
            PlatformError: the errcode, or -1 when there was no answer.
            StoreUnavailable: the token could not be read.
        """
        await self.call("/cgi-bin/message/custom/send", {"touser": openid, **message})

    async def typing(self, openid: str, *, on: bool = True) -> None:
        """Show or hide 「正在输入」 for at most 15 s (客服输入状态).

        Raises:
            PlatformError: as `send`; nothing depends on it.
            StoreUnavailable: as `send`.
        """
        await self.call("/cgi-bin/message/custom/typing", {"touser": openid, "command": "Typing" if on else "CancelTyping"})

    async def notify(self, openid: str, notice: dict[str, Any]) -> None:
        """Send one subscription notice (发送订阅通知); it counts in no window.

        Args:
            notice: `template_id`, `data` and perhaps `page`.

        Raises:
            PlatformError: as `send`; 43101 when the user refuses it.
            StoreUnavailable: as `send`.
        """
        await self.call("/cgi-bin/message/subscribe/bizsend", {"touser": openid, **notice})

    async def upload(self, name: str, content: bytes, mime: str) -> str:
        """Upload a picture as temporary media, kept for three days (新增临时素材); returns its media id.

        Raises:
            PlatformError: as `send`.
            StoreUnavailable: as `send`.
        """

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("media", content, filename=name, content_type=mime)
            return data

        answer = await self.signed(lambda token: self._request("/cgi-bin/media/upload", {"access_token": token, "type": "image"}, form()))
        return str(answer.get("media_id") or "")

    async def token(self) -> str:
        """The access token, for a command that asks whether there is one; not to be shown.

        Raises:
            PlatformError: the platform gives none.
            StoreUnavailable: the token could not be read.
        """
        return await self._token.get()

    async def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post with the access token; a refused token is replaced once.

        Raises:
            PlatformError: the errcode, or -1 when there was no answer.
            StoreUnavailable: the token could not be read.
        """
        return await self.signed(lambda token: self._post(path, body, token))

    async def read(self, path: str) -> dict[str, Any]:
        """Get with the access token: the few calls that take nothing (菜单, 服务器 IP).

        Raises:
            PlatformError: as `call`.
            StoreUnavailable: as `call`.
        """
        return await self.signed(lambda token: self._request(path, {"access_token": token}, method="GET"))

    async def signed(self, request: Callable[[str], Awaitable[T]]) -> T:
        """Make a request with the access token; a refused token is replaced once.

        Raises:
            PlatformError, StoreUnavailable: as `call`.
        """
        refused = ""
        for left in range(_TOKEN_TRIES, 0, -1):
            token = await self._token.get(refused)
            try:
                return await request(token)
            except PlatformError as error:
                if error.errcode not in _TOKEN_REFUSED or left == 1:
                    raise
                refused = token
        raise AssertionError("unreachable")

    async def _post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        data = json.dumps(body, ensure_ascii=False).encode()  # 40033: the platform refuses \uXXXX
        return await self._request(path, {"access_token": token} if token else {}, data, {"Content-Type": "application/json; charset=utf-8"})

    async def _request(
        self, path: str, query: Mapping[str, str], data: bytes | aiohttp.FormData | None = None, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> dict[str, Any]:
        """One request. Exceptions of the HTTP client hold the URL, and so the token: they end here."""
        options: dict[str, Any] = {"params": query, "data": data, "headers": headers, "allow_redirects": False}
        try:
            async with self._session.request(method, self._base + path, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), **options) as response:
                answer = json.loads(await response.read())
            errcode = int(answer.get("errcode") or 0)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, TypeError, AttributeError) as error:
            uncertain = not isinstance(error, aiohttp.ClientConnectorError)
            raise PlatformError(f"{path}: no answer of the platform ({type(error).__name__})", NETWORK, uncertain=uncertain) from None
        if errcode:
            raise PlatformError(f"{path}: errcode {errcode}{named(str(answer.get('errmsg')))}: {advice(errcode)}", errcode)
        return dict(answer)
