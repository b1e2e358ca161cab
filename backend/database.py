"""PostgreSQL for the reference backend: the pool, transactions, and its tables in the schema `backend`."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import web

from weijing.errors import EngineError
from weijing.reach import plain_url

log = logging.getLogger(__name__)

POOL = web.AppKey("pool", asyncpg.Pool)

FAULTS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    asyncio.TimeoutError,
)
"""What a call may raise when PostgreSQL is down, starting, full or slow; the client's internal error comes when a connection is cut within a statement."""

SETUP_LOCK = 7_261_002
"""Advisory lock under which tables are migrated and seeded, so that processes which start at once do it one after the other."""

ACQUIRE_S = 3.0
LOCK_TIMEOUT = "2s"
MIGRATIONS = Path(__file__).parent / "migrations"


async def wait_ready(url: str, seconds: float) -> None:
    """Wait until PostgreSQL lets us in.

    Raises:
        EngineError: it did not within `seconds`; the sentence holds no password.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection = await asyncpg.connect(plain_url(url), timeout=5)
            await connection.close()
            return
        except (*FAULTS, asyncpg.PostgresError, ValueError) as error:
            if time.monotonic() > deadline:
                raise EngineError(f"PostgreSQL does not let us in ({type(error).__name__}); check DATABASE_URL or start it") from error
            log.info("waiting for PostgreSQL (%s)", type(error).__name__)
            await asyncio.sleep(0.5)


def migrate(url: str) -> None:
    """Bring the tables up to date; does nothing when they are. Blocks: call it in a thread."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with create_engine(plain_url(url), poolclass=NullPool).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SETUP_LOCK})
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS backend"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


async def open_pool(url: str) -> asyncpg.Pool:
    """A pool of connections that read and write `jsonb` as Python values."""
    return await asyncpg.create_pool(plain_url(url), min_size=1, max_size=10, command_timeout=10, init=_set_json)


async def close_pool(pool: asyncpg.Pool) -> None:
    """Close it; what still runs after 5 s is cut off."""
    try:
        await asyncio.wait_for(pool.close(), 5)
    except asyncio.TimeoutError:
        pool.terminate()


async def _set_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_dumps, decoder=json.loads)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@asynccontextmanager
async def connected(pool: asyncpg.Pool, seconds: float = ACQUIRE_S) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool; waits at most `seconds` for it.

    Raises:
        EngineError: PostgreSQL does not let us in.
    """
    try:
        connection = await pool.acquire(timeout=seconds)
    except (*FAULTS, asyncpg.PostgresError) as error:
        raise EngineError(f"PostgreSQL gives us no connection ({type(error).__name__})") from error
    try:
        yield connection
    finally:
        await pool.release(connection)


@asynccontextmanager
async def transaction(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A connection inside a transaction that waits at most 2 s for a lock.

    Raises:
        EngineError: PostgreSQL does not let us in.
    """
    async with connected(pool) as connection, connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield connection


async def answers(pool: asyncpg.Pool) -> bool:
    """Whether PostgreSQL answers within 2 s."""
    try:
        async with connected(pool, 2.0) as connection:
            return bool(await connection.fetchval("SELECT true", timeout=2))
    except (*FAULTS, EngineError):
        return False
