"""Real processes of the house for end-to-end tests: started on free ports, waited for, and always stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from weijing.settings import ROOT


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One `python -m weijing <name>` and its output."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        """What it has printed."""
        return self.log.read_text(errors="replace")

    def children(self) -> list[psutil.Process]:
        """The processes below it, parents before their children; dead ones left out."""
        try:
            return [child for child in psutil.Process(self.popen.pid).children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
        except psutil.NoSuchProcess:
            return []

    def stop(self, seconds: float = 15.0) -> int:
        """SIGTERM to the process, SIGKILL to its tree when it does not leave."""
        tree = self.children()
        for child in tree:
            child.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill(tree)
            return -9

    def kill(self, tree: list[psutil.Process] | None = None) -> None:
        """SIGKILL to the whole tree."""
        for child in tree or self.children():
            if child.is_running():
                child.kill()
        self.popen.kill()
        self.popen.wait()


@dataclass
class House:
    """Processes that share engines and settings.

    Args:
        folder: WEIJING_VAR and logs.
        environment: settings for every process.
    """

    folder: Path
    environment: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    def start(self, name: str, *arguments: str, **environment: str) -> Process:
        """Start one process; its output goes to a file of the folder."""
        log = self.folder / f"{name}-{len(self.processes)}.log"
        values = {**os.environ, "WEIJING_ENV": "test", "WEIJING_VAR": str(self.folder), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        values |= {"RASA_TELEMETRY_ENABLED": "false", "PYTHONUNBUFFERED": "1", **self.environment, **environment}
        with log.open("wb") as output:
            popen = subprocess.Popen([sys.executable, "-m", "weijing", name, *arguments], cwd=ROOT, env=values, stdout=output, stderr=output)
        process = Process(name, popen, log)
        self.processes.append(process)
        return process

    def wait_ready(self, process: Process, port: int, seconds: float = 60.0) -> None:
        """Wait for `/readyz` on the port; a process that ends or stays silent fails the test with its log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.popen.poll() is not None:
                break
            if answers(f"http://127.0.0.1:{port}/readyz"):
                return
            time.sleep(0.1)
        raise AssertionError(f"{process.name} is not ready:\n{process.text()[-3000:]}")

    def wait_said(self, process: Process, words: str, seconds: float) -> None:
        """Wait until the process has printed these words."""
        deadline = time.monotonic() + seconds
        while words not in process.text():
            assert process.popen.poll() is None and time.monotonic() < deadline, process.text()
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop everything, last started first."""
        for process in reversed(self.processes):
            if process.popen.poll() is None:
                process.stop()


def answers(url: str) -> bool:
    """Whether a GET answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return int(response.status) == 200
    except OSError:
        return False
