"""The 64 event streams as one consumer group reads them: take, give back, take off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from store.keys import PARTITIONS, key
from store.redis import Redis

GROUP = "projector"
ABANDONED_MS = 60_000
"""An event that another projector took this long ago and did not finish is taken over."""
KEEP_BAD = 10_000
"""About so many malformed events are kept for each partition."""


@dataclass(frozen=True)
class Raw:
    """A stream entry as taken. `text` is empty when the entry was taken off meanwhile."""

    partition: int
    id: str
    text: str


class EventStreams:
    """The streams for one projector.

    Args:
        redis: a client whose time-out is longer than the blocking read.
        consumer: the projector's name, the same after a restart, so that it finds what it had taken.
    """

    def __init__(self, redis: Redis, consumer: str) -> None:
        self._redis = redis
        self._consumer = consumer
        self._partitions = {key(part, "events"): part for part in range(PARTITIONS)}

    async def join(self) -> None:
        """Make the group on every stream where it is not yet."""
        pipe = self._redis.pipeline(transaction=False)
        for stream in self._partitions:
            pipe.xgroup_create(stream, GROUP, id="0", mkstream=True)
        for answer in await pipe.execute(raise_on_error=False):
            if isinstance(answer, Exception) and not (isinstance(answer, ResponseError) and "BUSYGROUP" in str(answer)):
                raise answer

    async def fresh(self, block_ms: int, count: int) -> list[Raw]:
        """Events nobody has taken; waits up to `block_ms` for one. At most `count` of each stream."""
        return self._raw(await self._redis.xreadgroup(GROUP, self._consumer, dict.fromkeys(self._partitions, ">"), count=count, block=block_ms))

    async def unfinished(self, count: int) -> list[Raw]:
        """Events that this projector took before and did not finish."""
        return self._raw(await self._redis.xreadgroup(GROUP, self._consumer, dict.fromkeys(self._partitions, "0"), count=count))

    async def abandoned(self, count: int) -> list[Raw]:
        """Events that a projector which is gone had taken; they are ours from now on."""
        pipe = self._redis.pipeline(transaction=False)
        for stream in self._partitions:
            pipe.xautoclaim(stream, GROUP, self._consumer, ABANDONED_MS, count=count)
        answers = await pipe.execute()
        return self._raw([(stream, answer[1]) for stream, answer in zip(self._partitions, answers, strict=True)])

    async def finish(self, done: Iterable[Raw]) -> None:
        """Take events off. XDEL comes first: a crash before XACK leaves an empty entry that is read again, the other order one that stays for ever."""
        ids: dict[int, list[str]] = defaultdict(list)
        for raw in done:
            ids[raw.partition].append(raw.id)
        pipe = self._redis.pipeline(transaction=False)
        for part, entries in ids.items():
            pipe.xdel(key(part, "events"), *entries)
            pipe.xack(key(part, "events"), GROUP, *entries)
        await pipe.execute()

    async def set_aside(self, raw: Raw, why: str) -> None:
        """Keep an event that cannot be written where an operator finds it, and take it off."""
        await self._redis.xadd(key(raw.partition, "events", "bad"), {"e": raw.text, "id": raw.id, "why": why}, maxlen=KEEP_BAD)
        await self.finish([raw])

    def _raw(self, answer: Sequence[tuple[str, Sequence[tuple[str | None, dict[str, Any] | None]]]]) -> list[Raw]:
        return [
            Raw(self._partitions[stream], entry, (fields or {}).get("e", ""))
            for stream, entries in answer
            for entry, fields in entries
            if entry is not None
        ]
