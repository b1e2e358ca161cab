"""Connections to PostgreSQL: one URL, the drivers' own spellings of it, and what counts as "PostgreSQL is away"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from weijing.errors import EngineError
from weijing.reach import UNREACHABLE_S, public_url

FAULTS = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, asyncio.TimeoutError)
"""What a call may raise when PostgreSQL is down, starting, full or slow (and when data is refused: see `refuses_data`)."""

_STARTING = ("starting up", "shutting down", "not yet accepting", "recovery")


def driver_url(url: str, driver: str) -> URL:
    """`postgresql://…` as SQLAlchemy wants it for a driver; unix sockets are written `…/name?host=/folder`.

    Raises:
        EngineError: it is empty or no PostgreSQL address.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise EngineError("DATABASE_URL is no PostgreSQL address; it looks like postgresql://user:password@host/name") from None
    query = dict(parsed.query)
    if driver == "asyncpg" and "sslmode" in query:
        query["ssl"] = query.pop("sslmode")  # libpq's word; asyncpg has another
    return parsed.set(drivername=f"postgresql+{driver}", query=query)


def async_engine(url: str, *, connections: int = 4) -> AsyncEngine:
    """An engine that connects on first use and notices dead connections.

    Raises:
        EngineError: `url` is no PostgreSQL address.
    """
    return create_async_engine(
        driver_url(url, "asyncpg"), pool_size=connections, max_overflow=0, pool_pre_ping=True, pool_timeout=10,
        connect_args={"timeout": 5, "command_timeout": 30, "server_settings": {"application_name": "weijing"}},
    )  # fmt: skip


def refuses_data(error: BaseException) -> bool:
    """Whether PostgreSQL answered that the data is wrong (SQLSTATE classes 22, 23 and 54), so that trying again is no use."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "pgcode", None) or getattr(cause, "sqlstate", None) or ""
    return str(state)[:2] in {"22", "23", "54"}


def cause_of(error: BaseException) -> str:
    """The fault by name; its text may quote data and is left out."""
    return type(getattr(error, "orig", None) or error).__name__


@contextmanager
def connected(url: str, *, seconds: float = 60.0) -> Iterator[Connection]:
    """A blocking connection (psycopg2) in one transaction; a server that is starting up is waited for, an address that does not answer fails after 5 s.

    Raises:
        EngineError: with the address (without password) and what to do.
    """
    engine = create_engine(driver_url(url, "psycopg2"), poolclass=NullPool, connect_args={"connect_timeout": 5})
    with _first_connection(engine, url, seconds) as connection, connection.begin():
        yield connection


def _first_connection(engine: Engine, url: str, seconds: float) -> Connection:
    started = time.monotonic()
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            words = str(error.orig).strip() or "no answer"
            limit = seconds if any(word in words for word in _STARTING) else UNREACHABLE_S
            if time.monotonic() - started > min(limit, seconds):
                cause = words.splitlines()[-1].strip()
                raise EngineError(f"PostgreSQL at {public_url(url)} cannot be used ({cause}); check DATABASE_URL or start it") from None
            time.sleep(0.2)
