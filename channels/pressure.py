"""How far the event loop is behind: what a push has waited before anybody looked at it is not seen from inside, so it is measured on a clock of its own."""

from __future__ import annotations

import asyncio
import random
import time

from prometheus_client import Gauge

STEP_S = 0.05
CROWDED_S = 0.1
"""Behind by more: a push is accepted and acknowledged, its reply left to the sender; and the further behind, the more pushes are not taken at all."""
FULL_S = 0.35
"""Behind by so much: none is taken. Saying so costs half of accepting, and a push takes two or three turns of the loop, so all are answered in 4.5 s."""

BEHIND = Gauge("weijing_loop_behind_seconds", "How long a push waits before the edge looks at it")


class Pressure:
    """The pressure on one process; none until it is watched."""

    def __init__(self) -> None:
        self.behind = 0.0

    @property
    def crowded(self) -> bool:
        """Whether no push should wait for its reply."""
        return self.behind > CROWDED_S

    def refuses(self) -> bool:
        """Whether this push should not be taken; by chance, so that the edge goes on taking as many as it can."""
        return self.behind > CROWDED_S + random.random() * (FULL_S - CROWDED_S)  # noqa: S311  no secret

    async def watch(self) -> None:
        """Measure for ever; the mean of the last few turns of the loop, for one long turn is no overload."""
        BEHIND.set_function(lambda: self.behind)
        while True:
            started = time.monotonic()
            await asyncio.sleep(STEP_S)
            self.behind = (self.behind + max(0.0, time.monotonic() - started - STEP_S)) / 2
