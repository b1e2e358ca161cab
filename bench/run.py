"""`make bench`: one run that measures Weijing and stock Rasa on the same project, side by side. See docs/benchmarks.md.

Everything listens on 127.0.0.1, is bounded in count and time, and is stopped at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.bare import WINDOWS, measure_side
from bench.load import WAITING, Round, judge, send
from bench.models import train_both
from bench.process import cpu_seconds
from bench.progress import Steps
from bench.report import show
from bench.results import Results
from bench.stock_side import StockSide
from bench.weijing_side import WeijingSide
from weijing.errors import WeijingError
from weijing.settings import ROOT

IDLE_S, IDLE_SHARE, IDLE_LIMIT_S = 0.5, 0.1, 20.0


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Args:
        rounds: of each side, alternating.
        ours, stock: users of a round; every user says the whole script.
        talkers: users of stock Rasa who talk on for the bare turns; ours, which is quicker, has four times as many.
    """

    rounds: int
    ours: int
    stock: int
    talkers: int


FULL = Plan(rounds=3, ours=448, stock=64, talkers=3)
QUICK = Plan(rounds=1, ours=256, stock=64, talkers=1)


async def measure_round(side: WeijingSide | StockSide, users: int) -> Round:
    """One round with new users; the CPU is counted until the processes have come to rest."""
    lanes = side.requests(users)
    pids = side.pids()
    before, own = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.process_time()
    seconds, answered = await send(lanes)
    own = time.process_time() - own
    await _rest(*pids.values())
    count = len(answered)
    cpu = {name: (cpu_seconds(pid) - before[name]) * 1000 / count for name, pid in pids.items()}
    right, wrong = judge(answered, side.read)
    return Round(seconds, [latency for _, latency, _ in answered], right, wrong, {**cpu, "load generator": own * 1000 / count})


async def _rest(*pids: int) -> None:
    until, last = time.monotonic() + IDLE_LIMIT_S, cpu_seconds(*pids)
    while time.monotonic() < until:
        await asyncio.sleep(IDLE_S)
        now = cpu_seconds(*pids)
        if now - last < IDLE_SHARE * IDLE_S:
            return
        last = now


async def measure_all(plan: Plan, folder: Path, models: tuple[Path, Path], steps: Steps) -> Results:
    """The whole run on trained models."""
    results = Results()
    ours = WeijingSide(folder, models[0])
    with ExitStack() as stack:
        stack.callback(ours.stop)
        with steps.step("starting engines, backend, edge, sender, projector"):
            ours.start()
        stock = StockSide(folder, models[1], ours.backend, ours.pids()["backend"])
        stack.callback(stock.stop)
        with steps.step("starting stock Rasa and its action server"):
            stock.start_actions()
            results.start_s["stock"].append(await stock.start())
        await _rounds(plan, ours, stock, results, steps)
        results.memory_mb["stock"] = stock.memory_mb()
        stock.stop_rasa()
        sides = (("weijing", 4 * plan.talkers, [str(models[0])]), ("stock", plan.talkers, [str(models[1]), str(stock.actions_port)]))
        for name, users, arguments in sides:
            with steps.step(f"bare turns of {name}, {users} talking on to message {WINDOWS['400'][1]}"):
                results.bare[name] = measure_side(name, [str(users), *arguments], folder, ours.backend)
    return results


async def _rounds(plan: Plan, ours: WeijingSide, stock: StockSide, results: Results, steps: Steps) -> None:
    started = time.perf_counter()
    pushes = sum(map(len, ours.requests(WAITING)))
    results.seal_ms = (time.perf_counter() - started) * 1000 / pushes
    for number in range(1, plan.rounds + 1):
        for workers in (1, 2):
            name = f"{workers} worker" + "s" * (workers > 1)
            with steps.step(f"round {number} of {plan.rounds}: Weijing, {name}"):
                results.start_s["weijing"].append(await ours.start_bot(workers))
                results.rounds.setdefault(name, []).append(await measure_round(ours, plan.ours))
                if workers == 1:
                    results.memory_mb["weijing"] = ours.memory_mb()
                ours.stop_bot()
            if workers == 1:
                with steps.step(f"round {number} of {plan.rounds}: stock Rasa"):
                    results.rounds.setdefault("stock", []).append(await measure_round(stock, plan.stock))


def main() -> int:
    """Run, show, keep the figures under var/bench/."""
    options = argparse.ArgumentParser("bench.run", description=__doc__)
    options.add_argument("--quick", action="store_true", help="one round, under 3 minutes once the models are trained")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console, kept = Console(width=None if sys.stdout.isatty() else 120), ROOT / "var" / "bench"
    plan = QUICK if chosen.quick else FULL
    started = time.monotonic()
    try:
        with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="weijing-bench-", ignore_cleanup_errors=True) as folder:
            with steps.step("training both models where the project has changed (stock Rasa: a minute or more)"):
                models = train_both(kept / "models")
            results = asyncio.run(measure_all(plan, Path(folder), models, steps))
    except WeijingError as error:
        console.print(f"bench: {error.message}", markup=False)
        return 1
    show(console, results)
    file = _keep(kept, {"quick": chosen.quick, "cores": os.cpu_count(), "seconds": round(time.monotonic() - started), **results.json()})
    console.print(f"All figures: {file}", markup=False)
    return 0


def _keep(folder: Path, figures: dict[str, Any]) -> Path:
    file = folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
