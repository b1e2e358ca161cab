"""The life of one message and its reply in Redis.

    accept -> pending -> (commit) -> ready -> (claim) -> claimed -> (confirm) -> delivered
                            |          |                    |
                         silent        └── sender: sending -┴-> sent | held | dead

The edge accepts, claims and confirms; the worker commits (see `store.commits`); the sender takes and settles.
Each arrow is one Lua script, so two processes never both own a reply.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from store.held import HELD_S
from store.keys import key, partition
from store.message import MEDIA, Bubble, Message
from store.redis import Redis
from store.scripts import Scripts
from weijing.privacy import mask_for_log

REMEMBER_S = 86_400
"""How long an unanswered message is remembered, so that a repeat of its push joins it."""
KEEP_S = 3_600
"""How long a message that is done with is remembered with its reply: longer than a captured push stays fresh (`channels.wechat.envelope.FRESH_S`)."""
CONFIRM_MS = 16_000
"""A claimed reply that is not confirmed by then is the sender's; WeChat's three requests are over after 15 s."""


def now_ms() -> int:
    """The wall clock in ms; all processes of one house are assumed to be in NTP step."""
    return int(time.time() * 1000)


def dumps(value: object) -> str:
    """Compact JSON, Chinese unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Claimed = dict[str, Any]
"""What becomes of one piece of evidence (`store.context.evidence_claim`)."""


@dataclass(frozen=True)
class Accepted:
    """What accept did.

    Args:
        new: the message was queued; False for a repeat of a push.
        state: of the turn: `pending` when new.
        entry: the inbox entry's id when new, else empty.
        request: how many requests of this push there were, on all edges, with this one (one that had to be accepted twice counts twice).
    """

    new: bool
    state: str
    entry: str = ""
    request: int = 1


@dataclass(frozen=True)
class Claim:
    """What the edge may answer.

    Args:
        state: `reply` (answer `bubbles`, then confirm), `pending`, `silent` (answer nothing), `late` (the sender has it) or `unknown`.
    """

    state: str
    bubbles: tuple[Bubble, ...] = ()


class Turns:
    """The protocol's steps for the edge and the sender."""

    def __init__(self, redis: Redis, scripts: Scripts | None = None) -> None:
        self._scripts = scripts or Scripts(redis)

    async def accept(self, message: Message, edge: str, contact: Sequence[str | int] = ("", 0, 0)) -> Accepted:
        """Queue the message, or join the running turn when this is a repeat; one script, so nothing lies between.

        Args:
            contact: what the message allows us to send later (`store.ledger.contact_arguments`), noted in the same step.

        Raises:
            StoreUnavailable: not known to be stored; never tell the user that it was received.
        """
        part = partition(message.openid)
        keys = [key(part, "turn", message.key), key(part, "inbox"), key(part, "held", message.openid), key(part, "quota", message.openid), key(part, "media")]
        new, word, request = await self._scripts.run("accept", keys, [edge, message.dumps(), now_ms(), REMEMBER_S, *contact, media_note(message)])
        return Accepted(True, "pending", word) if new else Accepted(False, word, request=request)

    async def claim(self, openid: str, message_key: str, *, late: bool = False, hold: bool = False) -> Claim:
        """Take the reply for a passive answer.

        Args:
            late: the deadline has come: an unfinished turn's reply goes to the sender at once.
            hold: with `late`, it waits for the user's next message instead: nobody can send it.

        Raises:
            StoreUnavailable: answer nothing; WeChat repeats the push.
        """
        part = partition(openid)
        keys = [key(part, "turn", message_key), key(part, "due")]
        state, reply = await self._scripts.run("claim", keys, [message_key, now_ms(), CONFIRM_MS, ("hold" if hold else "send") if late else ""])
        return Claim(state, tuple(json.loads(reply)) if reply else ())

    async def confirm(self, openid: str, message_key: str) -> bool:
        """The passive answer is on the wire. Returns False when the sender took the reply over meanwhile (a double at the last hop)."""
        part = partition(openid)
        keys = [key(part, "turn", message_key), key(part, "due"), key(part, "events")]
        event = delivery_event(openid, message_key, "passive", "delivered")
        return bool(await self._scripts.run("confirm", keys, [message_key, event, KEEP_S]))

    async def take(self, part: int, message_key: str, visible_ms: int = 30_000) -> tuple[str, tuple[Bubble, ...], int] | None:
        """The sender takes one due reply: (openid, bubbles, attempt from 1), or None when there is nothing to send."""
        keys = [key(part, "turn", message_key), key(part, "due"), key(part, "front")]
        taken = await self._scripts.run("take", keys, [message_key, now_ms(), visible_ms])
        return (taken[0], tuple(json.loads(taken[1])), int(taken[2])) if taken else None

    async def settle(
        self, openid: str, message_key: str, outcome: str, *, via: str, retry_at: int = 0, errcode: int = 0, rest: Sequence[Bubble] | None = None
    ) -> bool:
        """The sender is done. Returns False when the reply is not the sender's.

        Args:
            outcome: `sent`, `held`, `dead` (it becomes a dead letter, see `store.dead_letters`), or `retry` at `retry_at` (ms).
            rest: what is left of a reply that was sent in part.
        """
        part = partition(openid)
        keys = [key(part, "turn", message_key), key(part, "due"), key(part, "held", openid), key(part, "events")]
        keys += [key(part, "dead"), key(part, "front")]
        event = delivery_event(openid, message_key, via, outcome, errcode)
        letter = dumps({"key": message_key, "openid": openid, "cause": f"errcode {errcode}"})
        left = dumps(rest) if rest is not None else ""
        return bool(await self._scripts.run("settle", keys, [message_key, outcome, retry_at, event, KEEP_S, left, HELD_S, letter, now_ms() - HELD_S * 1000]))

    async def post(
        self, openid: str, message_key: str, bubbles: list[Bubble], *, kind: str, deferred: str = "", evidence: Sequence[Claimed] = (), staff_id: str = ""
    ) -> bool:
        """Put a message of our own into the outbox, once for each `message_key`; `deferred` names the kept call that it settles, `evidence` what that filed,
        `staff_id` whoever of the staff says it."""
        part = partition(openid)
        keys = [key(part, "turn", message_key), key(part, "due"), key(part, "events"), key(part, "deferred"), key(part, "replies", openid)]
        shown = {"kind": kind, "bubbles": masked(bubbles), "evidence": list(evidence), "staff_id": staff_id or None}
        event = dumps({"type": "post", "key": message_key, "openid": openid, **shown, "at": now_ms()})
        due = time.time() * 1000 - 1  # with its fraction, so that two of one ms keep their order
        return bool(await self._scripts.run("post", keys, [message_key, openid, dumps(bubbles), due, event, deferred]))


def masked(bubbles: list[Bubble]) -> list[Bubble]:
    """Bubbles as they may be kept: what is shown to the user may quote a raw value (a query code is shown once)."""
    return [{**bubble, "text": mask_for_log(bubble["text"])} if bubble.get("text") else bubble for bubble in bubbles]


def media_note(message: Message) -> str:
    """What the evidence keeper must know of a file that the platform holds for us, without the words that came with it; empty when there is none."""
    return replace(message, text="").dumps() if message.kind in MEDIA and message.channel == "wechat" else ""


def delivery_event(openid: str, message_key: str, via: str, outcome: str, errcode: int = 0) -> str:
    """The projector's event of one delivery: `via` is passive, customer_service or notice."""
    return dumps({"type": "delivery", "key": message_key, "openid": openid, "via": via, "outcome": outcome, "errcode": errcode, "at": now_ms()})
