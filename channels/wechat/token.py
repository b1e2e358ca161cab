"""The account's access token: `stable_token`, kept in Redis for all processes and fetched by one of them at a time.

What the lock guards is the platform's quota, not correctness: `stable_token` answers the same token to everybody while it is valid, so a lock that runs out
while its owner still waits, or whose owner was killed, costs one call more. A failure is kept for some seconds, so that a wrong secret or a platform that is
away is asked a few times a minute, not once a message. No token and no secret leaves this module but to the platform and to Redis.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from store.keys import account_key
from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PlatformError
from weijing.settings import Settings

FORCE_S = 4500
"""Between two forced renewals: the platform allows 20 a day, 30 s apart (获取稳定版接口调用凭据)."""
FAILED_S = {-1: 2}
"""How long a failure counts for all processes; 10 s for an errcode of the platform's."""
_SPARE_S = 60
"""The platform renews five minutes before the end and keeps the old token valid for so long; we ask again a minute before ours ends."""
_LOCK_MS = 10_000
"""More than one request may take (`channels.wechat.api.TIMEOUT_S`)."""
_WAIT_S = 0.1
_PATIENCE_S = 20.0
_UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

Fetch = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Posts JSON to a path of the platform and returns its answer."""


class AccessToken:
    """The token, from Redis or from the platform.

    Args:
        fetch: raises PlatformError on an errcode.
        lock_ms: how long a process that was killed while it fetched keeps the others waiting.
    """

    def __init__(self, redis: Redis, settings: Settings, fetch: Fetch, *, lock_ms: int = _LOCK_MS) -> None:
        self._redis = redis
        self._ask = _asking(settings, fetch)
        self._app_id = settings.wechat_app_id
        self._lock_ms = lock_ms
        told = f"{settings.platform_base} {settings.wechat_app_secret.get_secret_value()}"
        self._failed = self._key(f"token_failed:{hashlib.sha256(told.encode()).hexdigest()[:8]}")  # corrected settings count at once

    async def get(self, refused: str = "") -> str:
        """A valid token; never the one that the platform has `refused`.

        Raises:
            StoreUnavailable: Redis did not answer.
            PlatformError: the platform gives no token, now or seconds ago.
        """
        until = time.monotonic() + _PATIENCE_S
        try:
            while time.monotonic() < until:
                token, failed = await self._redis.mget(self._key("token"), self._failed)
                if token and token != refused:
                    return str(token)
                if failed:
                    errcode, words = json.loads(failed)
                    raise PlatformError(words, errcode)
                owner = secrets.token_hex(8)
                if await self._redis.set(self._key("token_lock"), owner, nx=True, px=self._lock_ms):
                    return await self._refresh(owner, refused)
                await asyncio.sleep(_WAIT_S)  # another process fetches it
        except FAULTS as error:
            raise unavailable(error) from error
        raise PlatformError(f"no access token within {_PATIENCE_S:.0f} s; see why the process that fetches it fails", -1)

    async def _refresh(self, owner: str, refused: str) -> str:
        """Fetch as the only one, after looking once more: another may have been done between our look and our lock."""
        try:
            token = await self._redis.get(self._key("token"))
            if token and token != refused:
                return str(token)
            answer = await self._ask(False)
            if _token(answer) == refused:
                answer = await self._force()
            await self._redis.set(self._key("token"), _token(answer), ex=_seconds(answer))
            return _token(answer)
        except PlatformError as error:
            await self._redis.set(self._failed, json.dumps([error.errcode, error.message]), ex=FAILED_S.get(error.errcode, 10))
            raise
        finally:
            await self._redis.eval(_UNLOCK, 1, self._key("token_lock"), owner)  # type: ignore[no-untyped-call]

    async def _force(self) -> dict[str, Any]:
        """A new token although the platform holds the old one valid."""
        if not await self._redis.set(self._key("token_forced"), "1", nx=True, ex=FORCE_S):
            raise PlatformError("the platform refuses the token that it has just given; check WECHAT_APP_ID and WECHAT_APP_SECRET", 40001)
        return await self._ask(True)

    def _key(self, noun: str) -> str:
        return account_key(self._app_id, noun)


class AskedToken:
    """The token as the platform gives it now, for a command that lives seconds and shall work without Redis (`weijing doctor`, `menu`, `qr`)."""

    def __init__(self, settings: Settings, fetch: Fetch) -> None:
        self._ask = _asking(settings, fetch)
        self._token = ""

    async def get(self, refused: str = "") -> str:
        """The token; asked for once, and once more when it was `refused`.

        Raises:
            PlatformError: the platform gives no token.
        """
        if not self._token or self._token == refused:
            self._token = _token(await self._ask(False))
        return self._token


def _asking(settings: Settings, fetch: Fetch) -> Callable[[bool], Awaitable[dict[str, Any]]]:
    """POST cgi-bin/stable_token; with True a new token is made although the old one is valid."""

    async def ask(force: bool) -> dict[str, Any]:
        account = {"appid": settings.wechat_app_id, "secret": settings.wechat_app_secret.get_secret_value()}
        return await fetch("/cgi-bin/stable_token", {"grant_type": "client_credential", **account, "force_refresh": force})

    return ask


def _token(answer: dict[str, Any]) -> str:
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise PlatformError("/cgi-bin/stable_token: the platform's answer holds no token; check WECHAT_API_BASE", -1)
    return token


def _seconds(answer: dict[str, Any]) -> int:
    """How long we may use it; an answer that does not say so is believed for a minute."""
    try:
        return max(1, int(answer.get("expires_in", 0)) - _SPARE_S) if answer.get("expires_in") else _SPARE_S
    except (TypeError, ValueError):
        return _SPARE_S
