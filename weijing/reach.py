"""Can the engine behind a URL be reached, and how to name it without its password."""

from __future__ import annotations

import re
import time

import redis

from weijing.errors import EngineError

UNREACHABLE_S = 5.0
"""How long an address that does not answer is tried before we say so."""


def public_url(url: str) -> str:
    """The URL without its password."""
    head, _, tail = url.rpartition("@")
    shown = f"{head.split('://')[0]}://…@{tail}" if head else url
    return re.sub(r"(password=)[^&]*", r"\1…", shown)


def reach_redis(url: str, *, seconds: float = 60.0) -> None:
    """Wait until Redis answers; loading its AOF is waited out, an unreachable address fails after 5 s.

    Raises:
        EngineError: with the address (without password) and what to do.
    """
    started = time.monotonic()
    while True:
        try:
            redis.Redis.from_url(url, socket_timeout=3.0, socket_connect_timeout=3.0).ping()
            return
        except redis.BusyLoadingError:
            limit = seconds
        except redis.AuthenticationError:
            raise EngineError(f"Redis at {public_url(url)} refuses us; check user and password in REDIS_URL") from None
        except (redis.RedisError, OSError):
            limit = min(seconds, UNREACHABLE_S)
        except ValueError:
            raise EngineError("REDIS_URL is no Redis address; it looks like redis://host:6379/0") from None
        if time.monotonic() - started > limit:
            raise EngineError(f"Redis at {public_url(url)} does not answer; check REDIS_URL or start it")
        time.sleep(0.2)


def plain_url(url: str) -> str:
    """A PostgreSQL URL without a driver's name, as both asyncpg and SQLAlchemy take it.

    Raises:
        EngineError: it is empty.
    """
    if not url:
        raise EngineError("DATABASE_URL is empty; `weijing run` starts the embedded PostgreSQL and sets it")
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
