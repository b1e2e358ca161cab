"""What happens to a visitor, as server-sent events over `fetch`: the log from where the page stands, and whether somebody is typing.

An event's id is the entry's place in the log. A page that lost its connection comes back with the last one, so it misses nothing; it leaves out what it
has, so it doubles nothing.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

from aiohttp import web

from channels.webchat.visitors import Page, Visitors
from store.webchat_log import Entry, WebchatLog
from weijing.errors import StoreUnavailable
from weijing.refusals import ChatRefused

HEARTBEAT_S = 15.0
"""A page that hears nothing for about three of these takes the connection for dead."""
_PAGE = 100
_SEQ = re.compile(r"[0-9]{1,15}-[0-9]{1,9}")
_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(request: web.Request, openid: str, log: WebchatLog, visitors: Visitors) -> web.StreamResponse:
    """Send events until the page leaves, the edge stops or Redis goes; the page then comes back.

    Raises:
        ChatRefused: the visitor has ended the talk.
        StoreUnavailable: Redis did not answer at the beginning.
    """
    last = request.headers.get("Last-Event-ID", "")
    after = last if _SEQ.fullmatch(last) else ""
    if await log.left(openid):
        raise ChatRefused("会话已结束。", 401, "session")
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    with visitors.page(openid) as page, suppress(ConnectionError, StoreUnavailable):  # the page is closed, or comes back
        await _follow(response, page, openid, log, after)
    return response


async def _follow(response: web.StreamResponse, page: Page, openid: str, log: WebchatLog, after: str) -> None:
    typing: bool | None = None
    while not page.closed:
        now_typing = await log.catch_up(openid)
        while entries := await log.read(openid, after, _PAGE):
            after = entries[-1].seq
            await response.write("".join(map(_entry, entries)).encode())
        if now_typing != typing:
            typing = now_typing
            await response.write(_event("typing", {"typing": typing}))
        if not await page.news(HEARTBEAT_S):
            await response.write(b": alive\n\n")
        elif await log.left(openid):
            await response.write(_event("left", {}))
            return


def _entry(entry: Entry) -> str:
    return f"id: {entry.seq}\n" + _event("entry", {"id": entry.id, "who": entry.who, **entry.what}).decode()


def _event(kind: str, value: dict[str, object]) -> bytes:
    """JSON holds no line break, so one `data` line is enough."""
    return f"event: {kind}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
