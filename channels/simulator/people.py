"""The people of the simulator, what their phones show and what the trace keeps. In memory and bounded: it is a demonstration."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from channels.simulator.allowance import Allowance, Clock
from weijing.simulated import FIRST_USERS, openid_of

MAX_USERS, MAX_ITEMS, MAX_EXCHANGES, MAX_WAITING = 200, 500, 100, 1000


@dataclass(frozen=True)
class Item:
    """What one line of the chat shows.

    Args:
        seq: counts up within a user.
        at: seconds since the epoch.
        side: `user`, `account` or `system` (the grey line in the middle).
        kind: text, news, image, location, voice, msgmenu, notice or system.
        delivery: for the account's: `passive`, `customer_service` or `notice`.
    """

    seq: int
    at: float
    side: Literal["user", "account", "system"]
    kind: str
    content: dict[str, Any]
    exchange: int = 0
    delivery: str = ""


@dataclass
class Attempt:
    """One request to the callback. `outcome` is empty while it runs, then `answered`, `timeout`, `unreachable` or `rejected`."""

    number: int
    at: float
    query: dict[str, str]
    plain: str
    sealed: str
    status: int = 0
    milliseconds: int = 0
    reply_sealed: str = ""
    reply_plain: str = ""
    outcome: str = ""
    reason: str = ""


@dataclass
class Call:
    """A call of the platform's API for this user, made by the sender."""

    at: float
    path: str
    body: str
    answer: str
    errcode: int


@dataclass
class Exchange:
    """One action, its pushes, what came back. `state`: `running`, `passive`, `silent` (success or empty) or `fault`."""

    id: int
    at: float
    label: str
    event: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    state: str = "running"
    turn: dict[str, str] = field(default_factory=dict)


Event = tuple[str, Any]
"""("item", Item), ("exchange", Exchange) or ("typing", seconds)."""


class User:
    """One simulated person and the phone; follows the account from the start, as most who write do."""

    def __init__(self, name: str, openid: str, number: int, now: Clock) -> None:
        self.name = name
        self.number = number
        self.openid = openid
        self.following = True
        self.allowance = Allowance(now)
        self.typing_until = 0.0
        self.consents: dict[str, str] = {}
        self.items: deque[Item] = deque(maxlen=MAX_ITEMS)
        self.exchanges: deque[Exchange] = deque(maxlen=MAX_EXCHANGES)
        self.listeners: set[asyncio.Queue[Event | None]] = set()
        self._now = now
        self._seq = 0

    def show(self, side: Literal["user", "account", "system"], kind: str, content: dict[str, Any], exchange: int = 0, delivery: str = "") -> Item:
        """Put a line into the chat and tell who watches."""
        self._seq += 1
        item = Item(self._seq, self._now(), side, kind, content, exchange, delivery)
        self.items.append(item)
        self.tell("item", item)
        return item

    def stop_typing(self) -> None:
        """A message ends 「正在输入」."""
        if self.typing_until:
            self.typing_until = 0.0
            self.tell("typing", 0)

    def tell(self, kind: str, value: Any) -> None:
        """Send an event to every open page; a page that does not read is cut off and connects again."""
        for queue in list(self.listeners):
            if queue.qsize() > MAX_WAITING:
                queue.put_nowait(None)
                self.listeners.discard(queue)
            else:
                queue.put_nowait((kind, value))

    def after(self, seq: int) -> list[Item]:
        """The lines after `seq`."""
        return [item for item in self.items if item.seq > seq]


class People:
    """The users, in the order in which they came.

    Args:
        app_id: openids of a name differ between accounts and stay the same between runs.
        now: the clock.
    """

    def __init__(self, app_id: str, now: Clock = time.time) -> None:
        self._app_id = app_id
        self._now = now
        self._users: OrderedDict[str, User] = OrderedDict()
        self._exchanges = 0
        self._numbers = itertools.count()
        for name in FIRST_USERS:
            self.named(name)

    def __iter__(self) -> Iterator[User]:
        return iter(sorted(self._users.values(), key=lambda user: user.number))

    def named(self, name: str) -> User:
        """The user of that name, new if need be; the one that was quiet longest is forgotten beyond 200."""
        openid = openid_of(self._app_id, name)
        user = self._users.get(openid) or User(name, openid, next(self._numbers), self._now)
        self._users[openid] = user
        self._users.move_to_end(openid)
        while len(self._users) > MAX_USERS:
            self._users.popitem(last=False)
        return user

    def get(self, openid: str) -> User | None:
        """The user with that openid."""
        return self._users.get(openid)

    def begin(self, user: User, label: str, *, event: bool) -> Exchange:
        """A new exchange of the user."""
        self._exchanges += 1
        exchange = Exchange(self._exchanges, self._now(), label, event)
        user.exchanges.append(exchange)
        return exchange
