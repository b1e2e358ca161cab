"""A worker: holds partitions by leases, reads their inboxes, hands each message to its user's queue.

An entry stays in the inbox until its turn is committed, so a worker that dies loses nothing: whoever takes the partition over reads it from the start.
"""

from __future__ import annotations

import asyncio
import logging

from bot.pulse import Pulse
from bot.queues import UserQueues
from bot.tries import Entry
from store.keys import key
from store.leases import STEP_S, Leases
from store.message import Message
from store.redis import FAULTS, Redis
from store.turns import now_ms
from weijing.errors import StoreUnavailable

log = logging.getLogger(__name__)

BLOCK_MS = 500
BATCH = 50
LEAVE_S = 8.0
"""How long the turns under way may take when the worker is told to stop."""


class Worker:
    """The loop of one worker process.

    Args:
        reader: a client of its own for blocking reads.
        leases: this worker's.
        queues: run the turns.
        pulse: shows the parent that the loop turns.
    """

    def __init__(self, reader: Redis, leases: Leases, queues: UserQueues, pulse: Pulse) -> None:
        self._reader = reader
        self._leases = leases
        self._queues = queues
        self._pulse = pulse
        self._cursors: dict[int, str] = {}
        self._taken_at: dict[int, int] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the turns under way, free the leases, leave."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped."""
        renewing = asyncio.create_task(self._renew())
        try:
            while not self._stopping.is_set():
                await self._read()
            await self._queues.close(LEAVE_S)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._leases.leave()

    async def _renew(self) -> None:
        while True:
            self._pulse.beat()
            before = now_ms()  # what comes in while we take partitions over has killed nobody
            try:
                _, lost = await self._leases.balance()
                for part in lost:
                    self._forget(part)
                for part in self._leases.held & self._leases.allowed - self._cursors.keys():
                    self._cursors[part], self._taken_at[part] = "0", before
                    self._queues.own(part)
                await self._give_surplus()
            except StoreUnavailable as error:
                log.warning("leases not renewed: %s", error)
            await asyncio.sleep(STEP_S)

    async def _give_surplus(self) -> None:
        for part in self._leases.held - self._leases.allowed:  # another model's from now on: what has begun is finished, nothing more begins
            self._forget(part)
            if part not in self._queues.busy():
                await self._leases.free(part)
        surplus = len(self._leases.held) - await self._leases.share()
        idle = sorted(self._leases.held - self._queues.busy())
        for part in idle[: max(0, surplus)]:
            self._forget(part)
            await self._leases.free(part)

    def _forget(self, part: int) -> None:
        self._cursors.pop(part, None)
        self._queues.forget(part)

    async def _read(self) -> None:
        asked = {key(part, "inbox"): (part, cursor) for part, cursor in self._cursors.items()}
        if not asked:
            await asyncio.sleep(0.02)
            return
        try:
            answer = await self._reader.xread({name: cursor for name, (_, cursor) in asked.items()}, count=BATCH, block=BLOCK_MS)
        except FAULTS as error:
            log.warning("inbox not read (%s); trying again", type(error).__name__)
            await asyncio.sleep(0.3)
            return
        for name, entries in answer:
            part, cursor = asked[name]
            if self._cursors.get(part) != cursor:
                continue  # given away while we waited, or taken again and so to be read from the start
            self._cursors[part] = entries[-1][0]
            for entry_id, fields in entries:
                self._queues.put(self._entry(part, entry_id, fields))

    def _entry(self, part: int, entry_id: str, fields: dict[str, str]) -> Entry:
        suspect = int(entry_id.split("-")[0]) <= self._taken_at[part]
        return Entry(part, entry_id, Message.loads(fields["m"]), suspect, fields.get("h", "0") != "0")
