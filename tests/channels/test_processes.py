"""Each process of this room starts, says that it is ready, and stops."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

import pytest

from weijing.engines import EmbeddedRedis
from weijing.settings import ROOT, child_environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ready(port: int) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as response:
            answer: dict[str, Any] = json.loads(response.read())
            return answer
    except OSError:
        return None


@pytest.mark.parametrize(("module", "variable", "shown"), [("channels.sender", "SENDER_PORT", "dead_letters"), ("channels.edge", "EDGE_PORT", "worker")])
def test_the_process_starts_says_so_and_stops(redis_server: EmbeddedRedis, module: str, variable: str, shown: str) -> None:
    port = free_port()
    environment = child_environment(**{"REDIS_URL": redis_server.url, variable: str(port)})
    process = subprocess.Popen([sys.executable, "-c", f"import {module} as m; raise SystemExit(m.main([]))"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 30
        while not (answer := ready(port)):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        assert shown in answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr and b"Traceback" not in process.stderr.read()
    finally:
        process.kill()
