"""The other side: `rasa run` with the REST channel and memory tracker store, and `rasa run actions` on the project's own actions."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import ExitStack
from pathlib import Path

from bench.load import WAITING, Request, first_answer
from bench.models import STOCK
from bench.process import Process, free_ports, memory_mb
from bench.script import Line, conversation
from bench.weijing_side import spread


class StockSide:
    """Two processes of stock Rasa; the backend is the house's.

    Args:
        folder: for logs.
        model: the model file.
        backend: settings that tell the actions where the backend is.
        backend_pid: the backend, whose CPU is counted too.
    """

    name = "stock"

    def __init__(self, folder: Path, model: Path, backend: dict[str, str], backend_pid: int) -> None:
        self._folder, self._model, self._backend, self._backend_pid = folder, model, backend, backend_pid
        self._port, self.actions_port = free_ports(2)
        self._running: dict[str, Process] = {}
        self._open = ExitStack()

    def start_actions(self) -> None:
        """The action server."""
        arguments = ["rasa", "run", "actions", "--actions", "actions", "--port", str(self.actions_port)]
        self._start("actions", arguments, self._backend).wait_ready(self.actions_port, "/health")

    async def start(self) -> float:
        """Start `rasa run`; returns seconds until a message has its answer."""
        started = time.perf_counter()
        files = ["--model", str(self._model), "--endpoints", str(STOCK / "endpoints.yml"), "--credentials", str(STOCK / "credentials.yml")]
        arguments = ["rasa", "run", "--interface", "127.0.0.1", "--port", str(self._port), *files]
        environment = {"BENCH_ACTIONS_PORT": str(self.actions_port), "SANIC_WORKERS": "1"}
        self._start("rasa", arguments, environment).wait_ready(self._port, "/")
        await first_answer(self.requests(1, 1)[0][0], self.read)
        return time.perf_counter() - started

    def stop_rasa(self) -> None:
        """`rasa run` alone; the action server stays."""
        self._running.pop("rasa").stop()

    def stop(self) -> None:
        """Both."""
        self._open.close()

    def pids(self) -> dict[str, int]:
        """Processes whose CPU a message costs."""
        return {name: process.pid for name, process in self._running.items()} | {"backend": self._backend_pid}

    def memory_mb(self) -> dict[str, float]:
        """PSS and RSS of `rasa run`, PSS with the action server."""
        (pss, rss), (more, _) = (memory_mb(self._running[name].pid) for name in ("rasa", "actions"))
        return {"pss": pss, "rss": rss, "all": pss + more}

    def requests(self, users: int, lanes: int = WAITING) -> list[list[Request]]:
        """Messages of new users, by lane."""
        prefix = secrets.token_hex(4)
        return spread([[self._message(f"{prefix}-{user}", line) for line in conversation(user)] for user in range(users)], lanes)

    def _message(self, user: str, line: Line) -> Request:
        body = json.dumps({"sender": user, "message": line.text}).encode()
        return Request(f"http://127.0.0.1:{self._port}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}, user, line)

    def read(self, request: Request, body: str) -> str:
        """The texts of an answer of the REST channel."""
        try:
            return "\n".join(str(bubble.get("text", "")) for bubble in json.loads(body))
        except ValueError:
            return f"! {body[:100]}"

    def _start(self, name: str, arguments: list[str], environment: dict[str, str]) -> Process:
        process = self._running[name] = Process(f"stock-{name}", arguments, self._folder, environment)
        self._open.callback(process.stop)
        return process
