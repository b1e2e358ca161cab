"""The outbox: what is due is delivered. A sender leases partitions, keeps each user's order, and lets no user wait for another."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress

from prometheus_client import Counter, Gauge

from channels.outlet import Outlet
from store.keys import channel_of, key
from store.leases import Leases
from store.redis import FAULTS, Redis, unavailable
from store.turns import Turns, now_ms
from weijing.errors import StoreUnavailable

log = logging.getLogger(__name__)

LEASE_MS = 15_000
SCAN_S = 0.2
PAGE = 200
"""Due replies read of a partition in one scan."""
AT_ONCE = 32
"""Users served at the same time."""

DELIVERIES = Counter("weijing_deliveries_total", "Replies delivered by the sender", ["outcome"])
DUE = Gauge("weijing_due_replies", "Replies due in the partitions of this sender, at the last scan")


class Sender:
    """Scans and delivers.

    Args:
        outlets: channel -> its last hop.
        owner: id of the process.
    """

    def __init__(self, redis: Redis, outlets: Mapping[str, Outlet], owner: str) -> None:
        self._redis = redis
        self._outlets = outlets
        self._turns = Turns(redis)
        self._leases = Leases(redis, owner, LEASE_MS, noun="sender")
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._users: dict[str, asyncio.Task[None]] = {}

    @property
    def parts(self) -> frozenset[int]:
        """The partitions that it holds."""
        return frozenset(self._leases.held)

    async def run(self) -> None:
        """Scan until cancelled; then finish what is on its way and give the leases up."""
        balanced = 0.0
        try:
            while True:
                try:
                    if time.monotonic() - balanced > LEASE_MS / 5000:
                        await self.balance()
                        balanced = time.monotonic()
                    await self.scan()
                except StoreUnavailable as error:
                    log.warning("the sender waits for Redis: %s", error.message)
                    await asyncio.sleep(1.0)
                await asyncio.sleep(SCAN_S)
        finally:
            await self.idle()
            with suppress(StoreUnavailable, *FAULTS):  # a lease that cannot be given up runs out
                await self._leases.leave()

    async def idle(self) -> None:
        """Wait until nothing is on its way."""
        await asyncio.gather(*self._users.values(), return_exceptions=True)

    async def scan(self) -> None:
        """Start delivering what is due in our partitions.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        parts, now = sorted(self._leases.held), now_ms()
        try:
            pipe = self._redis.pipeline(transaction=False)
            for part in parts:
                pipe.zrangebyscore(key(part, "due"), "-inf", now, start=0, num=PAGE)
            found = dict(zip(parts, await pipe.execute(), strict=True))
            DUE.set(sum(map(len, found.values())))
            for part, keys in found.items():
                for openid, mine in (await self._by_user(part, keys)).items():
                    self._start(part, openid, mine)
        except FAULTS as error:
            raise unavailable(error) from error

    async def balance(self) -> None:
        """Take our share of the partitions, and give up what is above it.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._leases.level()

    async def _by_user(self, part: int, keys: list[str]) -> dict[str, list[str]]:
        """openid -> its due keys, oldest first; an entry without a turn has no openid and is dropped by `take`."""
        pipe = self._redis.pipeline(transaction=False)
        for name in keys:
            pipe.hget(key(part, "turn", name), "openid")
        users: dict[str, list[str]] = {}
        for name, openid in zip(keys, await pipe.execute() if keys else [], strict=True):
            users.setdefault(openid or "", []).append(name)
        return users

    def _start(self, part: int, openid: str, keys: list[str]) -> None:
        if openid in self._users:
            return
        task = asyncio.create_task(self._serve(part, openid, keys))
        self._users[openid] = task
        task.add_done_callback(lambda _: self._users.pop(openid, None))

    async def _serve(self, part: int, openid: str, keys: list[str]) -> None:
        """Deliver one user's replies in order; at the first that must wait, the later ones wait too."""
        async with self._slots:
            try:
                for name in keys:
                    if not await self._deliver(part, name):
                        return
            except StoreUnavailable as error:
                log.warning("a delivery waits for Redis: %s", error.message)

    async def _deliver(self, part: int, message_key: str) -> bool:
        taken = await self._turns.take(part, message_key)
        if taken is None:
            return True
        openid, bubbles, attempt = taken
        outcome = await self._outlets[channel_of(openid)].deliver(openid, message_key, bubbles, attempt)
        DELIVERIES.labels(outcome.name).inc()
        if outcome.errcode:
            log.warning("a reply is %s, errcode %d, attempt %d", outcome.name, outcome.errcode, attempt)
        retry_at = now_ms() + outcome.pause
        await self._turns.settle(openid, message_key, outcome.name, via=outcome.via, retry_at=retry_at, errcode=outcome.errcode, rest=outcome.rest)
        return outcome.name != "retry"
