"""What the sender notes of a reply while it sends it, in the turn's hash: a sender that takes over goes on where the one before stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from store.keys import key, partition
from store.message import Bubble
from store.redis import FAULTS, Redis, unavailable
from store.turns import dumps, now_ms

VISIBLE_MS = 30_000
"""So long after its last sign of life a sender's reply is another's."""


@dataclass(frozen=True)
class Sending:
    """The notes of one reply.

    Args:
        kind: of a post (`progress`, `report`, …), else empty.
        parts: messages that went.
        rest: bubbles that wait until the user writes; they follow the reply.
        limit: bytes of a text when the platform took no longer one, else 0.
        failures: calls that failed.
        calling: a call was begun and its end was never noted: its message may have gone.
        noticed: a subscription notice has told of it.
    """

    kind: str = ""
    parts: int = 0
    rest: tuple[Bubble, ...] = ()
    limit: int = 0
    failures: int = 0
    calling: bool = False
    noticed: bool = False


class Notes:
    """Reads and writes the notes of one reply.

    Args:
        redis: the client.
    """

    def __init__(self, redis: Redis, openid: str, message_key: str) -> None:
        self._redis = redis
        self._part = partition(openid)
        self._key = message_key
        self._turn = key(self._part, "turn", message_key)

    async def read(self) -> Sending:
        """The notes as they are.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            kind, parts, rest, limit, failures, calling, noticed = await self._redis.hmget(
                self._turn, "kind", "parts", "rest", "limit", "failures", "calling", "noticed"
            )
        except FAULTS as error:
            raise unavailable(error) from error
        numbers = (int(parts or 0), tuple(json.loads(rest or "[]")), int(limit or 0), int(failures or 0))
        return Sending(kind or "", *numbers, calling=bool(calling), noticed=bool(noticed))

    async def begin(self) -> None:
        """A call begins; the reply stays this sender's meanwhile.

        Raises:
            StoreUnavailable: Redis did not answer; do not call.
        """
        await self._write({"calling": "1"})

    async def went(self, parts: int) -> None:
        """So many messages have gone.

        Raises:
            StoreUnavailable: Redis did not answer; the last one will be sent twice.
        """
        await self._write({"parts": str(parts)}, "calling")

    async def reshape(self, reply: Sequence[Bubble], rest: Sequence[Bubble], *, limit: int = 0) -> None:
        """From here on the reply is this, none of it sent, and `rest` waits until the user writes.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._write({"reply": dumps(reply), "rest": dumps(rest), "limit": str(limit or ""), "parts": "0"}, "calling")

    async def notice(self) -> None:
        """A subscription notice has told of it.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._write({"noticed": "1"})

    async def failed(self, *, known: bool = True) -> int:
        """Count a failed call; returns how many there were.

        Args:
            known: the platform said that the message did not go.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            if known:
                await self._redis.hdel(self._turn, "calling")
            return int(await self._redis.hincrby(self._turn, "failures", 1))
        except FAULTS as error:
            raise unavailable(error) from error

    async def _write(self, fields: dict[str, str], *gone: str) -> None:
        try:
            pipe = self._redis.pipeline(transaction=True)
            pipe.hset(self._turn, mapping=fields)  # type: ignore[arg-type]  # the stubs want Mapping[str | bytes, …]
            if gone:
                pipe.hdel(self._turn, *gone)
            pipe.zadd(key(self._part, "due"), {self._key: now_ms() + VISIBLE_MS}, xx=True)
            await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
