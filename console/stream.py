"""`GET /live`: what happens, as server-sent events for an open page.

Events hold no words, only whose conversation moved; the page then asks for what it may see.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from console import session
from console.context import console_of
from console.live import BEAT_S
from console.route import Route, get
from console.staff import staff_of

OPEN = ("job", "all")
"""What a trainer hears too; whose conversation moved is for those who may read it."""


async def stream(request: web.Request) -> web.StreamResponse:
    """Events until the page closes or the session ends. `message` carries an openid; `talk-<openid>` is the same for one conversation's page."""
    console = console_of(request)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    async with console.live.page() as events:
        with suppress(ConnectionResetError):  # the page was closed
            await _tell(request, response, events)
    return response


async def _tell(request: web.Request, response: web.StreamResponse, events: asyncio.Queue[tuple[str, str]]) -> None:
    while await _alive(request):
        try:
            what, openid = await asyncio.wait_for(events.get(), BEAT_S)
        except asyncio.TimeoutError:
            await response.write(b": beat\n\n")
            continue
        if what not in OPEN and not staff_of(request).has("agent", "supervisor"):
            continue
        await response.write(f"event: {what}\ndata: {openid}\n\nevent: talk-{openid}\ndata: {what}\n\n".encode())


async def _alive(request: web.Request) -> bool:
    """The session still stands."""
    async with console_of(request).engine.begin() as connection:
        return await session.find(connection, request.cookies.get(session.COOKIE, ""), sign=False) is not None


ROUTES: tuple[Route, ...] = (get("/live", stream, "live.read", "agent", "supervisor", "trainer", quiet=True),)
