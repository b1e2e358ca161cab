"""Breaks the house while it works: kills edges, Redis and the sender on a timetable; wakes frozen workers; counts what it did."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psutil

from store.keys import PARTITIONS, key, partition
from store.redis import FAULTS, client
from tests.e2e.house import House, Process
from tests.e2e.platform_wire import Edge
from weijing.engines import EmbeddedRedis, start_redis


class Engine:
    """A Redis of the storm's own, which keeps its whole append-only file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: EmbeddedRedis = start_redis(folder)
        self.redis = client(self.server.url)
        self.accepted_and_unanswered: list[int] = []

    async def keep_history(self) -> None:
        """Never rewrite the file: it is the witness."""
        await self.redis.config_set("auto-aof-rewrite-percentage", "0")

    async def depth(self) -> int:
        """Messages accepted and not done."""
        pipe = self.redis.pipeline(transaction=False)
        for part in range(PARTITIONS):
            pipe.xlen(key(part, "inbox"))
        return sum(await pipe.execute())

    async def held(self, openid: str) -> int:
        """Replies that wait until this user writes again."""
        return int(await self.redis.llen(key(partition(openid), "held", openid)))

    async def kill_and_restart(self) -> None:
        """SIGKILL between accept and answer: at a moment when messages lie in the inbox."""
        deadline = time.monotonic() + 5
        while not (depth := await self.depth()) and time.monotonic() < deadline:  # noqa: ASYNC110  others fill it
            await asyncio.sleep(0.005)
        self.server.process.kill()
        self.accepted_and_unanswered.append(depth)
        await asyncio.to_thread(self.server.process.wait)
        await asyncio.sleep(0.3)
        self.server = await asyncio.to_thread(start_redis, self.folder)
        await self.keep_history()

    async def close(self) -> None:
        """Stop it."""
        await self.redis.close(close_connection_pool=True)
        self.server.stop()


class Breaker:
    """Works through the timetable.

    Args:
        sender: the sender that runs now.
    """

    def __init__(self, house: House, engine: Engine, edges: list[Edge], sender: Process) -> None:
        self._house = house
        self._engine = engine
        self._edges = edges
        self._sender = sender
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """About 35 s; no two things are down for long at the same time, as nothing then could accept."""
        timetable: list[tuple[float, str, Callable[[], Awaitable[None]]]] = [
            (3, "edge", lambda: self._edges[0].kill_and_restart(0.5)),
            (4, "redis", self._engine.kill_and_restart),
            (4, "sender", self._kill_sender),
            (3, "edge", lambda: self._edges[1].kill_and_restart(0.5)),
            (4, "redis", self._engine.kill_and_restart),
            (3, "edge", lambda: self._edges[0].kill_and_restart(0.1)),
            (2, "sender", self._kill_sender),
            (3, "edge", lambda: self._edges[1].kill_and_restart(1.0)),
        ]
        for pause, name, act in timetable:
            await asyncio.sleep(pause)
            await act()
            self.counts[name] += 1

    async def _kill_sender(self) -> None:
        self._sender.popen.kill()
        await asyncio.to_thread(self._sender.popen.wait)
        self._sender = self._house.start("sender")


async def thaw(bot: Process, after: float, stop: asyncio.Event) -> None:
    """Wake frozen workers `after` seconds, when their leases have run out and others have taken over."""
    seen: dict[int, float] = {}
    while not stop.is_set():
        for child in bot.children():
            with suppress(psutil.NoSuchProcess):
                if child.status() != psutil.STATUS_STOPPED:
                    seen.pop(child.pid, None)
                elif time.monotonic() - seen.setdefault(child.pid, time.monotonic()) > after:
                    child.resume()
        await asyncio.sleep(0.1)


async def settled(engine: Engine, seconds: float) -> bool:
    """Wait until every message is done and every reply delivered or held; False when nothing has got less for so many seconds."""
    left, deadline = -1, time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(*FAULTS):
            now = await engine.depth() + sum([await engine.redis.zcard(key(part, "due")) for part in range(PARTITIONS)])
            if not now:
                return True
            if left < 0 or now < left:
                left, deadline = now, time.monotonic() + seconds
        await asyncio.sleep(0.25)
    return False
