"""Doubles of WeChat's OAuth2 for pages (网页授权): `connect/oauth2/authorize` and `sns/oauth2/access_token`. Codes are used once and live 5 minutes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from aiohttp import web

from channels.simulator.people import User
from channels.simulator.platform import Platform
from weijing.errors import PlatformError
from weijing.settings import Settings

COOKIE = "simulator_user"
"""Who holds the phone: set by the simulator's page, as a login in WeChat itself would be."""
CODE_S = 300
MAX_CODES = 1000


class OAuth:
    """The two addresses on one platform; a redirect goes to the account's own pages only (网页授权域名)."""

    def __init__(self, platform: Platform, settings: Settings) -> None:
        self._platform = platform
        self._base = urlsplit(settings.public_base)
        self._codes: dict[str, tuple[User | None, float]] = {}
        """Code -> (user, None once it is used; until when)."""

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [web.get("/platform/connect/oauth2/authorize", self.authorize), web.get("/platform/sns/oauth2/access_token", self.access_token)]

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Send the user back with a code, silently (`snsapi_base`)."""
        query = request.query
        target = urlsplit(query.get("redirect_uri", ""))
        asked = (query.get("appid"), query.get("response_type"), query.get("scope"), target.scheme, target.netloc)
        if asked != (self._platform.credentials[0], "code", "snsapi_base", self._base.scheme, self._base.netloc):
            raise web.HTTPBadRequest(text="redirect_uri 参数错误")
        code = secrets.token_urlsafe(24)
        self._codes[code] = (self._user(request), self._platform.now() + CODE_S)
        while len(self._codes) > MAX_CODES:
            self._codes.pop(next(iter(self._codes)))
        raise web.HTTPFound(target._replace(query=urlencode({"code": code, "state": query.get("state", "")})).geturl())

    async def access_token(self, request: web.Request) -> web.Response:
        """Exchange a code; HTTP is 200 whatever the errcode."""
        try:
            return web.json_response(self._exchange(request.query))
        except PlatformError as error:
            return web.json_response({"errcode": error.errcode, "errmsg": error.message})

    def _exchange(self, query: Mapping[str, str]) -> dict[str, Any]:
        app_id, secret = self._platform.credentials
        if query.get("grant_type") != "authorization_code":
            raise PlatformError("invalid grant_type", 40002)
        if query.get("appid") != app_id:
            raise PlatformError("invalid appid", 40013)
        if query.get("secret") != secret:
            raise PlatformError("invalid appsecret", 40125)
        code = query.get("code", "")
        user, until = self._codes.get(code, (None, 0.0))
        if until < self._platform.now():
            raise PlatformError("invalid code", 40029)
        if user is None:
            raise PlatformError("code been used", 40163)
        self._codes[code] = (None, until)
        token, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        return {"access_token": token, "expires_in": 7200, "refresh_token": refresh, "openid": user.openid, "scope": "snsapi_base"}

    def _user(self, request: web.Request) -> User:
        people = self._platform.people
        name = unquote(request.cookies.get(COOKIE, ""))
        return people.named(name) if name else next(iter(people))
