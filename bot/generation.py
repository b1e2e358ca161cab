"""One model's parent as its keeper sees it: a process that loads, tells when it is ready, and is started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from weijing.processes import BACK_OFF_S, GRACE_S, STABLE_S, end_with_parent
from weijing.settings import ROOT

log = logging.getLogger(__name__)


class Generation:
    """A process `python -m bot.parent` for one model file.

    Args:
        epoch: of the release that it is started for; 0 without one.
    """

    def __init__(self, model: Path, epoch: int) -> None:
        self._model, self._epoch = model, epoch
        self.state, self.words, self.model_id = "loading", "", ""
        self.served = False
        self._ends = 0
        self._due = 0.0
        self._started = 0.0
        self._report = -1
        self._heard = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    @property
    def ready(self) -> bool:
        """Its workers answer."""
        return self.state == "ready"

    @property
    def running(self) -> bool:
        """Its process lives."""
        return self._process is not None and self._process.poll() is None

    def tick(self) -> None:
        """Hear what it reports; take note of its death; start it again when the pause is over."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self._start()
            return
        self._listen()
        if self._process.poll() is not None:
            self._ended(self._process.returncode)

    def leave(self) -> None:
        """Ask it to finish its turns and go; nobody waits."""
        if self._process:
            self._process.terminate()

    async def stop(self) -> None:
        """Ask it to go and wait; after the grace it is killed, and its workers with it."""
        self.leave()
        deadline = time.monotonic() + GRACE_S
        while self.running and time.monotonic() < deadline:  # noqa: ASYNC110  a process ends without telling the loop
            await asyncio.sleep(0.02)
        if self._process and self.running:
            self._process.kill()

    def _start(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        command = [sys.executable, "-m", "bot.parent", "--model", str(self._model), "--epoch", str(self._epoch), "--report", str(writing)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[writing], preexec_fn=end_with_parent)
        os.close(writing)
        self._report, self._heard, self._started = reading, b"", time.monotonic()
        self.state = "loading"

    def _listen(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._heard += os.read(self._report, 65536)
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            told = json.loads(line)
            self.state, self.words, self.model_id = told["state"], told["words"], told["model_id"]
            self.served = self.served or self.ready

    def _ended(self, code: int) -> None:
        self._listen()
        os.close(self._report)
        self._process = None
        self._ends = 1 if time.monotonic() - self._started > STABLE_S else self._ends + 1
        self._due = time.monotonic() + BACK_OFF_S[min(self._ends, len(BACK_OFF_S)) - 1]
        self.state, self.words = "failed", self.words or f"the process of {self._model.name} ended ({code})"
        log.error("%s does not serve: %s", self._model.name, self.words)
