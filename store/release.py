"""Which model answers whom: the release that is wished for, the one that is in force, and the step from one to the other.

A release names a model for each partition: the canary has those below its share, the released model all others. It is wished for in `wj:release`. A keeper of
the bot that has loaded every model of it puts it into force: `wj:rule` tells the workers, and each partition's own rule (in its hash tag, with the lease)
decides who may take its lease. So a worker of another model, however late it hears of it, can neither take the partition nor commit in it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from store.keys import BOTS, PARTITIONS, RELEASE, RULE, key
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import dumps, now_ms
from weijing.errors import ReleaseConflict

YIELD_S = 2.0
"""How long a turn under way may hold up the partition's change of hands; then its commit is refused, and the new model answers the message."""
BOT_ALIVE_MS = 10_000
"""A keeper that has not told of itself for so long is gone."""


@dataclass(frozen=True)
class Release:
    """Models by partition; the names are files in the folder of models.

    Args:
        released: answers whatever the canary does not.
        canary: a model on trial, or empty.
        share: partitions of the canary, 0 to 64: p is the canary's if p < share.
        epoch: grows with every change; 0 when nothing was ever released.
    """

    released: str
    canary: str = ""
    share: int = 0
    epoch: int = 0

    def model_of(self, part: int) -> str:
        """The model that owns a partition."""
        return self.canary if self.canary and part < self.share else self.released

    @property
    def models(self) -> list[str]:
        """Those that own a partition or are about to, the released one first."""
        return list(dict.fromkeys(filter(None, (self.released, self.canary))))


class Releases:
    """The releases as Redis knows them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)

    async def wished(self) -> Release | None:
        """What was asked for last, or None while nothing was ever released.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return await self._read(RELEASE)

    async def in_force(self) -> Release | None:
        """What the partitions follow now, or None.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return await self._read(RULE)

    async def wish(self, released: str, canary: str = "", share: int = 0, *, after: int | None = None) -> Release:
        """Ask for a release; the keepers carry it out. With `after` only if nobody has asked for another since that epoch.

        Raises:
            ReleaseConflict: somebody has.
            StoreUnavailable: Redis did not answer.
        """
        epoch = await self._scripts.run("wish", [RELEASE], ["" if after is None else after, released, canary, share])
        if not epoch:
            raise ReleaseConflict("another release was asked for meanwhile; look at it and decide again")
        return Release(released, canary, share, int(epoch))

    async def enforce(self, release: Release) -> None:
        """Put a release into force, partition by partition; its models must be loaded. An older one changes nothing.

        Raises:
            StoreUnavailable: Redis did not answer; begin again, what is done stays done.
        """
        if not await self._scripts.run("rule", [RULE], [release.epoch, release.released, release.canary, release.share]):
            return
        deadline = asyncio.get_running_loop().time() + YIELD_S
        open_parts = set(range(PARTITIONS))
        while open_parts:
            force = asyncio.get_running_loop().time() >= deadline
            for part in sorted(open_parts):
                if await self._assign(part, release, force=force):
                    open_parts.discard(part)
            await asyncio.sleep(0.05 if open_parts else 0)

    async def _assign(self, part: int, release: Release, *, force: bool) -> bool:
        keys = [key(part, "rule"), key(part, "lease"), key(part, "events")]
        return bool(await self._scripts.run("assign", keys, [release.epoch, release.model_of(part), "force" if force else ""]))

    async def tell(self, bot: str, status: dict[str, Any]) -> None:
        """A keeper tells how it stands.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            await self._redis.hset(BOTS, bot, dumps({**status, "at": now_ms()}))
        except FAULTS as error:
            raise unavailable(error) from error

    async def leave(self, bot: str) -> None:
        """A keeper ends."""
        try:
            await self._redis.hdel(BOTS, bot)
        except FAULTS as error:
            raise unavailable(error) from error

    async def bots(self) -> dict[str, dict[str, Any]]:
        """What the live keepers tell: `{epoch, models: {file: {state: loading|ready|failed, words, model_id}}, at}` by keeper.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            told = {bot: json.loads(text) for bot, text in (await self._redis.hgetall(BOTS)).items()}
        except FAULTS as error:
            raise unavailable(error) from error
        return {bot: status for bot, status in told.items() if status["at"] > now_ms() - BOT_ALIVE_MS}

    async def _read(self, name: str) -> Release | None:
        try:
            found = await self._redis.hgetall(name)
        except FAULTS as error:
            raise unavailable(error) from error
        return Release(found["released"], found["canary"], int(found["share"]), int(found["epoch"])) if found else None
