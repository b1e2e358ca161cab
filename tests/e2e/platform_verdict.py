"""The verdict: what WeChat was told and shown, against what the witness saw."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from store.held import OLDER
from store.keys import key, partition
from store.message import Bubble
from store.redis import Redis
from tests.e2e.platform_wechat import WeChat
from tests.e2e.platform_witness import Witness

PROOF = 200
"""So many characters of a reply's beginning identify it."""
_KEPT, _OLDER = "之前没能及时", OLDER.partition("{")[0]
"""How the sentences begin that stand before replies which waited for the user."""


@dataclass
class Verdict:
    """Each list names message keys and must be empty, but for `shown_twice`.

    Args:
        lost: accepted, but without a turn; or its reply never reached the user.
        late: WeChat cut a request after 5 s although the edge lived.
        doubled: two turns, inbox entries, posts or deliveries of one message.
        disordered: users whose turns were not committed in the order in which their messages were accepted.
        lied: WeChat was told that a message was not received, but it was.
        wrong: WeChat was shown something else than the turn's reply.
        shown_twice: doubles of the last hop: how many customer-service messages were sent beyond need.
    """

    lost: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    lied: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    shown_twice: int = 0

    @property
    def clean(self) -> bool:
        """Nothing was lost, late, doubled, out of order, denied or mistaken."""
        return not (self.lost or self.late or self.doubled or self.disordered or self.lied or self.wrong)


async def judge(redis: Redis, witness: Witness, wechat: WeChat, sent: dict[str, list[str]]) -> Verdict:
    """Judge the storm when everything has settled.

    Args:
        sent: user -> customer-service messages that the platform took.
    """
    verdict = Verdict()
    turns = Counter(name for names in witness.committed.values() for name in names)
    queued = Counter(name for names in witness.accepted.values() for name in names)
    verdict.doubled = [name for count in (turns, queued, witness.posts, witness.sent) for name, times in count.items() if times > 1]
    for openid, names in witness.accepted.items():
        if [name for name in names if turns[name]] != list(dict.fromkeys(witness.committed[openid])):
            verdict.disordered.append(openid)
    replies = await _replies(redis, {**{name: openid for openid, names in witness.committed.items() for name in names}, **witness.posted_to})
    passive: set[str] = set()
    for exchange in wechat.exchanges:
        name = exchange.key
        if exchange.accepted and not turns[name]:
            verdict.lost.append(f"{name}: no turn, told {exchange.told}")
        if exchange.refused and queued[name]:
            verdict.lied.append(name)
        if wechat.late(exchange):
            verdict.late.append(name)
        if exchange.shown:
            passive.add(name)
            if not all(replies.get(name, ("", "?"))[1] in text for text in exchange.shown):
                verdict.wrong.append(f"{name}: {exchange.shown}")
    _judge_last_hop(verdict, witness, replies, passive, sent)
    return verdict


def _judge_last_hop(verdict: Verdict, witness: Witness, replies: dict[str, tuple[str, str]], passive: set[str], sent: dict[str, list[str]]) -> None:
    """What was not shown passively, nor by the reply that it was held for, must have been sent; what was sent beyond that is a double."""
    brought = set(passive)
    while more := {held for name in brought for held in witness.held.get(name, []) if held not in brought}:
        brought |= more
    needed = Counter(reply for name, reply in replies.items() if name not in brought)
    for (openid, proof), times in needed.items():
        there = sum(proof in text for text in sent.get(openid, []))
        if there < times:
            names = [name for name, reply in replies.items() if reply == (openid, proof) and name not in brought]
            verdict.lost.append(f"{names}: needed {times} times, sent {there} times: {proof[:30]!r}")
    first = Counter({reply: sum(reply[1] in text for text in sent.get(reply[0], [])) for reply in set(replies.values())})
    verdict.shown_twice = sum((first - needed).values())


async def _replies(redis: Redis, owners: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Message key -> (user, how its reply begins)."""
    pipe = redis.pipeline(transaction=False)
    for name, openid in owners.items():
        pipe.hget(key(partition(openid), "turn", name), "reply")
    replies = {}
    for (name, openid), reply in zip(owners.items(), await pipe.execute(), strict=True):
        replies[name] = openid, _proof(json.loads(reply or "[]"))
    return replies


def _proof(bubbles: list[Bubble]) -> str:
    texts = [str(bubble["text"]).strip() for bubble in bubbles if bubble.get("text")]
    own = [text for text in texts if not text.startswith((_KEPT, _OLDER))]
    return own[0][:PROOF] if own else "a turn without words"
