"""How often a message was tried: three tries, over worker deaths and exceptions together, then it is set aside."""

from __future__ import annotations

from dataclasses import dataclass

from store.keys import key
from store.message import Message
from store.redis import FAULTS, Redis
from store.scripts import Scripts
from weijing.errors import CommitRefused, StoreUnavailable

TRIES = 3


@dataclass
class Entry:
    """One message of the inbox.

    Args:
        suspect: it lay there when the partition was taken over, so it may have killed its worker.
        held: replies wait for this user's next message.
        failures: times its turn raised in this worker.
        counted: this worker has counted its try (a try is counted once, however often Redis makes it wait).
    """

    part: int
    id: str
    message: Message
    suspect: bool
    held: bool
    failures: int = 0
    counted: bool = False


class Tries:
    """Counts tries where they survive a worker's death.

    Args:
        redis: the client.
        worker: the owner of the leases.
    """

    def __init__(self, redis: Redis, worker: str) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)
        self._worker = worker

    async def spent(self, entry: Entry) -> int:
        """Tries that ended in a failure or, as far as we know, in a worker's death.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        if not entry.suspect:
            return entry.failures
        try:
            counted = int(await self._redis.hget(key(entry.part, "attempts"), entry.id) or 0)
        except FAULTS as error:
            raise StoreUnavailable("tries not read") from error
        return 1 + counted - entry.counted + entry.failures

    async def begin(self, entry: Entry) -> None:
        """Count a suspect's try as it starts, and only then: waiting its turn is not a try.

        Raises:
            CommitRefused: the partition is another worker's.
            StoreUnavailable: Redis did not answer.
        """
        if not entry.suspect or entry.counted:
            return
        keys = [key(entry.part, "lease"), key(entry.part, "attempts")]
        if not await self._scripts.run("begin", keys, [self._worker, entry.id]):
            raise CommitRefused(f"turn {entry.message.key} not begun: the lease is another worker's")
        entry.counted = True

    async def survived(self, entry: Entry) -> None:
        """The try was refused, but this worker lives: it counts against nobody.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        if not entry.counted:
            return
        try:
            await self._redis.hincrby(key(entry.part, "attempts"), entry.id, -1)
        except FAULTS as error:
            raise StoreUnavailable("a try was not taken back") from error
        entry.counted = False

    async def strike(self, entry: Entry) -> None:
        """Take an entry off that needs no turn.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            await self._redis.xdel(key(entry.part, "inbox"), entry.id)
        except FAULTS as error:
            raise StoreUnavailable("the inbox was not written") from error

    async def still_there(self, entry: Entry) -> bool:
        """Whether the inbox still holds the entry, that is, its work is not done.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            return bool(await self._redis.xrange(key(entry.part, "inbox"), entry.id, entry.id))
        except FAULTS as error:
            raise StoreUnavailable("the inbox was not read") from error
