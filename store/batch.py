"""Scripts of one process, sent together: what is asked in one turn of the event loop goes out in one write.

A write to a socket costs more than the command it carries; under load the edge saves most of its calls to the kernel. An idle process sends at once, so
nothing is slower. On a Redis Cluster use `Scripts`: redis-py cannot pipeline scripts there.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from redis.exceptions import NoScriptError

from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts

MAX_BATCH = 200
FLIGHTS = 4
"""Batches on their way at the same time."""

_Call = tuple[str, list[str], list[Any], "asyncio.Future[Any]"]


class BatchedScripts(Scripts):
    """As `Scripts`, with one write for all that is waiting."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self._redis = redis
        self._waiting: list[_Call] = []
        self._flights: set[asyncio.Task[None]] = set()

    async def run(self, name: str, keys: list[str], args: list[Any]) -> Any:
        """Run one script.

        Raises:
            StoreUnavailable: Redis did not take it; whether it ran is unknown after a time-out, so each script may be repeated.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, keys, args, future))
        if len(self._flights) < FLIGHTS:
            task = asyncio.create_task(self._fly())
            self._flights.add(task)
            task.add_done_callback(self._flights.discard)
        try:
            return await future
        except NoScriptError:  # Redis was restarted: redis-py loads it again
            return await super().run(name, keys, args)
        except FAULTS as error:
            raise unavailable(error) from error

    async def _fly(self) -> None:
        while self._waiting:
            calls, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            pipe = self._redis.pipeline(transaction=False)
            for name, keys, args, _ in calls:
                pipe.evalsha(cast(Any, self._scripts[name]).sha, len(keys), *keys, *args)
            try:
                answers = await pipe.execute(raise_on_error=False)
            except FAULTS as error:
                answers = [error] * len(calls)
            for (_, _, _, future), answer in zip(calls, answers, strict=True):
                _settle(future, answer)


def _settle(future: asyncio.Future[Any], answer: Any) -> None:
    if future.done():
        return  # its caller has gone
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
