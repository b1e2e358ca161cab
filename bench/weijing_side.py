"""Our side: every process of the house on embedded engines, and pushes as WeChat seals them in safe mode."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from redis import Redis

from bench.load import WAITING, Request, first_answer
from bench.process import Process, free_ports, memory_mb, tree
from bench.script import Line, conversation
from channels.simulator.envelope import Envelope
from store.keys import PARTITIONS, key
from weijing.engines import start_postgres, start_redis
from weijing.errors import EngineError, ReplyRejected
from weijing.generated import generated_secrets
from weijing.settings import Settings

PATH = "/webhooks/wechat/webhook"
PORTS = ("EDGE_PORT", "BACKEND_PORT", "BOT_PORT", "SENDER_PORT", "PROJECTOR_PORT", "COURIER_PORT")


class WeijingSide:
    """Engines, backend, edge, sender and projector run all the time; the bot is started anew for each round.

    Args:
        folder: WEIJING_VAR of this run.
        model: folder of the model.
    """

    name = "weijing"

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder, self._open = folder, ExitStack()
        self._redis = start_redis(folder / "redis")
        self._open.callback(self._redis.stop)
        self._postgres = start_postgres(folder / "postgres")
        self._open.callback(self._postgres.stop)
        self._ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.environment = {name: str(port) for name, port in self._ports.items()} | {
            "WEIJING_ENV": "test", "WEIJING_VAR": str(folder), "BOT_MODEL": str(model), "REDIS_URL": self._redis.url, "DATABASE_URL": self._postgres.url,
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        account: dict[str, Any] = {name.lower(): value for name, value in generated_secrets(folder).items()}
        self._envelope = Envelope(Settings(weijing_env="test", **account))
        self._running: dict[str, Process] = {}
        self._pushes = 0

    @property
    def backend(self) -> dict[str, str]:
        """What tells another process where the backend is and how to ask it."""
        return {name: self.environment[name] for name in ("WEIJING_ENV", "WEIJING_VAR", "BACKEND_PORT")}

    def start(self) -> None:
        """Everything but the bot."""
        Process("migrate", ["weijing", "migrate"], self._folder, self.environment).finish(60)
        for name in ("backend", "edge", "sender", "projector"):
            self._start(name).wait_ready(self._ports[f"{name.upper()}_PORT"], "/readyz")

    async def start_bot(self, workers: int) -> float:
        """Start the bot; returns seconds until a push has its answer."""
        started = time.perf_counter()
        self._start("bot", BOT_WORKERS=str(workers))
        self._running["bot"].wait_ready(self._ports["BOT_PORT"], "/readyz")
        await first_answer(self.requests(1, 1)[0][0], self.read)
        seconds = time.perf_counter() - started
        await self._balanced(workers)
        return seconds

    def stop_bot(self) -> None:
        """The turns under way are finished first."""
        self._running.pop("bot").stop()

    def stop(self) -> None:
        """Everything, engines last."""
        self._open.close()

    def pids(self) -> dict[str, int]:
        """Processes whose CPU a message costs."""
        engines = {"redis": self._redis.process.pid, "postgres": self._postgres.server.get_pid()}
        return {name: process.pid for name, process in self._running.items()} | engines

    def memory_mb(self) -> dict[str, float]:
        """PSS and RSS of the largest worker, PSS of the bot with its parent."""
        sizes = [memory_mb(process.pid) for process in tree(self._running["bot"].pid)]
        return {"pss": max(pss for pss, _ in sizes), "rss": max(rss for _, rss in sizes), "all": sum(pss for pss, _ in sizes)}

    def requests(self, users: int, lanes: int = WAITING) -> list[list[Request]]:
        """Sealed pushes of new users, by lane: in a lane the users take turns."""
        prefix = secrets.token_hex(4)
        return spread([[self.push(f"{prefix}-{user}", line) for line in conversation(user)] for user in range(users)], lanes)

    def read(self, request: Request, body: str) -> str:
        """The words of a sealed passive reply, tested as WeChat tests it."""
        try:
            return self._envelope.open(body, request.user).text
        except ReplyRejected as error:
            return f"! {error.message}"

    async def _balanced(self, workers: int) -> None:
        """Wait until the workers have shared the partitions out, which takes a few seconds after a start.

        Raises:
            EngineError: they have not within 40 s.
        """
        redis, until = Redis.from_url(self._redis.url, decode_responses=True), time.monotonic() + 40
        while time.monotonic() < until:
            held = Counter(redis.get(key(part, "lease")) for part in range(PARTITIONS))
            if None not in held and len(held) == workers and max(held.values()) <= math.ceil(PARTITIONS / workers):
                redis.close()
                return
            await asyncio.sleep(0.1)
        raise EngineError(f"the partitions are not shared out among {workers} workers after 40 s")

    def push(self, openid: str, line: Line) -> Request:
        """One message of a user, sealed."""
        self._pushes += 1
        now = int(time.time())
        xml = (
            f"<xml><ToUserName><![CDATA[{self._envelope.account}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{now}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{line.text}]]></Content><MsgId>{10**15 + self._pushes}</MsgId></xml>"
        )
        sealed = self._envelope.seal(xml, openid, now)
        url = f"http://127.0.0.1:{self._ports['EDGE_PORT']}{PATH}?{urlencode(sealed.query)}"
        return Request(url, sealed.body.encode(), {"Content-Type": "text/xml"}, openid, line)

    def _start(self, name: str, **environment: str) -> Process:
        process = self._running[name] = Process(name, ["weijing", name], self._folder, {**self.environment, **environment})
        self._open.callback(process.stop)
        return process


def spread(conversations: list[list[Request]], lanes: int) -> list[list[Request]]:
    """Conversations dealt to lanes; within a lane every user says the first line, then every user the second …"""
    dealt = [conversations[number::lanes] for number in range(lanes)]
    return [[conversation[step] for step in range(len(some[0])) for conversation in some] for some in dealt if some]
