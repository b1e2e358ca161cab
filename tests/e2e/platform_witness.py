"""The witness: Redis's append-only file, which holds every write in its order, whatever was killed and whoever took it off a stream since."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from store.keys import partition
from store.message import Bubble

_STREAM = re.compile(rb"wj:\{\d+\}:(inbox|events|dead)")


@dataclass
class Witness:
    """What was written.

    Args:
        accepted: user -> message keys in the order in which they were queued (twice when queued twice).
        committed: user -> message keys in the order in which their turns were committed (twice when doubled).
        models: partition -> the model of each of its turns, in their order.
        held: message key -> keys of earlier replies that its reply brought along.
        replies: message key -> its reply's bubbles, as first written (the sender writes on it what it has sent).
        posts: outbox entries beside the turns' replies: key -> times, and key -> user.
        sent: message key -> times the sender settled it as sent.
        dead: keys set aside after three tries.
    """

    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    models: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, list[Bubble]] = field(default_factory=dict)
    posts: Counter[str] = field(default_factory=Counter)
    posted_to: dict[str, str] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    dead: list[str] = field(default_factory=list)

    def add(self, stream: bytes, value: dict[str, Any]) -> None:
        """One entry of a stream."""
        if stream == b"inbox":
            self.accepted[value["openid"]].append(value["key"])
        elif stream == b"dead":
            self.dead.append(value["key"])
        else:
            self._note(value)

    def _note(self, event: dict[str, Any]) -> None:
        name = event["key"]
        if event["type"] == "turn":
            self.committed[event["openid"]].append(name)
            self.models[partition(event["openid"])].append(event["model"])
            self.held[name] = event["held"]
        elif event["type"] == "post":
            self.posts[name] += 1
            self.posted_to[name] = event["openid"]
        elif event["type"] == "delivery":
            self.sent[name] += event["outcome"] == "sent"


def read_witness(folder: Path) -> Witness:
    """Read the file of the Redis in `folder`."""
    witness = Witness()
    with (folder / "appendonly.aof").open("rb") as file:
        for words in _commands(file):
            if stream := _STREAM.fullmatch(words[1]) if words[0].upper() == b"XADD" else None:
                witness.add(stream[1], json.loads(words[4]))
            elif words[0].upper() == b"HSET" and b":turn:" in words[1] and b"reply" in words[2::2]:
                witness.replies.setdefault(words[1].decode().split(":turn:")[1], json.loads(words[words.index(b"reply", 2) + 1]))
    return witness


def _commands(file: BinaryIO) -> Iterator[list[bytes]]:
    """Each command as its words (RESP arrays); what a killed Redis left half-written at the end is cut off by the Redis that starts next."""
    while head := file.readline():
        words = []
        for _ in range(int(head[1:])):
            words.append(file.read(int(file.readline()[1:])))
            file.read(2)
        yield words
