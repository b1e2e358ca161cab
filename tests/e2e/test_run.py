"""`weijing run` as an operator sees it: real processes, real engines, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import redis
import sqlalchemy as sa
from cryptography.fernet import Fernet

from store.db import driver_url
from tests.e2e.house import answers, free_port
from weijing.errors import StartError
from weijing.fleet import Fleet
from weijing.settings import ROOT, Settings
from weijing.stopping import Stop
from weijing.terminal import Terminal

READY = "按 Ctrl-C 停止"


@dataclass
class Run:
    """One `weijing run` with its screen in a file."""

    popen: subprocess.Popen[bytes]
    screen: Path

    def text(self) -> str:
        return self.screen.read_text()

    def until(self, condition: Callable[[], object], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.popen.poll() is None and time.monotonic() < deadline, self.text()
            time.sleep(0.1)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(60)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def processes(var: Path, *words: str) -> list[psutil.Process]:
    """Who works in a folder: processes of the house by their environment, engines by their command; with `words`, those whose command holds them all."""
    found = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            ours = process.environ().get("WEIJING_VAR") == str(var) or str(var) in command
        except psutil.Error:
            continue
        if ours and alive(process) and all(word in command for word in words):
            found.append(process)
    return found


@contextmanager
def run(var: Path, *arguments: str, **environment: str) -> Iterator[Run]:
    """A run that is gone afterwards, whatever the test did."""
    screen = Path(tempfile.mkstemp(prefix="weijing-screen-")[1])
    values = {**os.environ, "WEIJING_ENV": "test", "WEIJING_VAR": str(var), "PYTHONUNBUFFERED": "1", **environment}
    with screen.open("wb") as output:
        popen = subprocess.Popen([sys.executable, "-m", "weijing", "run", *arguments], cwd=ROOT, env=values, stdout=output, stderr=output)
    house = Run(popen, screen)
    try:
        yield house
    finally:
        if popen.poll() is None:
            house.end()
        screen.unlink()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that lives through several runs; what engines are left in it are ended."""
    folder = tmp_path_factory.mktemp("house") / "var"
    yield folder
    for process in processes(folder):
        process.kill()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


