"""A command of ours as a child process of low priority: its lines go to the job, and a cancelled job ends it with all it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from weijing.errors import JobFailed
from weijing.settings import ROOT, child_environment

NICE = 10
"""The bot answers users first."""
WATCH_S = 1.0
LINE_BYTES = 64 * 1024 * 1024
"""The report of an evaluation is one line."""

Say = Callable[[str], Awaitable[bool]]
"""Takes a line of the log (or an empty one as a sign of life); False when the job was cancelled."""


class Cancelled(Exception):
    """Somebody has cancelled the job; its row says so already."""


@dataclass(frozen=True)
class Ended:
    """What a child left: its exit code, and the last line of its standard output."""

    code: int
    last: str


async def start(*arguments: str, stdin: int = asyncio.subprocess.DEVNULL) -> Process:
    """`python -m weijing ARGUMENTS`, in a process group of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "weijing", *arguments, cwd=ROOT, stdin=stdin, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True, preexec_fn=lambda: os.nice(NICE), limit=LINE_BYTES,
        env=child_environment(OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", RASA_TELEMETRY_ENABLED="false", PYTHONUNBUFFERED="1", LOG_LEVEL="ERROR"),
    )  # fmt: skip


async def run_child(say: Say, *arguments: str) -> Ended:
    """Run a command to its end, as `follow` does."""
    return await follow(say, await start(*arguments))


async def follow(say: Say, process: Process) -> Ended:
    """See a child to its end; standard error and all but the last line of standard output go to `say`.

    Raises:
        Cancelled: the job was cancelled; nothing of the child is left.
    """
    last = [""]
    readers = [asyncio.create_task(_follow(process.stderr, say)), asyncio.create_task(_hold_last(process.stdout, say, last))]
    try:
        waiting = asyncio.create_task(process.wait())
        while not (await asyncio.wait([waiting], timeout=WATCH_S))[0]:
            if not await say(""):
                raise Cancelled
        await asyncio.gather(*readers)
    finally:
        await kill(process)
        for reader in readers:
            reader.cancel()
    return Ended(process.returncode or 0, last[0])


async def kill(process: Process) -> None:
    """End a child with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[str]:
    while stream and (line := await stream.readline()):
        yield line.decode(errors="replace").rstrip()


async def _follow(stream: asyncio.StreamReader | None, say: Say) -> None:
    async for line in _lines(stream):
        if line.strip():
            await say(line)


async def _hold_last(stream: asyncio.StreamReader | None, say: Say, last: list[str]) -> None:
    async for line in _lines(stream):
        if last[0]:
            await say(last[0])
        last[0] = line


def must_be_clean(ended: Ended, words: str) -> None:
    """See that a child did its work.

    Raises:
        JobFailed: with `words`.
    """
    if ended.code:
        raise JobFailed(f"{words}（退出码 {ended.code}），原因见日志")
