"""The load on one server: as fast as it answers, at a steady rate, and at twice what it can."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.edge_pushes import ENVELOPE, stream
from bench.edge_sides import Side
from bench.process import cpu_seconds, memory_mb
from bench.wire import Exchange, Wire
from weijing.errors import ReplyRejected

WAITING = 64
CUT_S = 5.0
"""WeChat's patience."""
LATE_S = 4.5
PUSHES_A_SECOND = 2500
"""So many are sealed for each second of a closed loop; a quicker server ends early."""

Push = tuple[str, str, bytes]


@dataclass
class Load:
    """What one load found.

    Args:
        cpu_ms: CPU a push by process.
        right: answers that are the echo, opened as WeChat opens them.
        outcomes: other answers by their words, or by what went wrong.
    """

    offered: int
    seconds: float
    latencies: list[float] = field(repr=False)
    cpu_ms: dict[str, float]
    right: int
    outcomes: dict[str, int]

    @property
    def per_second(self) -> float:
        """Right answers a second."""
        return self.right / self.seconds

    def quantile_ms(self, percent: int) -> float:
        """Latency in ms that so many percent of the requests did not exceed."""
        return statistics.quantiles(self.latencies, n=100)[percent - 1] * 1000

    def json(self) -> dict[str, Any]:
        """For the file."""
        figures = {"offered": self.offered, "seconds": self.seconds, "per_second": self.per_second, "cpu_ms": self.cpu_ms, "outcomes": self.outcomes}
        return {**figures, "p50_ms": self.quantile_ms(50), "p99_ms": self.quantile_ms(99), "right": self.right}


async def saturate(side: Side, seconds: float) -> Load:
    """A closed loop: `WAITING` pushes wait at any time."""
    pushes = stream(side, int(seconds * PUSHES_A_SECOND))
    wire, exchanges, queue = Wire(side.port, 60.0), [], iter(pushes)
    with _Cpu(side) as cpu:
        start = time.perf_counter()

        async def lane() -> None:
            for push in queue:
                if time.perf_counter() - start > seconds:
                    return
                exchanges.append((push, await wire.post(push[2], time.perf_counter(), start)))

        await asyncio.gather(*(lane() for _ in range(WAITING)))
        passed = time.perf_counter() - start
        await asyncio.sleep(0.3)
    wire.close()
    return _load(exchanges, passed, cpu)


async def offer(side: Side, rate: float, seconds: float, patience: float = CUT_S) -> Load:
    """An open loop: a push every 1/rate seconds, whether or not the server keeps up."""
    return (await offer_pushes(side, stream(side, int(rate * seconds)), rate, patience))[0]


async def offer_pushes(side: Side, pushes: list[Push], rate: float, patience: float) -> tuple[Load, list[tuple[Push, Exchange]]]:
    """As `offer`; with the exchanges."""
    wire = Wire(side.port, patience)
    with _Cpu(side) as cpu:
        start, tasks = time.perf_counter(), []
        for number, push in enumerate(pushes):
            at = start + number / rate
            if at > time.perf_counter():
                await asyncio.sleep(at - time.perf_counter())
            tasks.append(asyncio.ensure_future(wire.post(push[2], at, start)))
        exchanges = list(zip(pushes, await asyncio.gather(*tasks), strict=True))
        passed = time.perf_counter() - start
        await asyncio.sleep(0.3)
    wire.close()
    return _load(exchanges, passed, cpu), exchanges


def judge(push: Push, exchange: Exchange) -> str:
    """`right`, or what the answer is."""
    if exchange.status != 200:
        return exchange.body.decode(errors="replace")[:40] if not exchange.status else f"HTTP {exchange.status}"
    try:
        words = ENVELOPE.open(exchange.body.decode(), push[0]).text
    except (ReplyRejected, UnicodeDecodeError):
        return "not for WeChat"
    return "right" if words == push[1] else words[:40] or "success"


def memory_of(side: Side) -> dict[str, float]:
    """RSS in MB by process."""
    return {name: memory_mb(pid)[1] for name, pid in side.pids.items()}


def _load(exchanges: list[tuple[Push, Exchange]], seconds: float, cpu: _Cpu) -> Load:
    outcomes = Counter(judge(push, exchange) for push, exchange in exchanges)
    count = len(exchanges)
    used = {name: value * 1000 / count for name, value in cpu.used.items()}
    right = outcomes.pop("right", 0)
    return Load(count, seconds, [exchange.seconds for _, exchange in exchanges], used, right, dict(outcomes))


class _Cpu:
    """CPU seconds by process while the block runs, the load generator's among them."""

    def __init__(self, side: Side) -> None:
        self._pids = side.pids
        self.used: dict[str, float] = {}

    def __enter__(self) -> _Cpu:
        self._own, self._before = time.process_time(), {name: cpu_seconds(pid) for name, pid in self._pids.items()}
        return self

    def __exit__(self, *_: object) -> None:
        own = time.process_time() - self._own
        self.used = {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()} | {"load generator": own}