def database(var: Path) -> sa.engine.Engine:
    """The embedded PostgreSQL of a run."""
    socket_folder = (var / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return sa.create_engine(driver_url(f"postgresql://postgres:@/postgres?host={socket_folder}", "psycopg2"), poolclass=sa.pool.NullPool)


def test_it_comes_up_stops_without_orphans_and_finds_its_data_again(var: Path, port: int) -> None:
    projector = {"PROJECTOR_PORT": str(port)}
    with run(var, "--only", "projector", **projector) as house:
        house.until(lambda: READY in house.text())
        steps = re.findall(r"^✓ (\w+) +[\d.]+ s", house.text(), re.MULTILINE)
        assert steps == ["settings", "disk", "ports", "engines", "tables", "projector"]
        assert answers(f"http://127.0.0.1:{port}/readyz")
        redis.Redis(unix_socket_path=str(var / "redis" / "redis.sock")).set("kept", "yes")
        with database(var).begin() as connection:
            connection.execute(sa.text("INSERT INTO weijing.projected (partition, entry) VALUES (1, 'kept')"))
        assert processes(var, "redis-server") and processes(var, "postgres") and processes(var, "projector")
        assert house.end() == 0
        assert processes(var) == []
        assert "Traceback" not in house.text()
    with run(var, "--only", "projector", **projector) as house:
        house.until(lambda: READY in house.text())
        assert redis.Redis(unix_socket_path=str(var / "redis" / "redis.sock")).get("kept") == b"yes"
        with database(var).connect() as connection:
            assert connection.execute(sa.text("SELECT entry FROM weijing.projected WHERE partition = 1")).scalar() == "kept"
        assert house.end(signal.SIGINT) == 0
        assert processes(var) == []


def test_what_dies_is_started_again_and_a_second_run_is_refused(var: Path, port: int) -> None:
    ready = f"http://127.0.0.1:{port}/readyz"
    with run(var, "--only", "projector", PROJECTOR_PORT=str(port)) as house:
        house.until(lambda: READY in house.text())
        second = subprocess.run([sys.executable, "-m", "weijing", "run"], cwd=ROOT, env={**os.environ, "WEIJING_VAR": str(var)}, capture_output=True, text=True)
        assert second.returncode == 1 and f"runs already in {var} (process {house.popen.pid})" in second.stderr and "Traceback" not in second.stderr
        [child] = processes(var, "weijing projector")
        child.kill()
        house.until(lambda: "projector stopped (signal SIGKILL); it starts again in 1 s" in house.text())
        house.until(lambda: answers(ready))
        for engine in (*processes(var, "redis-server"), *processes(var, "postgres", "-D")):
            engine.kill()
        house.until(lambda: "Redis stopped and is started again" in house.text() and "PostgreSQL stopped and is started again" in house.text())
        house.until(lambda: answers(ready))
        assert house.end() == 0
        assert processes(var) == []


def test_a_killed_supervisor_takes_its_children_along_and_the_next_run_takes_over(var: Path, port: int) -> None:
    with run(var, "--only", "projector", PROJECTOR_PORT=str(port)) as house:
        house.until(lambda: READY in house.text())
        children = processes(var, "weijing projector")
        house.popen.kill()
        house.popen.wait()
        _, stayed = psutil.wait_procs(children, timeout=20)
        assert [child for child in stayed if alive(child)] == []
    with run(var, "--only", "projector", PROJECTOR_PORT=str(port)) as house:
        house.until(lambda: READY in house.text())
        assert redis.Redis(unix_socket_path=str(var / "redis" / "redis.sock")).get("kept") == b"yes"
        assert len(processes(var, "redis-server")) == 1
        assert house.end() == 0
        assert processes(var) == []


def test_it_can_be_stopped_before_it_is_ready(var: Path, port: int) -> None:
    with run(var, "--only", "projector", PROJECTOR_PORT=str(port)) as house:
        house.until(lambda: "✓ engines" in house.text())
        assert house.end() == 0
        assert "✓ stopped" in house.text() and READY not in house.text() and processes(var) == []


def refused(var: Path, *arguments: str, **environment: str) -> str:
    """A run that must fail: its one sentence."""
    with run(var, *arguments, **environment) as house:
        assert house.popen.wait(60) == 1, house.text()
        text = house.text()
        assert "Traceback" not in text and processes(var) == []
        [sentence] = [line for line in text.splitlines() if line.startswith("weijing run: ")]
        return sentence


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        sentence = refused(tmp_path / "var", "--only", "projector", PROJECTOR_PORT=str(number))
    assert f"port {number} is taken" in sentence and "PROJECTOR_PORT" in sentence


def test_two_processes_on_one_port_are_refused(tmp_path: Path) -> None:
    number = str(free_port())
    assert "SENDER_PORT" in refused(tmp_path / "var", "--only", "projector,sender", PROJECTOR_PORT=number, SENDER_PORT=number)


def test_an_unreachable_redis_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    sentence = refused(tmp_path / "var", "--only", "projector", REDIS_URL="redis://:hush@127.0.0.1:1/0", PROJECTOR_PORT=str(free_port()))
    assert "REDIS_URL" in sentence and "127.0.0.1:1" in sentence and "hush" not in sentence


def test_an_unreachable_postgresql_is_one_sentence_and_the_embedded_redis_stops(tmp_path: Path) -> None:
    url = "postgresql://someone:hush@127.0.0.1:1/none"
    sentence = refused(tmp_path / "var", "--only", "projector", DATABASE_URL=url, PROJECTOR_PORT=str(free_port()))
    assert "DATABASE_URL" in sentence and "127.0.0.1:1" in sentence and "hush" not in sentence


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "WEIJING_VAR" in refused(tmp_path / "file" / "var", "--only", "projector")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a file system without free space only on Linux")
def test_a_full_disk_is_one_sentence() -> None:
    """/proc has no free byte."""
    keys = {"VAULT_KEY": Fernet.generate_key().decode(), "WECHAT_AES_KEY": "a" * 43, "WECHAT_APP_ID": "wx", "WECHAT_TOKEN": "t", "BACKEND_TOKEN": "b"}
    keys |= {"WECHAT_APP_SECRET": "s"}
    words = {**os.environ, "WEIJING_ENV": "production", "WEIJING_VAR": "/proc/self", **keys}
    done = subprocess.run([sys.executable, "-m", "weijing", "run"], cwd=ROOT, env=words, capture_output=True, text=True)
    assert done.returncode == 1 and "only 0 MiB are free at /proc/" in done.stderr and "WEIJING_VAR" in done.stderr and "Traceback" not in done.stderr


def test_a_process_that_cannot_start_ends_the_start_with_its_own_words(tmp_path: Path) -> None:
    """Without engines' addresses the projector refuses to start."""
    screen, before = Terminal(), {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    settings = Settings(projector_port=free_port())
    fleet = Fleet(["projector"], settings, {"REDIS_URL": "", "DATABASE_URL": "", "WEIJING_VAR": str(tmp_path)}, tmp_path, screen, Stop())
    try:
        fleet.start()
        with pytest.raises(StartError, match="projector stopped 3 times while starting: the projector needs REDIS_URL and DATABASE_URL"):
            fleet.wait_ready()
    finally:
        fleet.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert processes(tmp_path, "weijing projector") == []
