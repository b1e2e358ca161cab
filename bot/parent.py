"""`weijing bot`: loads the model once, forks workers, frees a dead worker's leases and forks another.

The parent has no event loop and no threads while it forks; what the children share (Rasa, the model) is frozen out of the garbage collector, so its
pages stay shared.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable

from bot.pulse import Pulse
from weijing.logs import set_up_logs
from weijing.settings import ROOT, Settings, load_settings

log = logging.getLogger(__name__)

STALE_LEASES = 4
"""A worker that has not renewed for so many leases hangs; it is killed, and its leases have long gone to others."""


def main(argv: list[str]) -> int:
    """Run the bot until SIGTERM."""
    del argv
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="weijing-metrics-"))
    set_up_logs()
    settings = load_settings()
    from store.redis import wait_ready

    asyncio.run(wait_ready(settings.redis_url))
    return Parent(settings).run()


def load(settings: Settings) -> Callable[[str, Pulse], None]:
    """Load the model; returns what a child runs, given its owner id and pulse."""
    from bot import lean, patches
    from bot.quiet import quiet_rasa

    lean.install()
    patches.apply()
    quiet_rasa()
    started = time.monotonic()
    from bot.process import WorkerProcess

    process = WorkerProcess(settings, data_commit())
    log.info("model %s ready in %.1f s", process.model_id, time.monotonic() - started)
    return process.run


def data_commit() -> str:
    """The commit of the project's data, or empty outside a checkout."""
    try:
        found = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, timeout=5, check=False)  # noqa: S607
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()


class Parent:
    """Forks and keeps `bot_workers` children and one that serves health and metrics."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers: dict[int, tuple[str, Pulse]] = {}
        self._health = 0
        self._stopping = False

    def run(self) -> int:
        """Load, fork, and keep the children until SIGTERM."""
        child = load(self._settings)
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._health = self._fork(self._serve_health)
        while not self._stopping:
            while len(self._workers) < self._settings.bot_workers:
                self._fork_worker(child)
            self._reap()
            self._kill_stale()
            time.sleep(0.05)
        return self._leave()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _fork(self, work: Callable[[], None]) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            work()
            code = 0
        except Exception:
            log.exception("a child of the bot failed")
        finally:
            os._exit(code)

    def _fork_worker(self, child: Callable[[str, Pulse], None]) -> None:
        owner, pulse = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}", Pulse()
        pid = self._fork(lambda: child(owner, pulse))
        self._workers[pid] = owner, pulse
        log.info("worker %d started", pid)

    def _reap(self) -> None:
        for pid in list(self._workers):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                owner, _ = self._workers.pop(pid)
                if not self._stopping:
                    log.warning("worker %d ended (%d); its partitions are freed and another one starts", pid, status)
                asyncio.run(self._free(owner))

    async def _free(self, owner: str) -> None:
        from store.leases import free_all
        from store.redis import FAULTS, client

        redis = client(self._settings.redis_url)
        try:
            await free_all(redis, owner)
        except FAULTS as error:
            log.warning("leases of a dead worker run out by themselves (%s)", type(error).__name__)
        finally:
            await redis.close(close_connection_pool=True)

    def _kill_stale(self) -> None:
        limit = STALE_LEASES * self._settings.bot_lease_ms / 1000
        for pid, (_, pulse) in self._workers.items():
            if pulse.age() > limit:
                log.error("worker %d has not renewed its leases for %.0f s; killed", pid, pulse.age())
                os.kill(pid, signal.SIGKILL)
                pulse.beat()

    def _serve_health(self) -> None:
        from bot.process import serve_health

        asyncio.run(serve_health(self._settings))

    def _leave(self) -> int:
        for pid in [*self._workers, self._health]:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while self._workers and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.02)
        for pid in [*self._workers, self._health]:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return 0


