"""What stands around every page: security headers, limits, calm words for whatever goes wrong, and the confirmation of a reply that is written."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from channels.h5.desk import CONFIRM, DESK, render
from weijing.errors import BackendUnavailable, StoreUnavailable
from weijing.refusals import PageRefused

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_WORDS = {
    404: ("没有这一页", "链接可能不完整，或这一页已经撤下。请回到对话里重新点开。"),
    405: ("没有这一页", "请回到对话里重新点开。"),
    413: ("发来的内容太大了", "没有收下。请减少一些，再试一次。"),
}
_UNKNOWN = ("没有看懂这次请求", "请回到对话里重新点开这一页。")


@web.middleware
async def deliver(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write a reply here, not after the handler, so that only what is on the wire is confirmed."""
    response = await handler(request)
    message = request.get(CONFIRM)
    if message is None:
        return response
    try:
        await response.prepare(request)
        await response.write_eof()
    except ConnectionError:
        log.info("a page was closed before its reply; the sender brings it into the chat")
        return response
    await request.config_dict[DESK].submissions.confirm(message)
    return response


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """On every answer, redirects included."""
    try:
        response = await handler(request)
    except web.HTTPException as redirect:
        redirect.headers.update(HEADERS)
        redirect.headers["Cache-Control"] = "no-store"
        raise
    response.headers.update(HEADERS)
    return response


@web.middleware
async def calm(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The user reads what happened and what to do; the operator finds the cause in the log."""
    try:
        with suppress(StoreUnavailable):  # a page that needs no Redis is shown without it
            limits = request.config_dict[DESK].limits
            await limits.count("page", limits.address(request))
        return await handler(request)
    except PageRefused as refused:
        return _page(request, refused.message, refused.words, refused.status, again=refused.again)
    except (StoreUnavailable, BackendUnavailable) as error:
        log.warning("a page could not be served: %s", error.message)
        return _page(request, "系统这会儿忙不过来", "没有办成。请过几分钟再试；着急的话，回到对话里回复“人工”。", 503)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _page(request, *_WORDS.get(error.status, _UNKNOWN), error.status)
    except Exception:  # the last line of defence of a web app: the user gets a page, the operator the cause
        log.exception("a page failed")
        return _page(request, "这一页出了点问题", "已经记下，我们会处理。请过一会儿再试，或回到对话里回复“人工”。", 500)


def _page(request: web.Request, title: str, words: str, status: int, *, again: str = "") -> web.Response:
    return render(request, "notice.html", {"title": title, "words": words, "again": again, "warning": True}, status)
