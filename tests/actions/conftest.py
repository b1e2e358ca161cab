"""Our rules trained once, our actions in process, and the real reference backend as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg2
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from actions import client
from bot.train import train_model
from tests.actions.chat import Agent, load_agent
from tests.actions.talk import Talk, TurnProcessor, load_rules, train_rules
from weijing.engines import EmbeddedPostgres
from weijing.model_file import fresh_model
from weijing.settings import ROOT, load_settings


class BackendProcess:
    """`weijing backend` on a free port; it can be killed and started again."""

    def __init__(self, database_url: str, log: Path) -> None:
        self._database_url = database_url
        self._log = log
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        env = {**os.environ, "BACKEND_PORT": str(self.port), "DATABASE_URL": self._database_url, "BACKEND_URL": ""}
        with self._log.open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "weijing", "backend"], env=env, stdout=out, stderr=out)
        deadline = time.monotonic() + 60
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the backend did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def database_url(postgres_server: EmbeddedPostgres) -> str:
    """A database of its own for the backend."""
    connection = psycopg2.connect(postgres_server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE dialogue")
    connection.close()
    return str(make_url(postgres_server.url).set(database="dialogue").render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def backend_process(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendProcess]:
    """The reference backend; this process's settings point at it."""
    server = BackendProcess(database_url, tmp_path_factory.mktemp("backend") / "backend.log")
    server.start()
    before = os.environ.get("BACKEND_URL")
    os.environ["BACKEND_URL"] = server.url
    load_settings.cache_clear()
    yield server
    server.kill()
    os.environ.pop("BACKEND_URL")
    if before is not None:
        os.environ["BACKEND_URL"] = before
    load_settings.cache_clear()


@pytest_asyncio.fixture
async def backend(backend_process: BackendProcess) -> AsyncIterator[BackendProcess]:
    """The backend up and running, whatever the test before did to it; a test that kills it gets it back for the next one."""
    if backend_process.process is None or backend_process.process.poll() is not None:
        backend_process.start()
    yield backend_process
    await client.backend().close()
    client._open = None


@pytest.fixture(scope="session")
def processor(tmp_path_factory: pytest.TempPathFactory) -> TurnProcessor:
    """Domain and rules, trained, with our actions in process."""
    return load_rules(train_rules(tmp_path_factory.mktemp("rules")))


@pytest.fixture(scope="session")
def model() -> Path:
    """The whole bot, trained now unless the newest model was trained from these very files."""
    folder = load_settings().weijing_var / "models"
    return fresh_model(ROOT / "models") or fresh_model(folder) or train_model(folder, print)


@pytest.fixture(scope="session")
def agent(model: Path) -> Agent:
    """Rasa's agent on the whole trained bot."""
    return load_agent(model)


@pytest.fixture(scope="session")
def whole(model: Path) -> TurnProcessor:
    """The whole trained bot as a worker runs it."""
    return load_rules(model)


@pytest.fixture
def talk(processor: TurnProcessor, backend: BackendProcess) -> Talk:
    """A new conversation."""
    return Talk(processor)
