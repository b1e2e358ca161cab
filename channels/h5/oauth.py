"""WeChat's OAuth2 for pages (网页授权): who opened the page, silently (`snsapi_base`). We keep the openid and throw the sns token away.

`state` is random, lives 10 minutes in Redis, is used once and fits the browser that it was made for; a code is exchanged once and never tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import secrets
from typing import Any, NoReturn
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp_session import get_session

from channels.h5.limits import Limits
from channels.h5.session import browser_of, log_in
from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PlatformError
from weijing.links import page_link
from weijing.refusals import PageRefused
from weijing.settings import Settings

log = logging.getLogger(__name__)

STATE_S = 600
TIMEOUT_S = 5.0
_OPENID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NEXT_LENGTH = 600
_AGAIN = "没能确认您的微信身份"


class Login:
    """Sends to WeChat and takes back.

    Args:
        http: the edge's HTTP client.
    """

    def __init__(self, settings: Settings, redis: Redis, http: aiohttp.ClientSession, limits: Limits) -> None:
        self._settings, self._redis, self._http, self._limits = settings, redis, http, limits

    async def begin(self, request: web.Request) -> NoReturn:
        """Go to WeChat; afterwards the user comes back to this very page.

        Raises:
            HTTPFound: always, unless a limit or Redis is in the way.
        """
        await self._limits.count("login", self._limits.address(request))
        state, record = secrets.token_hex(24), {"browser": await browser_of(request), "next": request.path_qs[:_NEXT_LENGTH]}
        (await get_session(request))["next"] = record["next"]
        try:
            await self._redis.set(_name(state), json.dumps(record), ex=STATE_S, nx=True)
        except FAULTS as error:
            raise unavailable(error) from error
        query = {
            "appid": self._settings.wechat_app_id, "redirect_uri": page_link(self._settings, "oauth"), "response_type": "code", "scope": "snsapi_base",
            "state": state,
        }  # fmt: skip
        raise web.HTTPFound(f"{self._settings.oauth_base}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect")

    async def finish(self, request: web.Request) -> NoReturn:
        """The callback: check the state, exchange the code, open the session, go on.

        Raises:
            HTTPSeeOther: to the page that the user wanted.
            PageRefused: with a way to begin again.
        """
        await self._limits.count("login", self._limits.address(request))
        session = await get_session(request)
        known = str(session.get("next", ""))
        record = await self._take(request.query.get("state", ""))
        if not record or not hmac.compare_digest(str(record["browser"]).encode(), str(session.get("browser", "")).encode()):
            raise PageRefused(_AGAIN, "这次登录已经用过、过期了，或不是在这部手机上开始的。", 403, again=known)
        try:
            openid = await self._exchange(request.query.get("code", ""))
        except PlatformError as error:
            log.warning("an OAuth2 code was not exchanged: %s", error.message)
            raise PageRefused(_AGAIN, "微信没有确认这次登录，可能是页面打开太久了。", 403, again=str(record["next"])) from None
        await log_in(request, openid)
        raise web.HTTPSeeOther(str(record["next"]))

    async def _take(self, state: str) -> dict[str, Any]:
        """The record of a state, which is gone then."""
        try:
            text = await self._redis.getdel(_name(state))
        except FAULTS as error:
            raise unavailable(error) from error
        record: dict[str, Any] = json.loads(text) if text else {}
        return record

    async def _exchange(self, code: str) -> str:
        """The openid of a code.

        Raises:
            PlatformError: 40029 no such code, 40163 it was used before, -1 no answer. The HTTP client's own words hold the AppSecret: they end here.
        """
        query = {
            "appid": self._settings.wechat_app_id, "secret": self._settings.wechat_app_secret.get_secret_value(), "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        url, timeout = f"{self._settings.platform_base}/sns/oauth2/access_token", aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._http.get(url, params=query, timeout=timeout, allow_redirects=False) as response:
                answer = json.loads(await response.read())
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise PlatformError(f"sns/oauth2/access_token: no answer of the platform ({type(error).__name__})", -1) from None
        fields = answer if isinstance(answer, dict) else {}
        openid, errcode = fields.get("openid"), fields.get("errcode")
        if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
            errcode = errcode if isinstance(errcode, int) else -1
            raise PlatformError(f"sns/oauth2/access_token: errcode {errcode}; see 全局返回码说明, and WECHAT_APP_ID and WECHAT_APP_SECRET", errcode)
        return openid


def _name(state: str) -> str:
    return f"wj:h5:state:{hashlib.sha256(state.encode('utf-8', 'surrogateescape')).hexdigest()}"
