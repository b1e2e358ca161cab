"""`weijing evidence`: the evidence keeper. It fetches what users sent before the platform forgets it (three days), keeps it, and deletes what is past its time.

A note in `wj:{p}:media` is work not done: it is left in its stream until the file is kept or surely cannot be had, so a crash at any moment costs one more
download and nothing else. Partitions are leased, as the sender's are.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from contextlib import suppress

import aiohttp
from prometheus_client import Counter, Gauge

from channels.wechat.api import PlatformApi
from channels.wechat.intake import Intake
from channels.wechat.media import PlatformMedia
from store.evidence import EvidenceStore
from store.keys import key
from store.leases import Leases
from store.message import Message
from store.redis import FAULTS, Redis, client, unavailable, wait_ready
from weijing.errors import PlatformError, StoreUnavailable
from weijing.health import stay
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings
from weijing.tasks import end

log = logging.getLogger(__name__)

LEASE_MS = 15_000
SCAN_S = 0.5
PAGE = 20
"""Notes read of a partition in one scan."""
AT_ONCE = 4
"""Downloads at the same time: each holds a file in memory."""
FORGET_S = 60.0
PAUSE_S, LONGEST_PAUSE_S = 1.0, 600.0

FILES = Counter("weijing_evidence_total", "Files that the evidence keeper is done with", ["outcome"])
WAITING = Gauge("weijing_evidence_waiting", "Notes of files not yet kept in the partitions of this keeper, at the last scan (at most 20 each)")
FORGOTTEN = Counter("weijing_evidence_forgotten_total", "Evidence deleted after its time")


class Keeper:
    """Scans the notes and fetches.

    Args:
        intake: fetches and keeps one file.
        store: where they are kept.
        owner: id of the process.
    """

    def __init__(self, redis: Redis, store: EvidenceStore, intake: Intake, owner: str) -> None:
        self._redis, self._store, self._intake = redis, store, intake
        self._leases = Leases(redis, owner, LEASE_MS, noun="evidence")
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._tries: dict[str, tuple[int, float]] = {}
        self._balance_at = self._forget_at = 0.0
        self.healthy = False

    async def run(self) -> None:
        """Keep until cancelled; a fault of Redis or PostgreSQL is waited out."""
        try:
            while True:
                try:
                    await self.step()
                    self.healthy = bool(self._leases.held)
                except StoreUnavailable as error:
                    self.healthy = False
                    log.warning("evidence waits: %s", error.message)
                    await asyncio.sleep(1.0)
                await asyncio.sleep(SCAN_S)
        finally:
            await end(*self._tasks.values())
            with suppress(StoreUnavailable, *FAULTS):  # a lease that cannot be given up runs out
                await self._leases.leave()

    async def step(self) -> None:
        """What is due now: leases, notes, deletions.

        Raises:
            StoreUnavailable: Redis or PostgreSQL did not answer.
        """
        now = time.monotonic()
        if now >= self._balance_at:
            await self._leases.level()
            self._balance_at = now + LEASE_MS / 5000
        await self._scan()
        if now >= self._forget_at:
            FORGOTTEN.inc(await self._store.forget())
            self._forget_at = now + FORGET_S

    async def _scan(self) -> None:
        parts = sorted(self._leases.held)
        try:
            pipe = self._redis.pipeline(transaction=False)
            for part in parts:
                pipe.xrange(key(part, "media"), count=PAGE)
            found = await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
        WAITING.set(sum(map(len, found)))
        for part, entries in zip(parts, found, strict=True):
            for entry, fields in entries:
                self._start(part, entry, Message.loads(fields["m"]))

    def _start(self, part: int, entry: str, message: Message) -> None:
        name = f"{part}:{entry}"
        if name in self._tasks or self._tries.get(name, (0, 0.0))[1] > time.monotonic():
            return
        self._tasks[name] = task = asyncio.create_task(self._take(name, part, entry, message))
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def _take(self, name: str, part: int, entry: str, message: Message) -> None:
        """Fetch one file and take its note off; what fails is tried again, later each time."""
        async with self._slots:
            try:
                FILES.labels(await self._intake.take(message)).inc()
                await self._redis.xdel(key(part, "media"), entry)
                self._tries.pop(name, None)
            except (StoreUnavailable, PlatformError, *FAULTS) as error:
                count = self._tries.get(name, (0, 0.0))[0] + 1
                pause = min(PAUSE_S * 2**count, LONGEST_PAUSE_S)
                self._tries[name] = count, time.monotonic() + pause
                log.warning("a file is not kept yet, try %d, next in %.0f s: %s", count, pause, error)


def main(argv: list[str]) -> int:
    """Run the evidence keeper until SIGTERM."""
    del argv
    set_up_logs()
    asyncio.run(_main(load_settings()))
    return 0


async def _main(settings: Settings) -> None:
    await wait_ready(settings.redis_url)
    redis, owner = client(settings.redis_url), f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    store = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
    async with aiohttp.ClientSession() as session:
        media = PlatformMedia(PlatformApi(redis, settings, session), settings.platform_base, session)
        keeper = Keeper(redis, store, Intake(redis, store, media), owner)

        async def ready() -> dict[str, bool]:
            return {"keeping": keeper.healthy}

        await stay(settings.evidence_port, ready, keeper.run())
    await store.close()
    await redis.close(close_connection_pool=True)
