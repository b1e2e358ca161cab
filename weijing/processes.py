"""The processes of the house as children of `weijing run`: started, started again when they die, and stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from weijing.settings import ROOT, child_environment

BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 10.0)
"""Pauses before the first, second, … restart; the last one repeats."""
STABLE_S = 60.0
"""A child that ran this long begins with the shortest pause again."""
GRACE_S = 10.0
"""How long a child may take to finish its work after SIGTERM."""
LOG_BYTES = 20 * 1024 * 1024
"""A log larger than this becomes `.log.1` at the next start of its process."""
SHOWN = 5
"""Lines of one child shown at once; the rest is in its log."""

_WORTH_SHOWING = re.compile(r"^\d{4}-\d\d-\d\d \S+ (warning|error|critical)")


class Child:
    """One process: `python -m weijing NAME` in a process group of its own, its output in `NAME.log`.

    Args:
        name: the sub-command.
        log_folder: where the log lies.
        environment: variables beside our own.
        say: shows one line to the operator.
    """

    def __init__(self, name: str, log_folder: Path, environment: dict[str, str], say: Callable[[str], None], arguments: tuple[str, ...] = ()) -> None:
        self.name = name
        self.log_file = log_folder / f"{name}.log"
        self.exits = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-m", "weijing", name, *arguments]
        self._environment = environment
        self._say = say
        self._started = self._due = 0.0
        self._read = self._born = 0

    def start(self) -> None:
        """Start the process; its log goes on where it ended."""
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as log:
            self._read = self._born = log.tell()
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=child_environment(**self._environment), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip
        self._started = time.monotonic()

    def tick(self) -> None:
        """Show what is worth showing; take note of a death; start again when the pause is over."""
        self._show()
        now = time.monotonic()
        if self.process is None:
            if now >= self._due:
                self.start()
        elif self.process.poll() is not None:
            code = self.process.returncode
            self._clear()
            self.exits = 1 if now - self._started > STABLE_S else self.exits + 1
            pause = BACK_OFF_S[min(self.exits, len(BACK_OFF_S)) - 1]
            self._due = now + pause
            self._say(f"! {self.name} stopped ({_reason(code)}); it starts again in {pause:.0f} s. Its log: {self.log_file}")

    def running(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int:
        """The exit code of a process that has ended; negative for a signal."""
        return self.process.returncode if self.process else 0

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """SIGTERM, at most 10 s, SIGKILL. With `hurry` answering True the waiting is over."""
        if self.process is None:
            return
        self.process.terminate()
        deadline = time.monotonic() + GRACE_S
        while self.process.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.05)
        if self.process.poll() is None:
            self._say(f"! {self.name} did not stop in time and is killed")
        self._clear()

    def last_words(self) -> str:
        """The last line since the last start: what the process does, or why it stopped."""
        with self.log_file.open("rb") as log:
            log.seek(max(self._born, self.log_file.stat().st_size - 8192))
            lines = log.read().decode(errors="replace").splitlines()
        return next((line.removeprefix(f"weijing {self.name}: ") for line in reversed(lines) if line.strip()), "")

    def _clear(self) -> None:
        """Nobody of the process group stays, e.g. forked workers of a parent that crashed."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def _show(self) -> None:
        with self.log_file.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        end = new.rfind(b"\n") + 1
        self._read += end
        lines = [line for line in new[:end].decode(errors="replace").splitlines() if _WORTH_SHOWING.match(line)]
        for line in lines[:SHOWN]:
            self._say(f"  {self.name:9s} │ {line}")
        if len(lines) > SHOWN:
            self._say(f"  {self.name:9s} │ and {len(lines) - SHOWN} more lines in {self.log_file}")


def end_with_parent() -> None:
    """For a new child: should its parent be killed, the kernel sends SIGTERM to the child (prctl(2), PR_SET_PDEATHSIG = 1; Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
