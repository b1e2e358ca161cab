"""Doubles of the platform's API, strict where it matters: tokens, windows, counts and lengths. Errors are HTTP 200 with an errcode, as in WeChat."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from channels.simulator.customer_service import MEDIA, read_content
from channels.simulator.menu import check_menu
from channels.simulator.people import Call, User
from channels.simulator.platform import Platform
from weijing.errors import PlatformError

PREFIX = "/platform/cgi-bin/"
TYPING_SECONDS = 15
CONTACT_SECONDS = 30
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
Body = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PlatformApi:
    """The calls that Weijing makes, on one platform."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [
            web.post(PREFIX + "stable_token", self._answered(self.stable_token)),
            web.get(PREFIX + "token", self._answered(self.token)),
            web.post(PREFIX + "message/custom/send", self.signed(self.send)),
            web.post(PREFIX + "message/custom/typing", self.signed(self.typing)),
            web.post(PREFIX + "menu/create", self.signed(self.create_menu)),
            web.get(PREFIX + "menu/get", self.signed(self.get_menu)),
            web.get(PREFIX + "menu/delete", self.signed(self.delete_menu)),
        ]

    def stable_token(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/stable_token."""
        self._check_account(body)
        token, seconds = self.platform.tokens.stable(force=body.get("force_refresh") is True)
        return {"access_token": token, "expires_in": seconds}

    def token(self, request: web.Request, _: Body) -> Body:
        """GET cgi-bin/token."""
        self._check_account(request.query)
        token, seconds = self.platform.tokens.plain()
        return {"access_token": token, "expires_in": seconds}

    def send(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/message/custom/send."""
        if not self.platform.verified:
            raise PlatformError("api unauthorized", 48001)
        user = self.receiver(body)
        kind = str(body.get("msgtype", ""))
        content = read_content(kind, body.get(kind))
        user.allowance.check()
        user.allowance.use()
        self.platform.used["/cgi-bin/message/custom/send"] += 1
        user.stop_typing()
        user.show("account", "media" if kind in MEDIA else kind, content, self.exchange(user), "customer_service")
        return {}

    def typing(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/message/custom/typing: contact within 30 s, lasts 15 s, not again while it is on."""
        if not self.platform.verified:
            raise PlatformError("api unauthorized", 48001)
        user, now = self.receiver(body), self.platform.now()
        if body.get("command") == "CancelTyping":
            user.stop_typing()
            return {}
        user.allowance.check()
        if now - user.allowance.last_contact > CONTACT_SECONDS:
            raise PlatformError("no message from the user within 30 seconds", 45080)
        if user.typing_until > now:
            raise PlatformError("typing already", 45081)
        user.typing_until = now + TYPING_SECONDS
        user.tell("typing", TYPING_SECONDS)
        return {}

    def create_menu(self, _: web.Request, body: Body) -> Body:
        """POST cgi-bin/menu/create."""
        check_menu(body)
        self.platform.menu = body
        return {}

    def get_menu(self, _: web.Request, __: Body) -> Body:
        """GET cgi-bin/menu/get."""
        if not self.platform.menu:
            raise PlatformError("menu no exist", 46003)
        return {"menu": self.platform.menu}

    def delete_menu(self, _: web.Request, __: Body) -> Body:
        """GET cgi-bin/menu/delete; the phone then has a keyboard only."""
        self.platform.menu = {}
        return {}

    def _check_account(self, given: Mapping[str, Any]) -> None:
        if given.get("grant_type") != "client_credential":
            raise PlatformError("invalid grant_type", 40002)
        app_id, secret = self.platform.credentials
        if given.get("appid") != app_id:
            raise PlatformError("invalid appid", 40013)
        if given.get("secret") != secret:
            raise PlatformError("invalid appsecret", 40125)

    def receiver(self, body: Body) -> User:
        """The follower that a message is for.

        Raises:
            PlatformError: 40003 nobody of this account, 43004 no follower.
        """
        user = self.platform.people.get(str(body.get("touser", "")))
        if user is None:
            raise PlatformError("invalid openid", 40003)
        if not user.following:
            raise PlatformError("require subscribe", 43004)
        return user

    def exchange(self, user: User) -> int:
        """The exchange that a message of the account's belongs to."""
        return user.exchanges[-1].id if user.exchanges else 0

    def signed(self, call: Callable[[web.Request, Body], Body]) -> Handler:
        """`call` behind a check of the access token."""

        def checked(request: web.Request, body: Body) -> Body:
            self.platform.tokens.check(request.query.get("access_token", ""))
            self.platform.minute.use()
            return call(request, body)

        return self._answered(checked)

    def _answered(self, call: Callable[[web.Request, Body], Body]) -> Handler:
        """`call` with its JSON read, its answer or errcode written, and both noted in the user's trace."""

        async def handler(request: web.Request) -> web.StreamResponse:
            text = await request.text()
            body: Body = {}
            try:
                body = _read(text) if request.method == "POST" else {}
                answer = {"errcode": 0, "errmsg": "ok", **call(request, body)}
            except PlatformError as error:
                answer = {"errcode": error.errcode, "errmsg": error.message}
            self._note(request.path.partition("cgi-bin/")[2], text, body, answer)
            return web.json_response(answer, dumps=lambda value: json.dumps(value, ensure_ascii=False))

        return handler

    def _note(self, path: str, text: str, body: Body, answer: Body) -> None:
        user = self.platform.people.get(str(body.get("touser", "")))
        if user and user.exchanges:
            exchange = user.exchanges[-1]
            exchange.calls.append(Call(self.platform.now(), path, text, json.dumps(answer, ensure_ascii=False), int(answer["errcode"])))
            user.tell("exchange", exchange)


def _read(text: str) -> Body:
    if _ESCAPED.search(text):
        raise PlatformError("invalid charset. please check your request, if include \\uxxxx will create fail", 40033)
    try:
        body = json.loads(text)
    except ValueError:
        raise PlatformError("data format error", 47001) from None
    if not isinstance(body, dict):
        raise PlatformError("data format error", 47001)
    return body
