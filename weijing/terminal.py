"""What `weijing run` shows: one line a step with its time, and while something is waited for, what and for how long."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

EVERY_S = 5.0
"""How often a waiting line is repeated where lines cannot be overwritten (no terminal)."""


class Terminal:
    """The operator's screen; what is said also goes to `run.log`.

    Args:
        journal: the file that keeps what was said.
    """

    def __init__(self, journal: Path | None = None) -> None:
        self.journal = journal
        self._live = sys.stdout.isatty()
        self._open = False
        self._next = 0.0

    def say(self, text: str) -> None:
        """One finished line."""
        self.show(text)
        if self.journal:
            with contextlib.suppress(OSError), self.journal.open("a") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def show(self, text: str) -> None:
        """One finished line for the screen alone: a demo's password is no matter for a log."""
        self._write(("\r\033[K" if self._open else "") + text + "\n")
        self._open = False

    def waiting(self, text: str, since: float) -> None:
        """What is being waited for, since the monotonic time `since`; overwritten in place on a terminal."""
        line = f"… {text} ({time.monotonic() - since:.0f} s)"
        if self._live:
            self._write(f"\r\033[K{line}")
            self._open = True
        elif time.monotonic() >= max(self._next, since + EVERY_S):
            self._write(line + "\n")
            self._next = time.monotonic() + EVERY_S

    @contextlib.contextmanager
    def step(self, name: str, note: Callable[[], str] = str) -> Iterator[None]:
        """A step: shown while it runs, and as `✓ name  time  note` when it is done."""
        started = time.monotonic()
        if self._live:
            self.waiting(name, started)
        yield
        self.say(f"✓ {name:12s} {time.monotonic() - started:5.1f} s  {note()}".rstrip())

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; the house goes on to stop in order
            sys.stdout.write(text)
            sys.stdout.flush()
