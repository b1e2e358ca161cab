"""`make bench-edge`: our edge against WeRoBot and wechatpy on aiohttp, the same safe-mode pushes, in one run. See docs/edge-benchmarks.md, which it writes.

Everything listens on 127.0.0.1, is bounded in count and time, and is stopped at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from rich.console import Console

from bench.edge_cases import quick_cases
from bench.edge_load import offer, saturate
from bench.edge_overload import overload
from bench.edge_report import Results, page, show
from bench.edge_sides import Peer, Platform, Side, Weijing, peers_python, versions
from bench.edge_slow import slow_cases
from bench.edge_visit import Visit
from bench.progress import Steps
from weijing.errors import WeijingError
from weijing.settings import ROOT

TURNS = 170
"""Turns a second of a worker with a model on this kind of machine (docs/benchmarks.md)."""
PAGE = ROOT / "docs" / "edge-benchmarks.md"


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Args:
        rounds: of each server, in turns.
        saturated, steady, over: seconds of each load.
        rate: pushes a second of the steady load, which all servers can keep up with.
    """

    rounds: int = 3
    saturated: float = 5.0
    steady: float = 8.0
    rate: float = 100.0
    over: float = 30.0


QUICK = Plan(rounds=1, saturated=2.0, steady=3.0, over=5.0)


@dataclass
class Run:
    """The servers of a run, started and stopped together."""

    plan: Plan
    steps: Steps
    results: Results = field(default_factory=Results)

    async def measure(self, folder: Path, python: str) -> Results:
        """Everything."""
        platform = Platform()
        await platform.start()
        with ExitStack() as stack:
            with self.steps.step("starting edge, worker, sender, WeRoBot and wechatpy"):
                ours = Weijing(folder / "weijing", platform)
                stack.callback(ours.stop)
                sides: list[Side] = [ours]
                for name, module in (("WeRoBot", "werobot_echo"), ("wechatpy + aiohttp", "wechatpy_echo")):
                    sides.append(Peer(name, module, folder / module, python))
                    stack.callback(sides[-1].stop)
            for number in range(self.plan.rounds):
                for side in sides[number % 3 :] + sides[: number % 3]:
                    await self._load(side, number)
            await self._cases(sides, platform)
            await self._overload("the edge itself", ours, 2 * statistics.median(load.per_second for load in self.results.saturated[ours.name]))
        await self._workers(folder / "paced", platform)
        await platform.stop()
        return self.results

    async def _workers(self, folder: Path, platform: Platform) -> None:
        with ExitStack() as stack:
            paced = Weijing(folder, platform, turns=TURNS)
            stack.callback(paced.stop)
            await self._overload(f"workers that do {TURNS} turns a second", paced, 2 * TURNS)

    async def _overload(self, what: str, side: Weijing, rate: float) -> None:
        with self.steps.step(f"twice what {what} can: {rate:.0f} pushes/s for {self.plan.over:.0f} s"):
            self.results.overloads[what] = await overload(side, rate, self.plan.over)

    async def _load(self, side: Side, number: int) -> None:
        with self.steps.step(f"round {number + 1} of {self.plan.rounds}: {side.name}"):
            self.results.reference_ms.append(reference_ms())
            self.results.saturated.setdefault(side.name, []).append(await saturate(side, self.plan.saturated))
            self.results.steady.setdefault(side.name, []).append(await offer(side, self.plan.rate, self.plan.steady))

    async def _cases(self, sides: list[Side], platform: Platform) -> None:
        for side in sides:
            with self.steps.step(f"cases: {side.name}"):
                visit = Visit(side, platform)
                self.results.cases[side.name] = await quick_cases(visit)
                await visit.close()
        with self.steps.step("slow cases, all servers at once"):
            for side, cases in zip(sides, await asyncio.gather(*(slow_cases(side, platform) for side in sides)), strict=True):
                self.results.cases[side.name]["slow answers"] = cases


def reference_ms() -> float:
    """CPU of a fixed loop: how quick this machine is now. 100 ms on the machine for which the budgets were set."""
    started, total = time.process_time(), 0
    for number in range(1_500_000):
        total += number * number
    return (time.process_time() - started) * 1000


def main() -> int:
    """Run, show, keep the figures under var/bench/, write the page."""
    options = argparse.ArgumentParser("bench.edge", description=__doc__)
    options.add_argument("--quick", action="store_true", help="one short round; the page is left as it is")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console, kept, started = Console(width=None if sys.stdout.isatty() else 140), ROOT / "var" / "bench", time.monotonic()
    kept.mkdir(parents=True, exist_ok=True)
    try:
        with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="weijing-bench-", ignore_cleanup_errors=True) as folder:
            with steps.step("the peers' packages"):
                python = peers_python(kept)
            results = uvloop.run(Run(QUICK if chosen.quick else Plan(), steps).measure(Path(folder), python))
        results.versions = {"ours": versions(sys.executable), "peers": versions(python)}
    except WeijingError as error:
        console.print(f"bench: {error.message}", markup=False)
        return 1
    show(console, results)
    file = kept / f"edge-{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps({"quick": chosen.quick, "seconds": round(time.monotonic() - started), **results.json()}, ensure_ascii=False, indent=1))
    if not chosen.quick:
        PAGE.write_text(page(results), encoding="utf-8")
    console.print(f"All figures: {file}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
