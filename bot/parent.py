"""The parent of one model: loads it once, forks workers, frees a dead worker's leases and forks another. Started by `bot.keeper`.

The parent has no event loop and no threads while it forks; what the children share (Rasa, the model) is frozen out of the garbage collector, so its
pages stay shared.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.pulse import Pulse
from weijing.errors import WeijingError
from weijing.logs import set_up_logs
from weijing.processes import end_with_parent
from weijing.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.process import WorkerProcess

log = logging.getLogger(__name__)

STALE_LEASES = 4
"""A worker that has not renewed for so many leases hangs; it is killed, and its leases have long gone to others."""


def main(argv: list[str]) -> int:
    """Serve one model until SIGTERM; what became of the loading is written to the file descriptor `--report`."""
    options = argparse.ArgumentParser("bot.parent", description=__doc__)
    options.add_argument("--model", type=Path, required=True, help="the model's file")
    options.add_argument("--epoch", type=int, default=0, help="of the release that it is started for")
    options.add_argument("--report", type=int, required=True, help="file descriptor for a line of JSON: state, words, model_id")
    chosen = options.parse_args(argv)
    set_up_logs()
    try:
        process = load(load_settings(), chosen.model, chosen.epoch)
    except WeijingError as error:
        report(chosen.report, state="failed", words=error.message)
        return 1
    except Exception as error:
        report(chosen.report, state="failed", words=f"{chosen.model.name} cannot be loaded ({type(error).__name__})")
        log.exception("%s cannot be loaded", chosen.model.name)
        return 1
    report(chosen.report, state="ready", model_id=process.model_id)
    return Parent(load_settings(), chosen.model.name, process.run).run()


def report(descriptor: int, *, state: str, words: str = "", model_id: str = "") -> None:
    """Tell the keeper."""
    with contextlib.suppress(BrokenPipeError):
        os.write(descriptor, json.dumps({"state": state, "words": words, "model_id": model_id}).encode() + b"\n")


def load(settings: Settings, model: Path, epoch: int) -> WorkerProcess:
    """Load a model and let it pass its self-test.

    Raises:
        Exception: whatever hinders it.
    """
    from bot import lean, patches
    from bot.quiet import quiet_rasa

    lean.install()
    patches.apply()
    quiet_rasa()
    started = time.monotonic()
    from bot.process import WorkerProcess

    process = WorkerProcess(settings, model, epoch)
    log.info("model %s (%s) ready in %.1f s", model.name, process.model_id, time.monotonic() - started)
    return process


class Parent:
    """Forks and keeps `bot_workers` children.

    Args:
        model: the model's name, part of every worker's owner id.
        child: what a child runs, given its owner id and pulse.
    """

    def __init__(self, settings: Settings, model: str, child: Callable[[str, Pulse], None]) -> None:
        self._settings, self._model, self._child = settings, model, child
        self._workers: dict[int, tuple[str, Pulse]] = {}
        self._stopping = False

    def run(self) -> int:
        """Fork, and keep the children until SIGTERM."""
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping:
            while len(self._workers) < self._settings.bot_workers:
                self._fork_worker()
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
            end_with_parent()
            work()
            code = 0
        except Exception:
            log.exception("a child of the bot failed")
        finally:
            os._exit(code)

    def _fork_worker(self) -> None:
        owner, pulse = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}|{self._model}", Pulse()
        pid = self._fork(lambda: self._child(owner, pulse))
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

    def _leave(self) -> int:
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while self._workers and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.02)
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
