"""The platform's API (api.weixin.qq.com): what we send unasked. HTTP is 200 even for errors; the errcode counts, and no token leaves this module."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from channels.wechat.token import AccessToken
from store.redis import Redis
from weijing.errors import PlatformError
from weijing.settings import Settings

TIMEOUT_S = 8.0
NETWORK = -1
"""Our errcode for "no answer", the same number as the platform's own "system busy"."""
_TOKEN_REFUSED = {40001, 40014, 42001}
_TOKEN_TRIES = 2

ADVICE = {
    -1: "the platform is busy or did not answer; it is tried again",
    40001: "the access token was refused; check WECHAT_APP_SECRET, and that nothing else fetches tokens for this account",
    40003: "the openid is not one of this account's; check WECHAT_APP_ID",
    40013: "the AppID is wrong; check WECHAT_APP_ID",
    40125: "the AppSecret is wrong; check WECHAT_APP_SECRET",
    40164: "this machine's IP is not on the account's list; add it under 基本配置 · IP白名单",
    40243: "the AppSecret is frozen; unfreeze it under 基本配置",
    43004: "the user does not follow the account",
    45002: "the text is too long",
    45009: "the day's quota of this call is used up",
    45015: "the user's last contact is too long ago",
    45047: "too many messages since the user's last contact",
    48001: "the account has no right to this call; set WECHAT_VERIFIED=false, or have the account verified",
    48002: "the user refuses messages",
    89503: "the administrator must confirm this machine's IP",
}
"""Errcode -> what it means and what to do (全局返回码说明)."""


class PlatformApi:
    """The calls that Weijing makes.

    Args:
        session: the process's HTTP client; the caller closes it.
    """

    def __init__(self, redis: Redis, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._base = settings.platform_base
        self._session = session
        self._token = AccessToken(redis, settings, self._post)

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

    async def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post with the access token; a refused token is replaced once.

        Raises:
            PlatformError: the errcode, or -1 when there was no answer.
            StoreUnavailable: the token could not be read.
        """
        refused = ""
        for left in range(_TOKEN_TRIES, 0, -1):
            token = await self._token.get(refused)
            try:
                return await self._post(path, body, token)
            except PlatformError as error:
                if error.errcode not in _TOKEN_REFUSED or left == 1:
                    raise
                refused = token
        raise AssertionError("unreachable")

    async def _post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        """One request. Exceptions of the HTTP client hold the URL, and so the token: they end here."""
        data = json.dumps(body, ensure_ascii=False).encode()  # 40033: the platform refuses \uXXXX
        params = {"access_token": token} if token else {}
        headers, timeout = {"Content-Type": "application/json; charset=utf-8"}, aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._session.post(self._base + path, params=params, data=data, headers=headers, timeout=timeout) as response:
                answer = json.loads(await response.read())
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise PlatformError(f"{path}: no answer of the platform ({type(error).__name__})", NETWORK) from None
        if not isinstance(answer, dict):
            raise PlatformError(f"{path}: the platform's answer is no object", NETWORK)
        errcode = int(answer.get("errcode") or 0)
        if errcode:
            raise PlatformError(f"{path}: errcode {errcode}: {ADVICE.get(errcode, 'see 全局返回码说明')}", errcode)
        return answer
