"""The account's access token: `stable_token`, kept in Redis for all processes and fetched by one of them at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PlatformError
from weijing.settings import Settings

TOKEN = "wj:token:{app_id}"  # noqa: S105  names of keys
LOCK = "wj:token-lock:{app_id}"
FORCED = "wj:token-forced:{app_id}"
_FORCE_S = 4500
_SPARE_S = 60
"""The platform renews five minutes before the end (获取稳定版接口调用凭据); we ask again a little before it expires."""
_LOCK_MS = 15_000
_WAIT_S = 0.1
_UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

Fetch = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Posts JSON to a path of the platform and returns its answer."""


class AccessToken:
    """The token, from Redis or from the platform.

    Args:
        fetch: raises PlatformError on an errcode.
    """

    def __init__(self, redis: Redis, settings: Settings, fetch: Fetch) -> None:
        self._redis = redis
        self._fetch = fetch
        self._app_id = settings.wechat_app_id
        self._secret = settings.wechat_app_secret

    async def get(self, refused: str = "") -> str:
        """A valid token; never the one that the platform has `refused`.

        Raises:
            StoreUnavailable: Redis did not answer.
            PlatformError: the platform gives no token.
        """
        try:
            for _ in range(int(_LOCK_MS / 1000 / _WAIT_S)):
                token = await self._redis.get(TOKEN.format(app_id=self._app_id))
                if token and token != refused:
                    return str(token)
                owner = secrets.token_hex(8)
                if await self._redis.set(LOCK.format(app_id=self._app_id), owner, nx=True, px=_LOCK_MS):
                    return await self._refresh(owner, refused)
                await asyncio.sleep(_WAIT_S)  # another process fetches it
        except FAULTS as error:
            raise unavailable(error) from error
        raise PlatformError("no access token within 15 s; see why the process that fetches it fails", -1)

    async def _refresh(self, owner: str, refused: str) -> str:
        """Fetch as the only one, after looking once more: another may have been done between our look and our lock."""
        try:
            token = await self._redis.get(TOKEN.format(app_id=self._app_id))
            if token and token != refused:
                return str(token)
            answer = await self._ask(force=False)
            if answer["access_token"] == refused:
                answer = await self._force()
            seconds = max(1, int(answer["expires_in"]) - _SPARE_S)
            await self._redis.set(TOKEN.format(app_id=self._app_id), answer["access_token"], ex=seconds)
            return str(answer["access_token"])
        finally:
            await self._redis.eval(_UNLOCK, 1, LOCK.format(app_id=self._app_id), owner)  # type: ignore[no-untyped-call]

    async def _force(self) -> dict[str, Any]:
        """A new token although the platform holds the old one valid: 20 times a day and 30 s apart is all it allows."""
        if not await self._redis.set(FORCED.format(app_id=self._app_id), "1", nx=True, ex=_FORCE_S):
            raise PlatformError("the platform refuses the token that it has just given; check WECHAT_APP_ID and WECHAT_APP_SECRET", 40001)
        return await self._ask(force=True)

    async def _ask(self, *, force: bool) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret.get_secret_value(), "force_refresh": force}
        return await self._fetch("/cgi-bin/stable_token", body)
