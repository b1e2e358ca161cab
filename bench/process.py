"""Processes under measurement: started with their output in a file, waited for, weighed, and always stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from weijing.errors import EngineError
from weijing.settings import ROOT, child_environment

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)
QUIET: dict[str, str] = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Process:
    """One `python -m …` with all that it starts.

    Args:
        name: in the tables and as the name of the log.
        arguments: after `python -m`.
        environment: variables beside our own.
        python: the interpreter, when it is not ours.
    """

    def __init__(self, name: str, arguments: list[str], folder: Path, environment: dict[str, str], python: str = sys.executable) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                [python, "-m", *arguments], cwd=ROOT, env=child_environment(**QUIET, **environment), stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        return self._popen.pid

    def wait_ready(self, port: int, path: str, seconds: float = 180.0) -> None:
        """Wait until a GET of `path` on `port` answers 200.

        Raises:
            EngineError: the process ended, or the time is over; with the end of its log.
        """
        self._wait(lambda: _answers(f"http://127.0.0.1:{port}{path}"), seconds)

    def wait_listening(self, port: int, seconds: float = 60.0) -> None:
        """Wait until something listens on `port`.

        Raises:
            EngineError: as `wait_ready`.
        """
        self._wait(lambda: _listens(port), seconds)

    def _wait(self, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._popen.poll() is None and time.monotonic() < deadline:
            if ready():
                return
            time.sleep(0.02)
        raise self._failure()

    def finish(self, seconds: float) -> None:
        """Wait until it ends by itself.

        Raises:
            EngineError: it failed or took too long; with the end of its log.
        """
        try:
            code = self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        if code:
            raise self._failure()

    def _failure(self) -> EngineError:
        return EngineError(f"{self.name} failed; the end of its log:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """SIGTERM and, after 15 s, SIGKILL to whoever of its session is left."""
        self._popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(15)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()


def _answers(url: str) -> bool:
    """Whether a GET answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return int(response.status) == 200
    except OSError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tree(pid: int) -> list[psutil.Process]:
    """The process and its descendants."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except GONE:
        return []


def cpu_seconds(*pids: int) -> float:
    """CPU that the trees of these processes have used, user and system."""
    total = 0.0
    for process in (process for pid in pids for process in tree(pid)):
        with contextlib.suppress(*GONE):
            used = process.cpu_times()
            total += used.user + used.system
    return total


def memory_mb(pid: int) -> tuple[float, float]:
    """(PSS, RSS) in MB of one process; PSS counts a page that n processes share as 1/n. Where the system has no PSS (macOS) it is the USS."""
    full = psutil.Process(pid).memory_full_info()
    return getattr(full, "pss", full.uss) / 1e6, full.rss / 1e6
