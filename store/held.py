"""Replies that wait until the user writes again: which of them the next answer carries."""

from __future__ import annotations

import json
from collections.abc import Sequence

from store.message import Bubble

HELD_S = 30 * 24 * 3600
"""A reply waits so long; later it is old news, and forgotten."""
HELD_BYTES = 1500
"""So much of kept replies one answer carries, and so has room for its own words (2048 bytes in a passive reply)."""
OLDER = "您还有 {count} 条较早的消息没有显示，再发任意文字即可查看。"

Held = tuple[tuple[str, tuple[Bubble, ...]], ...]
"""(message key, its bubbles), oldest first."""


def carried(waiting: Sequence[tuple[str, str | None]]) -> Held:
    """What the next answer carries of the (key, reply JSON) that wait, oldest first: the newest that fit, at least one, and a word on how many are left.

    A reply that has expired is among them without bubbles, so that it is taken off the list.
    """
    taken: list[tuple[str, tuple[Bubble, ...]]] = []
    room = HELD_BYTES
    for index in range(len(waiting) - 1, -1, -1):
        key, reply = waiting[index]
        size = len((reply or "").encode())
        if size > room and any(bubbles for _, bubbles in taken):
            return ((taken[-1][0], ({"text": OLDER.format(count=_alive(waiting[: index + 1]))}, *taken[-1][1])), *reversed(taken[:-1]))
        room -= size
        taken.append((key, tuple(json.loads(reply)) if reply else ()))
    return tuple(reversed(taken))


def _alive(waiting: Sequence[tuple[str, str | None]]) -> int:
    return sum(1 for _, reply in waiting if reply)
