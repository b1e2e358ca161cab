"""In test only: a worker kills or freezes itself at named points, to prove that nothing is lost or doubled.

A plan reads `kill@before_turn=0.05,freeze@before_commit=0.03`: at each point the given share of messages, chosen by a hash of their keys, is hit;
one message at most twice and never in its last try, so that no message is set aside because of the test itself. A message whose key begins with
`poison` is hit always.
"""

from __future__ import annotations

import logging
import os
import signal
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from store.redis import Redis
from weijing.errors import SettingsError

log = logging.getLogger(__name__)

POINTS = ("before_turn", "in_action", "before_commit", "during_commit", "after_commit")
_SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


@dataclass(frozen=True)
class Strike:
    """One part of the plan."""

    number: signal.Signals
    point: str
    share: float


def parse_plan(text: str) -> tuple[Strike, ...]:
    """The plan in CHAOS_PLAN.

    Raises:
        SettingsError: an unknown act or point.
    """
    strikes = []
    for part in filter(None, text.split(",")):
        act, _, rest = part.partition("@")
        point, _, share = rest.partition("=")
        if act not in _SIGNALS or point not in POINTS:
            raise SettingsError(f"CHAOS_PLAN: {part!r} is not (kill|freeze)@({'|'.join(POINTS)})=share")
        strikes.append(Strike(_SIGNALS[act], point, float(share or 1)))
    return tuple(strikes)


class Chaos:
    """Strikes this process according to the plan; without a plan it does nothing."""

    def __init__(self, redis: Redis, plan: str) -> None:
        self._redis = redis
        self._strikes = parse_plan(plan)
        self._spared: set[str] = set()

    @contextmanager
    def sparing(self, message_key: str) -> Iterator[None]:
        """The message has its last try: only poison strikes this worker meanwhile."""
        self._spared.add(message_key)
        try:
            yield
        finally:
            self._spared.discard(message_key)

    async def at(self, point: str, message_key: str) -> None:
        """Maybe die or freeze here."""
        poison = message_key.startswith("poison")
        for strike in self._strikes:
            if strike.point != point or (self._spared and not poison):
                continue
            chosen = zlib.crc32(f"{point}|{strike.number}|{message_key}".encode()) / 2**32 < strike.share
            if poison or (chosen and await self._redis.hincrby("wj:chaos", message_key, 1) <= 2):
                await self._redis.hincrby("wj:chaos:count", f"{strike.number.name}@{point}", 1)
                log.warning("worker %d: %s at %s of %s", os.getpid(), strike.number.name, point, message_key)
                os.kill(os.getpid(), strike.number)

    @property
    def active(self) -> bool:
        """Whether there is a plan."""
        return bool(self._strikes)
