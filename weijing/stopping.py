"""The wish to stop: SIGINT, SIGTERM, or a terminal that closes. A step finishes what would be left in pieces, then asks here."""

from __future__ import annotations

import signal
import time
from types import FrameType


class Stopped(Exception):
    """The operator stopped the house."""


APART_S = 1.0
"""Wishes closer together are one: a process group and `make` may both pass a signal on."""


class Stop:
    """Counts the wishes; the second one is impatient."""

    def __init__(self) -> None:
        self._wishes = 0
        self._last = 0.0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._wish)

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._wishes > 0

    def hurry(self) -> bool:
        """Whether to stop without waiting for anybody."""
        return self._wishes > 1

    def check(self) -> None:
        """Go no further.

        Raises:
            Stopped: it was asked for.
        """
        if self.asked:
            raise Stopped

    def _wish(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._wishes or now - self._last > APART_S:
            self._wishes += 1
        self._last = now
