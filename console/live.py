"""What happens, told to open pages at once: PostgreSQL's notifications become server-sent events."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from store.db import FAULTS, driver_url
from weijing.tasks import end

log = logging.getLogger(__name__)

CHANNEL = "weijing_desk"
BEAT_S = 15.0
WAITING = 200
"""Events a slow browser may lag behind; then it is told to reload everything (`all`)."""
_PAUSE_S = 2.0


class Live:
    """One console's ear on PostgreSQL and the pages that listen to it.

    Args:
        url: DATABASE_URL.
    """

    def __init__(self, url: str) -> None:
        self._url = driver_url(url, "asyncpg").set(drivername="postgresql").render_as_string(hide_password=False)
        self._pages: set[asyncio.Queue[tuple[str, str]]] = set()
        self.listening = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the context lasts."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            await end(task)

    @asynccontextmanager
    async def page(self) -> AsyncIterator[asyncio.Queue[tuple[str, str]]]:
        """A queue of (event, openid) for one open page; event is `message`, `owner`, `held`, `delivery`, `note`, or `all`."""
        queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue(WAITING)
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    def tell(self, what: str, openid: str) -> None:
        """Tell every open page."""
        for queue in self._pages:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                what = "all"
            queue.put_nowait((what, openid))

    async def _listen(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5)
                try:
                    await self._follow(connection)
                finally:
                    await connection.close(timeout=2)
            except FAULTS as error:
                log.warning("the live channel of PostgreSQL is away: %s", type(error).__name__)
            self.listening = False
            await asyncio.sleep(_PAUSE_S)

    async def _follow(self, connection: asyncpg.Connection) -> None:
        await connection.add_listener(CHANNEL, self._heard)
        self.listening = True
        self.tell("all", "")  # what was said while nobody listened
        while not connection.is_closed():
            await asyncio.sleep(BEAT_S)
            await connection.execute("SELECT 1")

    def _heard(self, _: Any, __: int, ___: str, payload: str) -> None:
        told = json.loads(payload)
        self.tell(str(told["what"]), str(told["openid"]))
