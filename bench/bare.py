"""The bare turn, `python -m bench.bare weijing|stock OUT USERS MODEL [PORT]`: users talking on, without channel, queue or store; OUT is the JSON file written.

Ours runs through `bot.turn.TurnRunner` with actions in process, stock Rasa through `Agent.handle_message` with the action server over HTTP. Each is a process
of its own, for ours never loads TensorFlow.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import Protocol

from bench.process import Process
from bench.script import LENGTH, conversation

LIMIT_S = 400.0
WINDOWS = {"5": (2, 1 + LENGTH), "50": (51 - LENGTH, 50 + LENGTH), "400": (400, 399 + 2 * LENGTH)}
"""First and last message of each window, counted from 1; each holds every line of the script equally often."""

Times = dict[str, list[tuple[float, float]]]
"""Window -> (ms, CPU-ms of this process) of each of its turns."""


class Bot(Protocol):
    """One side."""

    async def turn(self, user: str, text: str) -> None:
        """One message of a user."""

    async def advance(self, user: str, said: int, wanted: int) -> None:
        """Let a user who has said `said` messages have said `wanted`; not measured."""


async def talk(bot: Bot, user: str, first: int, last: int) -> list[tuple[float, float]]:
    """The times of messages `first` to `last` of a user."""
    lines, times = conversation(0), []
    for number in range(first - 1, last):
        wall, cpu = time.perf_counter(), time.process_time()
        await bot.turn(user, lines[number % LENGTH].text)
        times.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return times


async def measure(bot: Bot, users: int) -> Times:
    """The times of all windows, over so many users; one more user warms up."""
    await talk(bot, "warm", 1, 2 * LENGTH)
    times: Times = {window: [] for window in WINDOWS}
    for user in map(str, range(users)):
        said = 0
        for window, (first, last) in WINDOWS.items():
            await bot.advance(user, said, first - 1)
            times[window] += await talk(bot, user, first, last)
            said = last
    return times


def measure_side(side: str, arguments: list[str], folder: Path, environment: dict[str, str]) -> Times:
    """Measure one side in a process of its own, started here.

    Raises:
        EngineError: it failed.
    """
    out = folder / f"bare-{side}.json"
    process = Process(f"bare-{side}", ["bench.bare", side, str(out), *arguments], folder, environment)
    try:
        process.finish(LIMIT_S)
    finally:
        process.stop()
    times: Times = json.loads(out.read_text())
    return times


def main() -> int:
    """Measure one side."""
    logging.disable(logging.WARNING)
    side, out, users, model, *rest = sys.argv[1:]
    Path(out).write_text(json.dumps(asyncio.run(_measure(side, int(users), Path(model), *map(int, rest)))))
    return 0


async def _measure(side: str, users: int, model: Path, port: int = 0) -> Times:
    if side == "stock":
        from bench.bare_stock import BareStock

        return await measure(BareStock(model, port), users)
    from bot import lean, patches

    lean.install()
    patches.apply()
    from bench.bare_weijing import BareWeijing

    return await measure(BareWeijing(model), users)


if __name__ == "__main__":
    sys.exit(main())
