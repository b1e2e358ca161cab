"""The load: several hundred users who talk, up to 64 of them waiting for an answer at once, over kept-alive connections."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from bench.script import Line
from weijing.errors import EngineError

WAITING = 64
"""Requests that wait at once."""
LIMIT_S = 60.0
"""A request that takes longer has failed."""


@dataclass(frozen=True)
class Request:
    """One POST, built before the clock starts."""

    url: str
    body: bytes
    headers: dict[str, str]
    user: str
    line: Line


@dataclass
class Round:
    """One round of load.

    Args:
        seconds: from the first request to the last answer.
        latencies: seconds of each request.
        right: answers that contain what they must.
        wrong: some of the others, as (text, answer).
        cpu_ms: CPU a message by process, the work that goes on after the answers included.
    """

    seconds: float
    latencies: list[float]
    right: int
    wrong: list[tuple[str, str]]
    cpu_ms: dict[str, float]

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return len(self.latencies) / self.seconds

    def quantile_ms(self, percent: int) -> float:
        """Latency in ms that so many percent of the requests did not exceed."""
        return statistics.quantiles(self.latencies, n=100)[percent - 1] * 1000


Read = Callable[[Request, str], str]
"""The words of an answer's body."""


async def send(lanes: list[list[Request]]) -> tuple[float, list[tuple[Request, float, str]]]:
    """Send every lane one after the other, all lanes at once; (seconds, (request, latency, body) of each)."""
    answered: list[tuple[Request, float, str]] = []
    connector = aiohttp.TCPConnector(limit=len(lanes) + 4)
    timeout = aiohttp.ClientTimeout(total=LIMIT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def drive(lane: list[Request]) -> None:
            for request in lane:
                started = time.perf_counter()
                body = await _post(session, request)
                answered.append((request, time.perf_counter() - started, body))

        started = time.perf_counter()
        await asyncio.gather(*map(drive, lanes))
        return time.perf_counter() - started, answered


async def _post(session: aiohttp.ClientSession, request: Request) -> str:
    try:
        async with session.post(request.url, data=request.body, headers=request.headers) as response:
            return await response.text()
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return f"! {type(error).__name__}"


async def first_answer(request: Request, read: Read) -> None:
    """Send one request until its answer is right, up to three times, as WeChat would.

    Raises:
        EngineError: it never was.
    """
    words = ""
    for _ in range(3):
        _, [(_, _, body)] = await send([[request]])
        words = read(request, body)
        if request.line.expected in words:
            return
    raise EngineError(f"{request.line.text!r} was answered {words[:200]!r} after the start")


def judge(answered: list[tuple[Request, float, str]], read: Read) -> tuple[int, list[tuple[str, str]]]:
    """How many answers are right, and up to five that are not. Answers are opened here, after the clock."""
    wrong = [(request.line.text, words) for request, _, body in answered if request.line.expected not in (words := read(request, body))]
    return len(answered) - len(wrong), wrong[:5]
