"""How many turns run at once, and how one turn gets the worker for itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DRAIN_S = 2.0
"""How long the lone turn waits for the others to end; a slow turn of one user must not hold up all."""


class Room:
    """Room for `size` turns at once; `alone` keeps others out while a message that may kill the worker has its last try."""

    def __init__(self, size: int) -> None:
        self._places = asyncio.Semaphore(size)
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._inside = 0
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """A place beside the others."""
        async with self._places:
            await self._open.wait()
            self._inside += 1
            self._empty.clear()
            try:
                yield
            finally:
                self._inside -= 1
                if not self._inside:
                    self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """The worker to itself: new turns wait, running ones are waited for (at most `DRAIN_S`)."""
        async with self._one:
            self._open.clear()
            try:
                await asyncio.wait([asyncio.ensure_future(self._empty.wait())], timeout=DRAIN_S)
                yield
            finally:
                self._open.set()
