"""What the edge owes after its answer and tries again until the store takes it: WeChat does not repeat what was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from weijing.errors import StoreUnavailable
from weijing.tasks import end

log = logging.getLogger(__name__)

PAUSES_S = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600)
"""Between the tries; after the last one, 19 minutes on, a duty is given up and is an operator's."""


class Duties:
    """The open duties of one edge."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def owe(self, what: str, step: Callable[[], Awaitable[object]]) -> None:
        """Do `step` now, in the background, and again while the store does not take it.

        Args:
            what: for the log: what is not done yet, never with words of the user's.
            step: may be repeated; raises StoreUnavailable when the store did not take it.
        """
        task = asyncio.create_task(_until_taken(what, step), name=what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is open."""
        for task in self._tasks:
            log.error("the edge stops and leaves undone: %s", task.get_name())
        await end(*self._tasks)


async def _until_taken(what: str, step: Callable[[], Awaitable[object]]) -> None:
    for pause in (0.0, *PAUSES_S):
        await asyncio.sleep(pause)
        try:
            await step()
            return
        except StoreUnavailable as error:
            log.error("%s: not done yet: %s", what, error.message)
    log.critical("%s: given up; check Redis and see to it by hand", what)
