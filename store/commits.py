"""The turn's conditional commit: what a worker read of a user, and what it writes, in one Lua script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from store.held import HELD_S, Held, carried
from store.keys import key, partition
from store.message import Bubble, Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import CONFIRM_MS, KEEP_S, delivery_event, dumps, now_ms
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
        held: replies that waited for the user to write again and that this answer carries.
    """

    length: int = 0
    header: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    vault: dict[str, str] = field(default_factory=dict)
    held: Held = ()


@dataclass
class Commit:
    """What a turn writes. `base` is the length the turn started from; `trim` events are cut off and `header` replaces them;
    `held` names the kept replies that it carries."""

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
    held: tuple[str, ...] = ()
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
            waiting = [(message_key, await self._redis.hget(key(part, "turn", message_key), "reply")) for message_key in held]
        except FAULTS as error:
            raise unavailable(error) from error
        return UserState(int(length or 0), tuple(json.loads(header or "[]")), tuple(events), vault, carried(waiting))

    async def commit(self, turn: Commit) -> bool:
        """Write the turn, all or nothing. Returns whether its reply waits for the user's next message, which must then be given it: nobody else can.

        Raises:
            CommitRefused: one of the three conditions failed; nothing was written, drop the live tracker.
            StoreUnavailable: Redis did not answer; whether it was written shows on the next try (the inbox entry is gone).
        """
        openid, part = turn.message.openid, partition(turn.message.openid)
        nouns = [("lease", ""), ("inbox", ""), ("user", openid), ("tracker", openid), ("turn", turn.message.key), ("due", ""), ("events", "")]
        nouns += [("vault", openid), ("attempts", ""), ("held", openid), ("deferred", ""), ("dead", ""), ("replies", openid)]
        nouns += [("turn", name) for name in turn.held]
        now = now_ms()
        due = now if turn.message.kind == "staff" else now + CONFIRM_MS  # no push waits for what follows from a deed of the desk
        body = {
            "checks": self._checks, "worker": self._worker, "entry": turn.entry, "key": turn.message.key, "openid": openid, "base": turn.base,
            "now": now, "due": due, "reply": dumps(turn.bubbles), "silent": not turn.bubbles, "keep": KEEP_S, "held": turn.held,
            "patience": HELD_S, "header": dumps(turn.header), "trim": turn.trim, "tracker": turn.tracker, "vault": turn.vault, "events": turn.events,
            "deferred": turn.deferred, "dead": turn.dead, "waits": delivery_event(openid, turn.message.key, "passive", "held"),
        }  # fmt: skip
        answer = await self._scripts.run("commit", [key(part, noun, name) for noun, name in nouns], [dumps(body)])
        if answer < 0:
            raise CommitRefused(f"turn {turn.message.key} not committed: {REFUSALS[answer]}")
        return bool(answer == 2)
