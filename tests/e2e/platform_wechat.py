"""WeChat itself during the storm: seals each request anew, repeats what was not answered, and notes what the user was shown."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Literal

from channels.simulator.envelope import Envelope, Sealed
from channels.wechat.push import message_key
from channels.wechat.reception import BUSY, LATER, UNSURE
from channels.wechat.xml import read
from tests.e2e.platform_wire import PATIENCE_S, Edge, Heard, Loss, request

REQUESTS = 3
"""The first and two repeats, all with the same MsgId."""
AGAIN_S = 1.0
"""A connection that failed is tried again after this; so is a push that may not have been accepted."""
TICK_S, STALL_S = 0.05, 0.2
Manner = Literal["plain", "twin", "same", "swapped", "lost reply", "lost"]
MANNERS: dict[Manner, int] = {"plain": 62, "twin": 10, "same": 8, "swapped": 6, "lost reply": 7, "lost": 7}
"""How a message is pushed, and in how many of 100 cases: plainly; at once again with a new nonce at the other edge; at once again with the same bytes and
nonce; the repeat arrives before the original; its first reply is lost, seen in part or not at all."""
Told = Literal["reply", "later", "silent", "busy", "unsure", "nothing"]
_TOLD: dict[str, Told] = {"": "silent", LATER: "later", BUSY: "busy", UNSURE: "unsure"}
ACCEPTED = ("reply", "later", "silent")


@dataclass
class Exchange:
    """One message and its requests.

    Args:
        told: what each answer said, in the order in which they came.
        shown: the words of the replies that are no word of delay.
    """

    openid: str
    key: str
    heard: list[Heard] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the house has told WeChat that it has the message."""
        return any(word in ACCEPTED for word in self.told)

    @property
    def refused(self) -> bool:
        """Whether the house has told, in answer to every request, that it has not."""
        return set(self.told) == {"busy"} and len(self.told) == len(self.heard)


class WeChat:
    """The platform for one account.

    Args:
        edges: the two behind the account's address.
        envelope: seals and opens.
        seed: of every choice.
    """

    def __init__(self, edges: list[Edge], envelope: Envelope, seed: int) -> None:
        self._edges = edges
        self._envelope = envelope
        self._random = random.Random(seed)
        self.exchanges: list[Exchange] = []
        self.stalls: list[float] = []

    async def watch_the_clock(self) -> None:
        """Note the moments at which this machine let us wait for the CPU, until cancelled: then an edge waits too, and is not to blame."""
        clock = asyncio.get_running_loop().time
        while True:
            before = clock()
            await asyncio.sleep(TICK_S)
            if clock() - before > TICK_S + STALL_S:
                self.stalls.append(clock())

    def late(self, exchange: Exchange) -> bool:
        """Whether WeChat cut a request although its edge lived and the machine did not stand still."""
        return any(
            heard.late and not any(heard.began < stall < heard.began + heard.seconds + STALL_S for stall in self.stalls) for heard in exchange.heard
        )

    async def push(self, openid: str, xml: str) -> Exchange:
        """Push a message until the house has accepted it, or has refused it in so many words: the user then writes anew."""
        exchange = Exchange(openid, message_key(read(xml.encode())))
        self.exchanges.append(exchange)
        (manner,) = self._random.choices(list(MANNERS), list(MANNERS.values()))
        await self._first(exchange, xml, manner)
        while not exchange.accepted and not exchange.refused:
            # WeChat's own repeats: it waits its 5 s for a lost answer. Beyond three it is the user who is asked to send again, and does.
            lost = exchange.heard[-1].outcome == "lost" and self._random.random() < 0.5
            await asyncio.sleep(PATIENCE_S - exchange.heard[-1].seconds if lost else AGAIN_S)
            await self._request(exchange, self._seal(xml, openid), self._edges[len(exchange.heard) % 2])
            assert len(exchange.heard) < 40, f"{exchange.key} was never accepted: {exchange}"
        return exchange

    async def _first(self, exchange: Exchange, xml: str, manner: Manner) -> None:
        """The first request, or the first two, which never wait for each other."""
        one, other = self._random.sample(self._edges, 2)
        first, second = self._seal(xml, exchange.openid, age=1 if manner == "swapped" else 0), self._seal(xml, exchange.openid)
        if manner in {"plain", "lost reply", "lost"}:
            loss: Loss = {"lost reply": "reply", "lost": "all"}.get(manner, "")  # type: ignore[assignment]
            await self._request(exchange, first, one, loss=loss)
        elif manner == "swapped":
            await asyncio.gather(self._request(exchange, second, one), self._request(exchange, first, other, wait=0.05))
        else:
            await asyncio.gather(self._request(exchange, first, one), self._request(exchange, first if manner == "same" else second, other))

    async def _request(self, exchange: Exchange, sealed: Sealed, edge: Edge, *, wait: float = 0.0, loss: Loss = "") -> None:
        await asyncio.sleep(wait)
        heard = await request(edge, sealed, loss)
        exchange.heard.append(heard)
        if heard.outcome != "answered":
            return
        assert heard.status == 200, f"the edge answered {heard.status}"
        reply = self._envelope.open(heard.body, exchange.openid)  # raises when WeChat would show its fault notice
        told = _TOLD.get(reply.text, "reply")
        exchange.told.append(told)
        if told == "reply":
            exchange.shown.append(reply.text)

    def _seal(self, xml: str, openid: str, *, age: int = 0) -> Sealed:
        return self._envelope.seal(xml, openid, int(time.time()) - age)
