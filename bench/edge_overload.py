"""Twice what our edge and its worker can, for half a minute, as an open loop: nobody waits longer, nothing that was accepted is lost or doubled."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bench.edge_load import CUT_S, LATE_S, Load, judge, memory_of, offer_pushes
from bench.edge_pushes import stream
from bench.edge_sides import Weijing
from channels.wechat.reception import BUSY, UNSURE

DRAIN_S = 120.0


@dataclass(frozen=True)
class Overload:
    """What came of it.

    Args:
        rate: pushes a second.
        late: answers after 4.5 s, and requests without any by 5 s.
        replied, later, refused: how the others were answered; refused ones were told so.
        lost, doubled: accepted messages whose turn never came, messages with more than one turn.
        drained_s: until the last accepted message had its turn.
        memory_mb: RSS of the processes (before, after).
    """

    rate: float
    load: Load
    late: int
    replied: int
    later: int
    refused: int
    lost: int
    doubled: int
    drained_s: float
    memory_mb: dict[str, tuple[float, float]]

    def json(self) -> dict[str, Any]:
        """For the file."""
        return {**self.__dict__, "load": self.load.json()}


async def overload(side: Weijing, rate: float, seconds: float) -> Overload:
    """Offer `rate` pushes a second for so long, then wait until the inbox is empty."""
    before, pushes = memory_of(side), stream(side, int(rate * seconds), users=5000)
    load, exchanges = await offer_pushes(side, pushes, rate, CUT_S)
    after, answers = memory_of(side), [(push, judge(push, exchange), exchange) for push, exchange in exchanges]
    told = Counter(answer for _, answer, _ in answers)
    refused = told[BUSY[:40]] + told[UNSURE[:40]]
    accepted = [(push[0], push[1]) for push, answer, exchange in answers if exchange.status == 200 and answer not in (BUSY[:40], UNSURE[:40])]
    started, turns = time.monotonic(), await _drained(side, accepted)
    lost = sum(not turns[message] for message in accepted)
    mine = [turns[push[0], push[1]] for push in pushes]
    return Overload(
        rate, load, sum(exchange.seconds > LATE_S or not exchange.status for _, _, exchange in answers), load.right, len(accepted) - load.right, refused,
        lost, sum(count > 1 for count in mine), time.monotonic() - started, {name: (before[name], after[name]) for name in before},
    )  # fmt: skip


async def _drained(side: Weijing, accepted: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """The turns, once every accepted message had one or the time is over."""
    until = time.monotonic() + DRAIN_S
    for turns in iter(side.handled, None):
        if all(turns[message] for message in accepted) or time.monotonic() > until:
            break
        await asyncio.sleep(0.5)
    return turns
