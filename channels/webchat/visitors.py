"""Pages that are open: one subscription for the whole edge wakes those of a visitor to whom something happened."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from store.keys import edge_channel
from store.redis import Redis
from store.subscription import listen
from store.webchat_log import edge_of

PAGES = 8
"""Pages of one visitor that are served at once; the oldest is asked to leave."""
_ALL = edge_channel(edge_of("*"))


class Page:
    """One open page, which waits for something new."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.closed = False

    def wake(self) -> None:
        """There may be something new: look."""
        self._news.set()

    def close(self) -> None:
        """The page is to leave."""
        self.closed = True
        self._news.set()

    async def news(self, seconds: float) -> bool:
        """Wait for a hint; False when none came in this time."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        self._news.clear()
        return True


class Visitors:
    """The open pages of one edge.

    Args:
        redis: a client without a command time-out, for the subscription.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pages: defaultdict[str, list[Page]] = defaultdict(list)

    @property
    def count(self) -> int:
        """Pages that are open."""
        return sum(map(len, self._pages.values()))

    @contextmanager
    def page(self, openid: str) -> Iterator[Page]:
        """Hear of one visitor's news; begin before reading, so that no hint is missed."""
        page, pages = Page(), self._pages[openid]
        pages.append(page)
        for old in pages[:-PAGES]:
            old.close()
        try:
            yield page
        finally:
            pages.remove(page)
            if not pages:
                self._pages.pop(openid, None)

    def close(self) -> None:
        """The edge stops: every page leaves, and comes back to another edge."""
        for page in self._all():
            page.close()

    async def listen(self) -> None:
        """Subscribe for ever; after each (re)subscription every page looks for itself, for hints may have passed meanwhile."""
        await listen(self._redis, _ALL, self._hear, "the web chat's")

    def _hear(self, event: dict[str, str]) -> None:
        told = self._pages.get(event["channel"].removeprefix(_ALL.removesuffix("*")), []) if event["type"] == "pmessage" else self._all()
        for page in told:
            page.wake()

    def _all(self) -> list[Page]:
        return [page for pages in self._pages.values() for page in pages]
