"""Connections to Redis: waits out its loading, turns its faults into our own errors."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

import redis.asyncio as aioredis
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, ResponseError, TimeoutError

from store.connection import pool
from weijing.errors import EngineError, StoreUnavailable
from weijing.reach import public_url

if TYPE_CHECKING:
    Redis = aioredis.Redis[str]
else:
    Redis = aioredis.Redis
"""The client type that rooms annotate with (replies decoded to str)."""

FAULTS = (RedisError, OSError, asyncio.TimeoutError)
"""What a Redis call may raise when Redis is down, loading, full or slow."""


def client(url: str, *, timeout: float | None = 5.0, connections: int = 64) -> Redis:
    """A client that decodes replies; it connects on first use.

    Args:
        timeout: seconds a command may take; None for blocking reads.
        connections: size of the pool; more concurrent commands wait for a free one.
    """
    options = {"socket_timeout": timeout, "socket_connect_timeout": 3.0, "max_connections": connections, "timeout": timeout, "health_check_interval": 30}
    return cast(Redis, aioredis.Redis(connection_pool=pool(url, **options)))


async def wait_ready(url: str, seconds: float = 60.0) -> None:
    """Wait until Redis answers; loading its AOF is waited out, an unreachable address fails after 5 s.

    Raises:
        EngineError: with the address (without password) and what to do.
    """
    started = time.monotonic()
    connection = client(url)
    try:
        while True:
            try:
                await connection.ping()
                return
            except BusyLoadingError:
                limit = seconds
            except (ConnectionError, TimeoutError, OSError, asyncio.TimeoutError):
                limit = min(seconds, 5.0)
            except RedisError as error:
                raise EngineError(f"Redis refuses us ({error}); check user and password in REDIS_URL") from None
            if time.monotonic() - started > limit:
                raise EngineError(f"Redis at {public_url(url)} does not answer; check REDIS_URL or start it")
            await asyncio.sleep(0.1)
    finally:
        await connection.close(close_connection_pool=True)


def unavailable(error: BaseException) -> StoreUnavailable:
    """Our error for a Redis fault, with its cause in words."""
    return StoreUnavailable(f"Redis did not take the command ({type(error).__name__}); nothing was stored")


_NOT_SENT = ("connecting to", "No connection available")


def was_refused(error: StoreUnavailable) -> bool:
    """Whether the command surely did not run: Redis said no (loading, out of memory) or was never reached. After a time-out nobody knows."""
    cause = error.__cause__
    if isinstance(cause, (BusyLoadingError, ResponseError)):
        return True
    return isinstance(cause, (ConnectionError, TimeoutError)) and any(words in str(cause) for words in _NOT_SENT)
