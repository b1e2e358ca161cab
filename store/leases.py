"""Partitions are owned by leases: a worker (or sender) holds one until it stops renewing or somebody frees it."""

from __future__ import annotations

import asyncio
import math
import time

from store.batch import BatchedScripts
from store.keys import PARTITIONS, WORKERS, key
from store.redis import FAULTS, Redis, unavailable
from store.release import Releases
from store.scripts import Scripts
from store.turns import now_ms

STEP_S = 0.5
"""Seconds between two looks for free partitions."""

AT_ONCE = 8
"""Partitions tried together: one after the other they would wait 64 laps of a busy worker's loop."""


class Leases:
    """The leases of one owner.

    Args:
        redis: the client.
        owner: id of the process, e.g. `host:pid:nonce`.
        ms: how long a lease lives without being renewed.
        noun: `lease` for workers, `sender` for senders: the two kinds do not meet.
        model: of a worker; it takes the partitions that the release in force gives to this model. The owner ends in `|<model>`.
        epoch: of the release that the worker was started for; it takes nothing while no release is in force. 0: it was started without one.
    """

    def __init__(self, redis: Redis, owner: str, ms: int, noun: str = "lease", *, model: str = "", epoch: int = 0) -> None:
        self._redis = redis
        self._releases = Releases(redis)
        self._model, self._epoch = model, epoch
        self.allowed = frozenset(range(PARTITIONS))
        self._scripts = BatchedScripts(redis)
        self.owner = owner
        self.ms = ms
        self._noun = noun
        self._live_key = WORKERS if noun == "lease" else f"{WORKERS}:{noun}"
        self.held: set[int] = set()
        self._gained: set[int] = set()
        self._lost: set[int] = set()
        self._renew_at = 0.0

    async def balance(self) -> tuple[set[int], set[int]]:
        """Heartbeat, renew what is held (three times a lease), and move towards a fair share of the live owners.

        Call it every `STEP_S`: so long may a partition that was given up wait for its next owner.

        Returns:
            (gained, lost) partitions since the last return, one that ran out and was taken again in both. What is above the share stays held; the
            caller frees it when idle.

        Raises:
            StoreUnavailable: Redis did not answer; the leases may be running out.
        """
        try:
            await self._redis.zadd(self._live_key, {self.owner: now_ms()})
            await self._follow()
            if time.monotonic() >= self._renew_at:
                await self._renew()
            share = await self.share()
            free = [part for part in self._order() if part in self.allowed - self.held]
            while free and len(self.held) < share:
                count = min(AT_ONCE, share - len(self.held))
                some, free = free[:count], free[count:]
                await asyncio.gather(*map(self._take, some))
        except FAULTS as error:
            raise unavailable(error) from error
        told = self._gained, self._lost
        self._gained, self._lost = set(), set()
        return told

    async def _follow(self) -> None:
        """Which partitions are this model's now."""
        if not self._model:
            return
        rule = await self._releases.in_force()
        if rule:
            self.allowed = frozenset(part for part in range(PARTITIONS) if rule.model_of(part) == self._model)
        elif self._epoch:
            self.allowed = frozenset()

    async def _take(self, part: int) -> bool:
        """Take a partition if it is free and, for a worker, its rule names our model; nobody writes the rules of the other nouns."""
        rule = key(part, "rule" if self._model else f"{self._noun}-rule")
        taken = bool(await self._scripts.run("lease", [key(part, self._noun), rule], [self.owner, self.ms, self._model]))
        if taken:
            self._gained.add(part)
            self.held.add(part)
        return taken

    async def level(self) -> None:
        """Balance, and give up at once what is above our share: for owners to whom a partition's change of hands costs nothing.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self.balance()
        try:
            share = await self.share()
            for part in sorted(self.held)[share:]:
                await self.free(part)
        except FAULTS as error:
            raise unavailable(error) from error

    async def _renew(self) -> None:
        """Prolong every lease, all in one write: in a worker full of turns each answer waits for a lap of the loop, and 64 laps outlast a lease."""
        self._renew_at = time.monotonic() + self.ms / 3000
        parts = sorted(self.held)
        ours = await asyncio.gather(*(self._scripts.run("renew", [key(part, self._noun)], [self.owner, self.ms]) for part in parts))
        lost = {part for part, mine in zip(parts, ours, strict=True) if not mine}
        self.held -= lost
        self._gained -= lost
        self._lost |= lost

    async def share(self) -> int:
        """Partitions each live owner of this model should hold (rounded up)."""
        await self._redis.zremrangebyscore(self._live_key, 0, now_ms() - max(self.ms, 1000))
        live = sum(owner.endswith(f"|{self._model}") or not self._model for owner in await self._redis.zrange(self._live_key, 0, -1))
        return math.ceil(len(self.allowed) / max(1, live))

    async def free(self, part: int) -> None:
        """Give one partition up."""
        self.held.discard(part)
        await self._scripts.run("renew", [key(part, self._noun)], [self.owner, 0])

    async def leave(self) -> None:
        """Give everything up and leave the list of live owners."""
        await free_all(self._redis, self.owner, self._noun)
        self.held.clear()

    def _order(self) -> list[int]:
        start = hash(self.owner) % PARTITIONS  # owners that start together begin at different partitions
        return [(start + step) % PARTITIONS for step in range(PARTITIONS)]


async def free_all(redis: Redis, owner: str, noun: str = "lease") -> None:
    """Free every lease of an owner that is gone; its parent calls this so that others need not wait for the lease to run out."""
    scripts = Scripts(redis)
    await redis.zrem(WORKERS if noun == "lease" else f"{WORKERS}:{noun}", owner)
    for part in range(PARTITIONS):
        await scripts.run("renew", [key(part, noun)], [owner, 0])
