"""A child that has loaded what a training needs and waits for one: a trainer who edited an example is not kept waiting for Rasa's imports."""

from __future__ import annotations

import asyncio
import json
import time
from asyncio.subprocess import PIPE, Process

from bot.trainer.child import Ended, Say, follow, kill, start

REST_S = 60.0
"""The next child is loaded so long after the last was taken, and the first so long after the start: a starting house and an evaluation come first."""
_LOOK_S = 5.0


class Standby:
    """The child that waits, some 250 MB; it ends by itself with this process, for its standard input ends."""

    def __init__(self) -> None:
        self._waiting: Process | None = None
        self._taken = time.monotonic()

    async def keep(self) -> None:
        """Have a child waiting, for ever."""
        try:
            while True:
                await asyncio.sleep(_LOOK_S)
                if not self.waits and time.monotonic() - self._taken > REST_S:
                    self._waiting = await start("train", "--wait", stdin=PIPE)
        finally:
            if self._waiting:
                await kill(self._waiting)

    @property
    def waits(self) -> bool:
        """Whether there is a child."""
        return self._waiting is not None and self._waiting.returncode is None

    async def train(self, say: Say, *arguments: str) -> Ended:
        """Run `weijing train ARGUMENTS`, by the child that waits if there is one.

        Raises:
            Cancelled: the job was cancelled; nothing of the child is left.
        """
        child, self._waiting, self._taken = (self._waiting if self.waits else None), None, time.monotonic()
        if child and child.stdin:
            child.stdin.write(json.dumps(arguments).encode() + b"\n")
            return await follow(say, child)
        return await follow(say, await start("train", *arguments))
