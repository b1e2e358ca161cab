"""What stands before every handler: who it is, whether they may, the deed's token, the audit trail, and calm words for whatever goes wrong."""

from __future__ import annotations

import hmac
import logging
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit, session
from console.context import console_of
from console.route import Route
from console.staff import STAFF, Staff
from store.db import FAULTS
from weijing.errors import WeijingError
from weijing.refusals import DeskRefused

log = logging.getLogger(__name__)

ROUTES: web.AppKey[dict[tuple[str, str], Route]] = web.AppKey("routes", dict[tuple[str, str], Route])
HEADERS = {  # wasm, from our own files: the decoder of WeChat's voice
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip
OPEN = ("/static/", "/healthz", "/readyz", "/metrics")
"""What is nobody's and shows nothing of anybody."""
NAMED = 200
"""Characters of an address that the trail keeps: anything can be typed there."""
_WORDS = {404: ("没有这一页", "它可能已被移走，或不在您的权限之内。"), 413: ("发来的内容太大了", "请减少一些，再试一次。")}
_UNKNOWN = ("没有看懂这次请求", "请刷新页面，再试一次。")
AWAY = ("数据库暂时连不上", "没有办成，也没有丢。请过一会儿再试；群众的对话不受影响。")

UNABLE = ("没有办成", "系统的一部分暂时用不了。请过一会儿再试；一直这样，请把现在的时间告诉管理员。")


@web.middleware
async def calm(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The person reads what happened and what to do; the cause stands in the log. Headers go on every answer."""
    try:
        response = await handler(request)
    except DeskRefused as refused:
        response = trouble(request, refused.message, refused.words, refused.status)
    except WeijingError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        response = trouble(request, *UNABLE, 503)
    except FAULTS as error:
        log.warning("%s %s: PostgreSQL is away (%s)", request.method, request.path, type(error).__name__)
        response = trouble(request, *AWAY, 503)
    except web.HTTPException as answer:
        response = answer if answer.status < 400 else trouble(request, *_WORDS.get(answer.status, _UNKNOWN), answer.status)
    if not response.prepared:
        response.headers.update(HEADERS)
    if isinstance(response, web.HTTPException):
        raise response
    return response


def trouble(request: web.Request, title: str, words: str, status: int) -> web.Response:
    """What went wrong: a page, or for htmx a word in the corner that leaves the page as it is."""
    pages = console_of(request).pages
    if "HX-Request" not in request.headers:
        return pages.show(request, "trouble.html", title=title, words=words, status=status)
    response = pages.show(request, "toast.html", title=title, words=words, kind="bad", status=status)
    response.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    return response


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let through what the route table allows.

    Raises:
        DeskRefused: they may not, or the token is not of this session.
        HTTPSeeOther: to the login.
    """
    if request.path.startswith(OPEN):
        return await handler(request)
    resource = request.match_info.route.resource
    route = request.config_dict[ROUTES].get((request.method, resource.canonical if resource else ""))
    console = console_of(request)
    async with console.engine.begin() as connection:
        staff = await session.find(connection, request.cookies.get(session.COOKIE, ""), sign=route is None or not route.quiet)
        if staff:
            request[STAFF] = staff
        if route is None or any("\0" in value for value in request.match_info.values()):
            raise web.HTTPNotFound
        if route.method == "POST":
            await _check_origin(request, staff)
        if not route.public:
            _check_person(request, route, staff)
    if not route.public:
        await _admit(request, route, request[STAFF])
    return await handler(request)


def _check_person(request: web.Request, route: Route, staff: Staff | None) -> None:
    if staff is None:
        if "HX-Request" in request.headers:
            raise web.HTTPNoContent(headers={"HX-Redirect": "/login"})
        raise web.HTTPSeeOther("/login")
    if staff.first and request.path not in {staff.first, "/logout"}:
        raise web.HTTPSeeOther(staff.first)


async def _admit(request: web.Request, route: Route, staff: Staff) -> None:
    """Roles, then reach; both outcomes are written down before anything is shown or done."""
    allowed = staff.has(*route.roles)
    reached = allowed and (route.reach is None or await route.reach(request, staff))
    if not (reached and route.quiet):
        async with console_of(request).engine.begin() as connection:
            await _note(connection, request, route, staff, refused=not reached)
    if not allowed:
        raise DeskRefused("这一页不归您的岗位", "需要的话，请找管理员调整岗位。", 403)
    if not reached:
        raise web.HTTPNotFound


async def _note(connection: AsyncConnection, request: web.Request, route: Route, staff: Staff, *, refused: bool) -> None:
    more = {"refused": True} if refused else {}
    named = "/".join(request.match_info.values())[:NAMED]
    await audit.append(connection, staff.id, route.act, named, **more)


async def _check_origin(request: web.Request, staff: Staff | None) -> None:
    """A deed comes from a page of ours (Origin), and from this session (its token, which pages of other sites cannot read)."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.host:
        raise DeskRefused("这次操作不是从本系统的页面发出的", "没有办成。请在本系统里重新操作。", 403)
    if staff is None:
        return
    token = request.headers.get("X-CSRF-Token") or str((await request.post()).get("csrf", ""))
    if not hmac.compare_digest(token.encode(), session.csrf(console_of(request).key, staff.session).encode()):
        raise DeskRefused("这一页过期了", "没有办成。请刷新页面，再试一次。", 403)
