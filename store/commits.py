"""The turn's conditional commit: what a worker read of a user, and what it writes, in one Lua script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from store.keys import key, partition
from store.message import Bubble, Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import CONFIRM_MS, KEEP_S, dumps, now_ms
from weijing.errors import CommitRefused

REFUSALS = {-1: "the lease is another worker's", -2: "the tracker has another length", -3: "the inbox entry is done already"}


@dataclass(frozen=True)
class UserState:
    """A user as stored.

    Args:
        length: tracker events ever committed (also those trimmed).
        header: JSON events that restore the slots as they were at the checkpoint.
        events: JSON events since the checkpoint, oldest first.
        vault: reference -> encrypted value.
        held: (message key, bubbles) of replies that waited for the user to write again.
    """

    length: int = 0
    header: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    vault: dict[str, str] = field(default_factory=dict)
    held: tuple[tuple[str, tuple[Bubble, ...]], ...] = ()


@dataclass
class Commit:
    """What a turn writes. `base` is the length the turn started from; `trim` events are cut off and `header` replaces them."""

    message: Message
    entry: str
    base: int
    bubbles: list[Bubble]
    tracker: list[str] = field(default_factory=list)
    trim: int = 0
    header: list[str] = field(default_factory=list)
    vault: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    held: int = 0
    dead: str = ""


class Commits:
    """Reads users and commits turns for one worker.

    Args:
        redis: the client.
        worker: the worker's id, the value of its leases.
        checks: False only in the negative control of the chaos test, which shows what the conditions are for.
        scripts: when given, run these, e.g. batched ones.
    """

    def __init__(self, redis: Redis, worker: str, *, checks: bool = True, scripts: Scripts | None = None) -> None:
        self._redis = redis
        self._scripts = scripts or Scripts(redis)
        self._worker = worker
        self._checks = checks

    async def read(self, openid: str) -> UserState:
        """The user as stored now, read in one transaction.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        part = partition(openid)
        try:
            pipe = self._redis.pipeline(transaction=True)
            pipe.hmget(key(part, "user", openid), "len", "header")
            pipe.lrange(key(part, "tracker", openid), 0, -1)
            pipe.hgetall(key(part, "vault", openid))
            pipe.lrange(key(part, "held", openid), 0, -1)
            (length, header), events, vault, held = await pipe.execute()
            waiting = []
            for message_key in held:
                reply = await self._redis.hget(key(part, "turn", message_key), "reply")
                waiting.append((message_key, tuple(json.loads(reply)) if reply else ()))
        except FAULTS as error:
            raise unavailable(error) from error
        return UserState(int(length or 0), tuple(json.loads(header or "[]")), tuple(events), vault, tuple(waiting))

    async def commit(self, turn: Commit) -> None:
        """Write the turn, all or nothing.

        Raises:
            CommitRefused: one of the three conditions failed; nothing was written, drop the live tracker.
            StoreUnavailable: Redis did not answer; whether it was written shows on the next try (the inbox entry is gone).
        """
        openid, part = turn.message.openid, partition(turn.message.openid)
        nouns = [("lease", ""), ("inbox", ""), ("user", openid), ("tracker", openid), ("turn", turn.message.key), ("due", ""), ("events", "")]
        nouns += [("vault", openid), ("attempts", ""), ("held", openid), ("deferred", ""), ("dead", "")]
        now = now_ms()
        body = {
            "checks": self._checks, "worker": self._worker, "entry": turn.entry, "key": turn.message.key, "openid": openid, "base": turn.base,
            "now": now, "due": now + CONFIRM_MS, "reply": dumps(turn.bubbles), "silent": not turn.bubbles, "keep": KEEP_S, "held": turn.held,
            "header": dumps(turn.header), "trim": turn.trim, "tracker": turn.tracker, "vault": turn.vault, "events": turn.events,
            "deferred": turn.deferred, "dead": turn.dead,
        }  # fmt: skip
        answer = await self._scripts.run("commit", [key(part, noun, name) for noun, name in nouns], [dumps(body)])
        if answer != 1:
            raise CommitRefused(f"turn {turn.message.key} not committed: {REFUSALS[answer]}")
