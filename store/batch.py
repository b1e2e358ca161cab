"""Scripts of one process over one connection: what is asked in one turn of the event loop goes out in one write, and nobody waits for another's answer.

A round trip through a pool of connections costs the edge a quarter of a push. On a Redis Cluster use `Scripts`: one connection reaches one node.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, cast

import hiredis
from redis.exceptions import ConnectionError, NoScriptError, TimeoutError

from store.line import Line
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts


class _Call:
    """A command: its bytes until they are sent, its future until it is answered."""

    __slots__ = ("data", "future", "since")

    def __init__(self, *words: str | int) -> None:
        loop = asyncio.get_running_loop()
        self.data, self.future, self.since = hiredis.pack_command(cast(Any, words)), loop.create_future(), loop.time()


class BatchedScripts(Scripts):
    """As `Scripts`, on one connection that is made when it is needed.

    Args:
        redis: says where to connect, and how long a command may take.
    """

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self._line = Line(redis, self._hear, self._hung_up)
        self._seconds = float(cast(Any, redis.connection_pool).connection_kwargs.get("socket_timeout") or 0)
        self._dialling: asyncio.Task[None] | None = None
        self._unsent: deque[_Call] = deque()
        self._sent: deque[_Call] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, name: str, keys: list[str], args: list[Any]) -> Any:
        """Run one script.

        Raises:
            StoreUnavailable: Redis did not take it; whether it ran is unknown after a time-out, so each script may be repeated.
        """
        call = _Call("EVALSHA", cast(Any, self._scripts[name]).sha, len(keys), *keys, *args)
        self._put(call)
        try:
            return await call.future
        except NoScriptError:  # somebody flushed them: redis-py loads it again
            return await super().run(name, keys, args)
        except FAULTS as error:
            raise unavailable(error) from error

    def _put(self, call: _Call) -> None:
        loop = asyncio.get_running_loop()
        self._unsent.append(call)
        if not self._line.connected:
            self._dialling = self._dialling or loop.create_task(self._dial())
        elif len(self._unsent) == 1:
            loop.call_soon(self._flush)
        if self._timer is None and self._seconds:
            self._timer = loop.call_later(self._seconds, self._check)

    async def _dial(self) -> None:
        try:
            await self._line.connect()
        except FAULTS as error:
            _fail(self._unsent, error)
        else:
            self._unsent.extendleft(self._loads())
            self._flush()
        finally:
            self._dialling = None

    def _loads(self) -> list[_Call]:
        """A connection is new when Redis is, so it begins with all scripts; nobody waits for these answers."""
        calls = [_Call("SCRIPT", "LOAD", cast(Any, script).script) for script in self._scripts.values()]
        for call in calls:
            call.future.cancel()
        return calls

    def _flush(self) -> None:
        if self._unsent and self._line.connected:
            self._line.send(b"".join([call.data for call in self._unsent]))
            self._sent += self._unsent
            self._unsent.clear()

    def _hear(self, answer: Any) -> None:
        future = self._sent.popleft().future
        if future.done():
            return  # its caller has gone
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    def _check(self) -> None:
        """Give up on a connection whose oldest command has waited too long; the next command makes a new one."""
        self._timer = None
        loop, waiting = asyncio.get_running_loop(), self._sent or self._unsent
        if not waiting:
            return
        if loop.time() < waiting[0].since + self._seconds:
            self._timer = loop.call_at(waiting[0].since + self._seconds, self._check)
            return
        _fail(self._sent, TimeoutError("Timeout reading from Redis"))
        _fail(self._unsent, TimeoutError("No connection available in time"))
        self._line.cut()

    def _hung_up(self) -> None:
        _fail(self._sent, ConnectionError("Redis closed the connection"))
        _fail(self._unsent, ConnectionError("No connection available"))


def _fail(calls: deque[_Call], error: Exception) -> None:
    while calls:
        future = calls.popleft().future
        if not future.done():
            future.set_exception(error)
