"""The servers under the same pushes: our edge with an echoing worker and the sender, WeRoBot, wechatpy on aiohttp; and a platform that takes messages."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.process import Process, free_ports
from channels.wechat.callback import PATH
from weijing.engines import start_redis
from weijing.errors import EngineError
from weijing.settings import ROOT

ACCOUNT = {
    "wechat_app_id": "wx2c2769f8efd9abc2", "wechat_app_secret": "0123456789abcdef0123456789abcdef", "wechat_token": "tokenOfTheBench",
    "wechat_original_id": "gh_7f083739789a", "wechat_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wechat_aes_key_previous": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba",
}  # fmt: skip
"""The account of all servers; nobody but we has a place for the previous key."""
REQUIREMENTS = ROOT / "bench" / "peers" / "requirements.txt"


class Platform:
    """What the platform's API is to the sender: it gives a token and takes customer-service messages."""

    def __init__(self) -> None:
        [self.port] = free_ports(1)
        self.texts: list[tuple[str, str]] = []
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        """No more."""
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.path.endswith("stable_token"):
            return web.json_response({"access_token": "token", "expires_in": 7200})
        if request.path.endswith("custom/send"):
            self.texts.append((body["touser"], str(body.get("text", {}).get("content", ""))))
        return web.json_response({"errcode": 0, "errmsg": "ok"})


class Side:
    """One server.

    Args:
        name: in the table.
        folder: for its log, its data and the file of handler runs.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.path = name, folder, "/"
        folder.mkdir()
        self._log = folder / "handled"
        self._log.touch()
        [self.port] = free_ports(1)
        self.unverified_port = self.port
        self._open = ExitStack()
        self.pids: dict[str, int] = {}

    def stop(self) -> None:
        """Stop all of it."""
        self._open.close()

    def handled(self) -> Counter[tuple[str, str]]:
        """(openid, words) of each run of the handler, or each committed turn."""
        lines = (line.partition("\t") for line in self._log.read_text(encoding="utf-8").splitlines())
        return Counter((openid, words) for openid, _, words in lines)

    def _run(self, name: str, arguments: list[str], environment: dict[str, str], python: str = sys.executable) -> Process:
        process = Process(name, arguments, self.folder, environment, python)
        self._open.callback(process.stop)
        self.pids[name] = process.pid
        return process


class Weijing(Side):
    """The edge, a Redis, an echoing worker, the sender, and a second edge set to an account without the customer-service right.

    Args:
        turns: a second that the worker does, 0 for as many as it can.
    """

    def __init__(self, folder: Path, platform: Platform, turns: int = 0) -> None:
        super().__init__("Weijing", folder)
        self.path = PATH
        redis = start_redis(folder / "redis")
        self._open.callback(redis.stop)
        self.pids["redis"] = redis.process.pid
        ports = free_ports(2)
        self.unverified_port, sender_port = ports
        environment = {name.upper(): value for name, value in ACCOUNT.items()} | {
            "WEIJING_ENV": "test", "WEIJING_VAR": str(folder), "REDIS_URL": redis.url, "EDGE_PORT": str(self.port), "SENDER_PORT": str(sender_port),
            "WECHAT_API_BASE": f"http://127.0.0.1:{platform.port}",
        }  # fmt: skip
        self._run("worker", ["bench.echo_worker", redis.url, str(self._log), str(turns)], environment)
        self._run("edge", ["weijing", "edge"], environment).wait_ready(self.port, "/readyz")
        unverified = {**environment, "EDGE_PORT": str(self.unverified_port), "WECHAT_VERIFIED": "false"}
        self._run("edge of an unverified account", ["weijing", "edge"], unverified).wait_ready(self.unverified_port, "/readyz")
        self._run("sender", ["weijing", "sender"], environment).wait_ready(sender_port, "/readyz")


class Peer(Side):
    """A server of the documentation's quick start, in the peers' own environment."""

    def __init__(self, name: str, module: str, folder: Path, python: str) -> None:
        super().__init__(name, folder)
        account = ["--token", ACCOUNT["wechat_token"], "--key", ACCOUNT["wechat_aes_key"], "--app-id", ACCOUNT["wechat_app_id"]]
        process = self._run(module, [f"bench.peers.{module}", "--port", str(self.port), "--handled", str(self._log), *account], {}, python)
        process.wait_listening(self.port)


def peers_python(kept: Path) -> str:
    """The Python of the peers' environment, made with uv when their list has changed.

    Raises:
        EngineError: the packages could not be fetched.
    """
    folder = kept / f"peers-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:8]}"
    python = str(folder / "bin" / "python")
    if not (folder / "complete").exists():
        uv = str(ROOT / ".tools" / "bin" / "uv")
        for step in (["venv", "--clear", "--python", sys.executable, str(folder)], ["pip", "install", "--python", python, "-r", str(REQUIREMENTS)]):
            done = subprocess.run([uv, "-q", *step], capture_output=True, text=True, check=False)
            if done.returncode:
                raise EngineError(f"the peers' packages were not installed; is there a network? {done.stderr[-500:]}")
        (folder / "complete").touch()
    return python


def versions(python: str) -> dict[str, Any]:
    """The packages of an environment by name: of ours and of the peers'."""
    code = "import importlib.metadata as m, json; print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
    found: dict[str, Any] = json.loads(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)
    return found
