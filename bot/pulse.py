"""A worker shows its parent that its loop still turns: eight shared bytes, no Redis and no signal."""

from __future__ import annotations

import mmap
import struct
import time


class Pulse:
    """Made by the parent before the fork, beaten by the child."""

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, 8)
        self.beat()

    def beat(self) -> None:
        """The loop is alive now."""
        self._bytes[:] = struct.pack("d", time.monotonic())

    def age(self) -> float:
        """Seconds since the last beat (the monotonic clock is the same in all processes of a machine)."""
        (last,) = struct.unpack("d", self._bytes[:])
        return time.monotonic() - float(last)
