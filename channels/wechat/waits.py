"""Pushes that wait for their turn's reply: one pub/sub connection for the whole edge, a watch for each push."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from store.keys import edge_channel
from store.redis import Redis
from store.subscription import listen


class Watch:
    """One push that waits."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def wake(self) -> None:
        """There may be a reply: look."""
        self._told.set()

    async def told(self) -> None:
        """Wait for a hint."""
        await self._told.wait()
        self._told.clear()


class Waits:
    """The watches of one edge.

    Args:
        redis: a client without a command time-out, for the subscription.
        edge: the edge's id.
    """

    def __init__(self, redis: Redis, edge: str) -> None:
        self._redis = redis
        self._channel = edge_channel(edge)
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)
        self.count = 0

    @contextmanager
    def watch(self, message_key: str) -> Iterator[Watch]:
        """Listen for one message's reply; begin before it is accepted, so that no hint is missed."""
        watch = Watch()
        self._watches[message_key].add(watch)
        self.count += 1
        try:
            yield watch
        finally:
            self.count -= 1
            self._watches[message_key].discard(watch)
            if not self._watches[message_key]:
                del self._watches[message_key]

    async def listen(self) -> None:
        """Subscribe for ever; after each (re)subscription everybody looks for himself, for hints may have passed meanwhile."""
        await listen(self._redis, self._channel, self._hear, "the edge's")

    def _hear(self, event: dict[str, str]) -> None:
        if event["type"] == "subscribe":
            waiting = [watch for watches in self._watches.values() for watch in watches]
        else:
            waiting = list(self._watches.get(event["data"], ()))
        for watch in waiting:
            watch.wake()
