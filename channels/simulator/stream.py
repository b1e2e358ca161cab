"""Server-sent events: an open page hears of new lines, trace cards and typing at once."""

from __future__ import annotations

import asyncio

from aiohttp import web

from channels.simulator.people import Event, User
from channels.simulator.phone import Phone

HEARTBEAT_SECONDS = 15.0


async def stream(request: web.Request, user: User, phone: Phone, after: int) -> web.StreamResponse:
    """Send events until the page leaves; `after` is the last line that the page has, so a page that lost its connection misses none."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    queue: asyncio.Queue[Event | None] = asyncio.Queue()
    user.listeners.add(queue)
    try:
        for item in user.after(after):
            after = item.seq
            await response.write(_event("item", phone.lines(user, [item]), item.seq))
        await _follow(response, queue, user, phone, after)
    except ConnectionResetError:
        pass  # the page is closed
    finally:
        user.listeners.discard(queue)
    return response


async def _follow(response: web.StreamResponse, queue: asyncio.Queue[Event | None], user: User, phone: Phone, after: int) -> None:
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
        except asyncio.TimeoutError:
            await response.write(b": alive\n\n")
            continue
        if event is None:
            return
        kind, value = event
        if kind == "item" and value.seq > after:
            await response.write(_event("item", phone.line(user, value), value.seq))
        elif kind == "exchange":
            await response.write(_event("exchange", phone.exchange(value)))
        elif kind == "typing":
            await response.write(_event("typing", str(value)))


def _event(kind: str, data: str, number: int = 0) -> bytes:
    head = f"id: {number}\n" if number else ""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"{head}event: {kind}\n{lines}\n".encode()
