"""Real engines for every test: one Redis and one PostgreSQL a session, empty for each test that asks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

os.environ.setdefault("WEIJING_ENV", "test")
os.environ.setdefault("WEIJING_VAR", tempfile.mkdtemp(prefix="weijing-test-"))
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from store.redis import Redis, client
from weijing.engines import EmbeddedPostgres, EmbeddedRedis, start_postgres, start_redis
from weijing.settings import ROOT

SHARED = Path(os.environ.get("WEIJING_SHARED", ROOT.parent / "shared"))
"""Fixtures, question sets and law texts that lie beside the project; tests that need them skip when they are absent."""


LONGEST_ID = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long value (a sealed body, a token) is named by its argument: it may hold a time or chance, and all test processes must know a test by one name."""
    return argname if isinstance(val, (str, bytes)) and len(val) > LONGEST_ID else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared fixtures, or a skip with a clear message."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: set WEIJING_SHARED to the folder of fixtures, question sets and law texts")
    return SHARED


@pytest.fixture(scope="session")
def redis_server() -> Iterator[EmbeddedRedis]:
    """A real Redis of this test session."""
    with tempfile.TemporaryDirectory(prefix="wj-redis-") as folder:
        server = start_redis(Path(folder))
        yield server
        server.stop()


@pytest_asyncio.fixture
async def redis(redis_server: EmbeddedRedis) -> AsyncIterator[Redis]:
    """A client on an empty database."""
    connection = client(redis_server.url)
    await connection.flushall()
    yield connection
    await connection.close(close_connection_pool=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A real PostgreSQL of this test session."""
    folder = Path(tempfile.mkdtemp(prefix="wj-postgres-"))
    server = start_postgres(folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the project as it is now: the newest of models/ if nothing changed since, else one trained for this session."""
    from weijing.model_file import fresh_model

    known = fresh_model(ROOT / "models")
    if known:
        return known
    command = [sys.executable, "-m", "weijing", "train", "--out", str(tmp_path_factory.mktemp("models"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(done.stdout.strip().splitlines()[-1])
