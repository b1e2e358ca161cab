"""All processes of one `weijing run`: started together, waited for, watched, and stopped in order."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from weijing.errors import StartError
from weijing.ports import base_url
from weijing.processes import Child
from weijing.settings import Settings
from weijing.stopping import Stop
from weijing.terminal import Terminal

STOP_ORDER = ("edge", "bot", "sender", "courier", "evidence", "trainer", "projector", "backend")
"""Nothing new comes in, what is being answered is finished, what is finished is delivered and written."""
READY_S = 180.0
"""How long the house may take to become ready."""
TRIES = 3
"""A process that stops so often before it was ready will not become ready."""
TICK_S = 0.2


class Fleet:
    """The processes.

    Args:
        names: in the order of starting.
        settings: say where each listens.
        environment: variables for each, beside our own.
    """

    def __init__(self, names: list[str], settings: Settings, environment: dict[str, str], logs: Path, terminal: Terminal, stop: Stop) -> None:
        self._terminal, self._stop_asked = terminal, stop
        self._children = {name: Child(name, logs, environment, terminal.say) for name in names}
        self._urls = {name: base_url(settings, name) + "/readyz" for name in names}

    def start(self) -> None:
        """Start all at once; each waits for what it needs by itself."""
        for child in self._children.values():
            child.start()

    def wait_ready(self) -> None:
        """Wait until every process says that it can do its work.

        Raises:
            StartError: one does not come up; the sentence holds its last words.
            Stopped: the operator has had enough.
        """
        started, missing = time.monotonic(), dict.fromkeys(self._children, "no answer yet")
        while missing:
            self._stop_asked.check()
            self.tick()
            for name in list(missing):
                missing[name] = _lacks(self._urls[name])
                if not missing[name]:
                    del missing[name]
                    self._terminal.say(f"✓ {name:12s} {time.monotonic() - started:5.1f} s")
            self._give_up(missing, started)
            if missing:
                self._terminal.waiting("waiting for " + ", ".join(f"{name} ({lack})" for name, lack in missing.items()), started)
                time.sleep(TICK_S)

    def tick(self) -> None:
        """Look after each process once."""
        for child in self._children.values():
            child.tick()

    def stop(self) -> None:
        """Stop in order; at most 10 s each."""
        for name in STOP_ORDER:
            if name in self._children:
                self._terminal.waiting(f"stopping {name}", time.monotonic())
                self._children[name].stop(self._stop_asked.hurry)

    def _give_up(self, missing: dict[str, str], started: float) -> None:
        for name in missing:
            child = self._children[name]
            if child.exits >= TRIES:
                raise StartError(f"{name} stopped {child.exits} times while starting: {child.last_words() or 'it left no word'} (log: {child.log_file})")
        if missing and time.monotonic() - started > READY_S:
            raise StartError(f"not ready after {READY_S:.0f} s: {', '.join(f'{name} ({lack})' for name, lack in missing.items())}; read the logs")


def _lacks(url: str) -> str:
    """What a process still lacks, or an empty string when it is ready."""
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310  our own address
            return ""
    except urllib.error.HTTPError as error:
        try:
            parts = json.loads(error.read())
        except (ValueError, OSError):
            return f"HTTP {error.code}"
        return ", ".join(name for name, good in parts.items() if good is False and name != "ready") or f"HTTP {error.code}"
    except OSError:
        return "no answer yet"
