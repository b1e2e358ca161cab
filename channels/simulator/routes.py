"""The simulator's pages and endpoints, mounted on the edge in demo and test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import aiohttp_jinja2
import jinja2
from aiohttp import web

from channels.simulator.account import AccountApi
from channels.simulator.actions import PLACES, follow, read_action
from channels.simulator.api import PlatformApi
from channels.simulator.media import MediaApi
from channels.simulator.notices import NoticeApi
from channels.simulator.oauth import COOKIE, OAuth
from channels.simulator.people import User
from channels.simulator.phone import Phone
from channels.simulator.platform import Platform
from channels.simulator.stream import stream
from channels.simulator.uploads import UploadApi
from weijing.errors import SettingsError
from weijing.settings import Settings

HERE = Path(__file__).parent
TITLE = "某某公安·微警（演示）"
PREFIX = "/simulator"
MAX_NAME = 12
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PLATFORM: web.AppKey[Platform] = web.AppKey("simulator_platform", Platform)


def add_simulator(app: web.Application, settings: Settings, *, patience: float = 5.0) -> None:
    """Mount the simulator at `/simulator`.

    Args:
        patience: seconds that the simulated WeChat waits for an answer.

    Raises:
        SettingsError: in production, where anybody could write as anybody.
    """
    if not settings.demo:
        raise SettingsError("the simulator is not for production: set WEIJING_ENV to demo or test")
    simulator = _Simulator(settings, patience)
    app[PLATFORM] = simulator.platform
    app.add_subapp(PREFIX, simulator.app)


class _Simulator:
    """The sub-application: it opens its HTTP client when the edge starts and closes its pages when the edge stops."""

    def __init__(self, settings: Settings, patience: float) -> None:
        self._base = f"http://127.0.0.1:{settings.edge_port}"
        self._database_url = settings.database_url
        self.platform = Platform(settings, patience=patience)
        self.app = web.Application(middlewares=[_guard])
        templates = aiohttp_jinja2.setup(self.app, loader=jinja2.FileSystemLoader(HERE / "templates"), trim_blocks=True, lstrip_blocks=True)
        self._phone = Phone(templates)
        api = PlatformApi(self.platform)
        media, notices = MediaApi(self.platform, self._base), NoticeApi(api, settings)
        self._templates = list(notices.templates)
        for part in (self, api, AccountApi(api), media, UploadApi(self.platform, media), notices, OAuth(self.platform, settings)):
            self.app.add_routes(part.routes())
        self.app.router.add_static("/static", HERE / "static")
        self.app.cleanup_ctx.append(self._open)
        self.app.on_shutdown.append(self._close)

    def routes(self) -> list[web.RouteDef]:
        """The phone, its users and their messages."""
        return [
            web.get("", self.page),
            web.get("/trace", self.trace_page),
            web.post("/users", self.add_user),
            web.get("/users", self.list_users),
            web.post("/users/{openid}/messages", self.send),
            web.get("/users/{openid}/messages", self.messages),
            web.get("/users/{openid}/exchanges/{id}", self.exchange),
            web.get("/users/{openid}/events", self.events),
        ]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The phone."""
        return self._render("page.html", request)

    async def trace_page(self, request: web.Request) -> web.StreamResponse:
        """The trace alone, for narrow screens."""
        return self._render("trace.html", request)

    async def add_user(self, request: web.Request) -> web.StreamResponse:
        """A new person follows the account; a form goes on to the page."""
        name = str((await request.post()).get("name", "")).strip()[:MAX_NAME] or f"用户{len(list(self.platform.people)) + 1}"
        self.platform.start(self.platform.people.named(name), follow())
        raise web.HTTPSeeOther(f"{PREFIX}?user={quote(name)}")

    async def list_users(self, request: web.Request) -> web.Response:
        """Names and openids; `?name=` makes sure that there is such a user, without an event."""
        name = request.query.get("name", "").strip()[:MAX_NAME]
        users = [self.platform.people.named(name)] if name else list(self.platform.people)
        return web.json_response([{"name": user.name, "openid": user.openid, "following": user.following} for user in users])

    async def send(self, request: web.Request) -> web.Response:
        """Do what the user does; `?wait=1` answers when WeChat's requests are over."""
        user = self._user(request)
        try:
            body = await request.json()
            action = read_action(body, self._base)
        except (ValueError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        exchange, task = self.platform.start(user, action)
        if request.query.get("wait"):
            await task
        return web.json_response({"exchange": asdict(exchange), "items": [asdict(item) for item in user.items if item.exchange == exchange.id]})

    async def messages(self, request: web.Request) -> web.Response:
        """The chat after a line, for the terminal."""
        return web.json_response([asdict(item) for item in self._user(request).after(_number(request.query.get("after")))])

    async def exchange(self, request: web.Request) -> web.Response:
        """One exchange with its raw XML."""
        number = _number(request.match_info["id"])
        found = next((exchange for exchange in self._user(request).exchanges if exchange.id == number), None)
        if found is None:
            raise web.HTTPNotFound(text="没有这次往来")
        return web.json_response(asdict(found))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The live page."""
        after = request.headers.get("Last-Event-ID") or request.query.get("after")
        return await stream(request, self._user(request), self._phone, _number(after))

    def _render(self, template: str, request: web.Request) -> web.StreamResponse:
        people = list(self.platform.people)
        name = request.query.get("user", people[0].name)
        user = next((user for user in people if user.name == name), None)
        if user is None:
            raise web.HTTPSeeOther(f"{PREFIX}?user={quote(people[0].name)}")
        context: dict[str, Any] = {"title": TITLE, "people": people, "user": user, "menu": self.platform.menu.get("button", []), "places": PLACES}
        context["notice_templates"] = self._templates
        context |= {"lines": self._phone.lines(user, user.items), "trace": self._phone.trace(user), "seq": user.items[-1].seq if user.items else 0}
        response = aiohttp_jinja2.render_template(template, request, context)
        response.set_cookie(COOKIE, quote(user.name), path=PREFIX, httponly=True, samesite="Lax")
        return response

    def _user(self, request: web.Request) -> User:
        user = self.platform.people.get(request.match_info["openid"])
        if user is None:
            raise web.HTTPNotFound(text="没有这个用户，请刷新页面")
        return user

    async def _open(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            self.platform.connect(session)
            turns = None
            if self._database_url:
                from channels.simulator.turns import Turns  # late: without a database the edge needs no SQLAlchemy

                turns = Turns(self._database_url)
                self.platform.read_turn = turns.read
            yield
            if turns:
                await turns.close()

    async def _close(self, _: web.Application) -> None:
        await self.platform.close()


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


@web.middleware
async def _guard(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Pages of other sites may not write here; our pages load nothing from elsewhere."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        raise web.HTTPForbidden(text="请从模拟器页面操作")
    response = await handler(request)
    if not response.prepared:
        response.headers.update({"Content-Security-Policy": CONTENT_SECURITY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"})
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
