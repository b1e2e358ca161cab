"""The web chat, mounted on the edge at `/webchat`: every door with its check."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp import web
from prometheus_client import Gauge

from channels.webchat.limits import Limits
from channels.webchat.pages import STATIC, Pages, allowed_origins
from channels.webchat.pictures import Pictures
from channels.webchat.reception import BODY_S, MAX_BODY, Reception, busy, read_body
from channels.webchat.session import COOKIE, Sessions
from channels.webchat.stream import stream
from channels.webchat.visitors import Visitors
from store.evidence import EvidenceStore
from store.redis import client
from store.webchat_log import WebchatLog
from weijing.errors import StoreUnavailable
from weijing.refusals import ChatRefused
from weijing.settings import Settings
from weijing.tasks import end

log = logging.getLogger(__name__)

PREFIX = "/webchat"
COMMAND_S = 1.5
"""Seconds that a Redis command may take: the page would rather try again."""
MOST_PAGES = 5000
"""Pages that one edge serves at once; another edge serves the next."""

PAGES = Gauge("weijing_webchat_pages", "Pages of the web chat that are connected")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_webchat(app: web.Application, settings: Settings) -> None:
    """Mount the web chat; in production only when WEBCHAT_ORIGINS names who may embed it.

    Raises:
        SettingsError: WEBCHAT_ORIGINS is malformed.
    """
    origins = allowed_origins(settings)
    if origins or settings.demo:
        app.add_subapp(PREFIX, _Webchat(settings, origins).app)


class _Webchat:
    """The sub-application, with connections of its own."""

    def __init__(self, settings: Settings, origins: list[str]) -> None:
        self._settings = settings
        self._redis, listener = client(settings.redis_url, timeout=COMMAND_S), client(settings.redis_url, timeout=None, connections=2)
        self._listener = listener
        self._log = WebchatLog(self._redis, settings.derived_key("webchat-log"))
        self._sessions = Sessions(settings.derived_key("webchat-session"))
        self._limits = Limits(self._redis, settings.trusted_proxies)
        self._reception = Reception(self._log, self._sessions, self._limits)
        self._visitors = Visitors(listener)
        self._pictures: Pictures | None = None
        pages = Pages(origins, demo=settings.demo)
        self.app = web.Application(middlewares=[self._guard])
        self.app.add_routes([*pages.routes(), *self._routes()])
        self.app.router.add_static("/static", STATIC)
        self.app.on_response_prepare.append(pages.dress)
        self.app.on_shutdown.append(self._close)
        self.app.cleanup_ctx.append(self._run)

    def _routes(self) -> list[web.RouteDef]:
        return [
            web.post("/session", self.session),
            web.post("/messages", self._reception.message),
            web.post("/pictures/{id}", self.upload),
            web.get("/pictures/{id}", self.picture),
            web.get("/stream", self.events),
            web.post("/end", self.end),
        ]

    async def session(self, request: web.Request) -> web.Response:
        """Begin, or go on with a token of before; the answer's token lives on from now."""
        try:
            token = json.loads(await read_body(request, MAX_BODY, BODY_S) or b"{}").get("token", "")
        except (ValueError, AttributeError):
            raise ChatRefused("请刷新页面后再试。", 400, "malformed") from None
        for known in (str(token), request.cookies.get(COOKIE, "")):
            with suppress(ChatRefused):
                openid = self._sessions.visitor(known)
                if not await self._log.left(openid):
                    return _token(self._sessions.renew(openid))
        await self._limits.count("session-address", self._limits.address(request))
        return _token(self._sessions.start())

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The live page."""
        openid = self._visitor(request)
        await self._limits.count("stream-address", self._limits.address(request))
        if self._visitors.count >= MOST_PAGES:
            raise busy()
        return await stream(request, openid, self._log, self._visitors)

    async def upload(self, request: web.Request) -> web.Response:
        """A picture comes."""
        return await self._with_pictures().upload(request, self._visitor(request))

    async def picture(self, request: web.Request) -> web.Response:
        """A picture of before."""
        return await self._with_pictures().show(request, self._visitor(request))

    async def end(self, request: web.Request) -> web.Response:
        """「结束并清除」"""
        await self._log.end(self._visitor(request))
        return web.json_response({"ended": True}, headers={"Set-Cookie": Sessions.cookie("")})

    def _visitor(self, request: web.Request) -> str:
        return self._sessions.visitor(request.headers.get("Authorization", ""))

    def _with_pictures(self) -> Pictures:
        if self._pictures is None:
            raise ChatRefused("现在不能发图片，请先用文字说明。", 501, "no_pictures")
        return self._pictures

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only our own page writes here; a refusal is a calm sentence in JSON."""
        try:
            if request.method == "POST" and not self._own_page(request):
                raise ChatRefused("请在网页上的聊天窗口里操作。", 403, "origin")
            return await handler(request)
        except ChatRefused as error:
            return _refusal(error)
        except StoreUnavailable as error:
            log.warning("the web chat waits for an engine: %s", error.message)
            return _refusal(busy())

    def _own_page(self, request: web.Request) -> bool:
        """Whether the request comes from a page that we served. A browser sets Origin on every POST, and no page can forge it."""
        origin = request.headers.get("Origin", "")
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        return urlsplit(origin).netloc == request.host or (bool(self._settings.public_base) and self._settings.public_base == origin)

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        if self._settings.database_url:
            evidence = await EvidenceStore.open(self._settings.database_url, self._settings.derived_key("evidence"))
            self._pictures = Pictures(evidence, self._reception, self._limits)
        PAGES.set_function(lambda: self._visitors.count)
        listening = asyncio.create_task(self._visitors.listen())
        yield
        await end(listening)
        if self._pictures:
            await evidence.close()
        await self._redis.close(close_connection_pool=True)
        await self._listener.close(close_connection_pool=True)

    async def _close(self, _: web.Application) -> None:
        self._visitors.close()


def _token(token: str) -> web.Response:
    return web.json_response({"token": token}, headers={"Set-Cookie": Sessions.cookie(token), "Cache-Control": "no-store"})


def _refusal(error: ChatRefused) -> web.Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return web.json_response({"accepted": False, "code": error.reason, "error": error.message}, status=error.status, headers=headers)
