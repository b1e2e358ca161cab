"""The process: it waits, migrates and seeds, says whether it is ready, and leaves when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import aiohttp
import asyncpg
import psycopg2
import pytest

from backend.app import init_app
from backend.database import POOL, SETUP_LOCK, migrate, plain_url, wait_ready
from tests.backend.conftest import Api, Running, new_database
from weijing.engines import EmbeddedPostgres
from weijing.errors import EngineError
from weijing.health import serve
from weijing.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """`weijing backend` as a process of its own."""
    environment = os.environ | {"DATABASE_URL": url, "BACKEND_PORT": str(port)}
    command = [sys.executable, "-m", "weijing", "backend"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until_ready(port: int) -> None:
    for _ in range(600):
        try:
            if urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200:
                return
        except (URLError, HTTPError, OSError):
            time.sleep(0.1)
    raise AssertionError("not ready after 60 s")


def test_two_processes_start_at_once_on_an_empty_database_and_stop_on_sigterm(postgres_server: EmbeddedPostgres) -> None:
    url, ports = new_database(postgres_server), (free_port(), free_port())
    with process(url, ports[0]) as first, process(url, ports[1]) as second:
        for port in ports:
            wait_until_ready(port)
        with psycopg2.connect(plain_url(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM backend.applications), (SELECT max(version) FROM backend.service_items)")
            assert cursor.fetchone() == (12, 1)
        for running in (first, second):
            running.send_signal(signal.SIGTERM)
            _, log = running.communicate(timeout=30)
            assert running.returncode == 0
            assert "the backend has stopped" in log and "Traceback" not in log


async def test_migration_waits_for_the_process_that_is_setting_up(postgres_server: EmbeddedPostgres) -> None:
    url = new_database(postgres_server)
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT pg_advisory_lock($1)", SETUP_LOCK)
    migration = asyncio.create_task(asyncio.to_thread(migrate, url))
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not await connection.fetchval(waiting):
        assert not migration.done(), "it did not wait"
        await asyncio.sleep(0.02)
    assert not await connection.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname = 'backend'")
    await connection.execute("SELECT pg_advisory_unlock($1)", SETUP_LOCK)
    await migration
    await connection.close()


async def test_a_taken_port_is_said_and_leaves_nothing_open(settings: Settings, backend: Running) -> None:
    port = int(backend.base.rsplit(":", 1)[1])
    app = init_app(settings)
    with pytest.raises(EngineError, match=f"cannot listen on 127.0.0.1:{port}"):
        await serve(app, "127.0.0.1", port)
    assert app[POOL].is_closing()


@pytest.mark.parametrize("url", ["postgresql://postgres:hunter2@127.0.0.1:1/none", "postgresql:///none?host=/nowhere"])
async def test_an_unreachable_database_is_said_without_the_password(url: str) -> None:
    with pytest.raises(EngineError) as caught:
        await wait_ready(url, 0.0)
    assert "DATABASE_URL" in str(caught.value) and "hunter2" not in str(caught.value)


async def test_without_a_database_url_the_sentence_says_what_to_do() -> None:
    with pytest.raises(EngineError, match="weijing run"):
        await wait_ready("", 0.0)


def test_drivers_in_the_url_are_ignored() -> None:
    assert {plain_url(f"{name}://u@h/d") for name in ("postgres", "postgresql", "postgresql+asyncpg")} == {"postgresql://u@h/d"}


async def test_when_postgresql_goes_away_the_backend_says_so_and_recovers(postgres_server: EmbeddedPostgres, settings: Settings) -> None:
    url = new_database(postgres_server)
    name = url.split("?")[0].rsplit("/", 1)[1]
    admin = await asyncpg.connect(postgres_server.url)
    with Running(settings.copy(update={"database_url": url})) as running:
        async with aiohttp.ClientSession() as session:
            api = Api(running.base, settings.backend_token.get_secret_value(), session)
            assert (await api("GET", "/readyz")).json == {"ready": True, "database": True}
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            down, ready = await api.report("while-down"), await api("GET", "/readyz")
            assert (down.status, down.json["code"]) == (503, "database_unavailable")
            assert int(down.headers["Retry-After"]) > 0
            assert (ready.status, ready.json["ready"]) == (503, False)
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            assert (await api.report("while-down")).status == 201
            assert (await api("GET", "/readyz")).status == 200
    await admin.close()


async def test_metrics_name_operations_and_not_numbers(api: Api) -> None:
    filed = (await api.report()).json["report_no"]
    await api.progress(filed, query_code="2222-2222")
    async with api.session.get(f"{api.base}/metrics") as response:
        text = await response.text()
    assert 'weijing_backend_request_seconds_count{operation="queryReport",status="404"}' in text
    assert filed not in text
