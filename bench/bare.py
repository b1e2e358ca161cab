"""The bare turn, `python -m bench.bare weijing|stock MODEL [PORT]`: one user talking on, without channel, queue or store; prints JSON.

Ours runs through `bot.turn.TurnRunner` with actions in process, stock Rasa through `Agent.handle_message` with the action server over HTTP. Each is a process
of its own, for ours never loads TensorFlow.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.process import Process
from bench.script import LENGTH, conversation

LIMIT_S = 400.0

WINDOWS = {"5": (2, 1 + LENGTH), "50": (51 - LENGTH, 50 + LENGTH), "400": (390, 389 + 3 * LENGTH)}
"""First and last message of each window, counted from 1; each holds every line of the script equally often."""
LAST = WINDOWS["400"][1]
SHORT = WINDOWS["50"][1]

Turn = Callable[[str, str], Awaitable[None]]
"""One turn: user, text."""


async def talk(turn: Turn, user: str, count: int) -> list[tuple[float, float]]:
    """(ms, CPU-ms of this process) of each of the first `count` messages of a user."""
    lines = conversation(0)
    times = []
    for number in range(count):
        wall, cpu = time.perf_counter(), time.process_time()
        await turn(user, lines[number % LENGTH].text)
        times.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return times


async def measure(turn: Turn, users: int, long: int) -> list[list[tuple[float, float]]]:
    """The times of `users` users; the first `long` of them talk on to the last window. One more user warms up."""
    await talk(turn, "warm", 2 * LENGTH)
    return [await talk(turn, f"user-{number}", LAST if number < long else SHORT) for number in range(users)]


async def _weijing(model: Path) -> list[list[tuple[float, float]]]:
    from bot import lean, patches

    lean.install()
    patches.apply()
    from bot.quiet import quiet_rasa

    quiet_rasa()
    from bench.bare_weijing import BareWeijing

    return await measure(BareWeijing(model).turn, users=5, long=5)


async def _stock(model: Path, port: int) -> list[list[tuple[float, float]]]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    agent = Agent.load(model, action_endpoint=EndpointConfig(f"http://127.0.0.1:{port}/webhook", enable_selective_domain=True))

    async def turn(user: str, text: str) -> None:
        await agent.handle_message(UserMessage(text, CollectingOutputChannel(), user))

    return await measure(turn, users=4, long=1)


def measure_side(side: str, arguments: list[str], folder: Path, environment: dict[str, str]) -> list[list[tuple[float, float]]]:
    """Measure one side in a process of its own, started here.

    Raises:
        EngineError: it failed.
    """
    process = Process(f"bare-{side}", ["bench.bare", side, *arguments], folder, environment)
    try:
        process.finish(LIMIT_S)
    finally:
        process.stop()
    times: list[list[tuple[float, float]]] = json.loads(process.log.read_text(encoding="utf-8").strip().splitlines()[-1])
    return times


def main() -> int:
    """Measure one side."""
    logging.disable(logging.WARNING)
    side, model, *rest = sys.argv[1:]
    work = _weijing(Path(model)) if side == "weijing" else _stock(Path(model), int(rest[0]))
    print(json.dumps(asyncio.run(work)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
