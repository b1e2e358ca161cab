"""`make bench-turns`: how many messages a user needs to bring a matter to its end, by topic, played through the real edge (`turns.yml`)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from ruamel.yaml import YAML

from bench.load import send
from bench.script import Line
from bench.weijing_side import WeijingSide
from weijing.errors import WeijingError
from weijing.settings import load_settings

FILE = Path(__file__).with_name("turns.yml")


@dataclass(frozen=True)
class Played:
    """One topic.

    Args:
        most: the median that is allowed.
        turns: messages of each talk that came to its end.
        lost: (last words, last reply) of each that did not.
    """

    topic: str
    most: int
    turns: tuple[int, ...]
    lost: tuple[tuple[str, str], ...]

    @property
    def good(self) -> bool:
        """Whether every talk ended and the median is allowed; a topic without talks is not measured."""
        return not self.lost and (not self.turns or median(self.turns) <= self.most)

    def row(self) -> str:
        """The line of the table."""
        if not self.turns and not self.lost:
            return f"{self.topic:10s} {'—':>6s}  ≤ {self.most}  not measured: it has no talks yet"
        middle = f"{median(self.turns):g}" if self.turns else "—"
        return f"{self.topic:10s} {middle:>6s}  ≤ {self.most}  {'ok' if self.good else 'MISSED'}  {len(self.turns)} talks: {', '.join(map(str, self.turns))}"


async def play(side: WeijingSide, topic: dict[str, Any]) -> Played:
    """Every talk of a topic by a user of its own."""
    turns, lost = [], []
    for talk in topic.get("talks", ()):
        count, words, reply = await _talk(side, talk["said"], talk["done"])
        if count:
            turns.append(count)
        else:
            lost.append((words, reply))
    return Played(topic["topic"], topic["most"], tuple(turns), tuple(lost))


async def _talk(side: WeijingSide, said: list[str], done: str) -> tuple[int, str, str]:
    """(messages until a reply holds `done`, or 0; the last words; the last reply)."""
    user, words, reply = f"turns-{uuid4().hex[:8]}", "", ""
    for count, words in enumerate(said, start=1):
        _, [(request, _, body)] = await send([[side.push(user, Line(words, done))]])
        reply = side.read(request, body)
        if done in reply:
            return count, words, reply
    return 0, words, reply


async def measure(folder: Path, model: Path) -> list[Played]:
    """Start the house, play everything, stop it."""
    side = WeijingSide(folder, model)
    try:
        side.start()
        await side.start_bot(1)
        return [await play(side, topic) for topic in YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))]
    finally:
        side.stop()


def main() -> int:
    """Print the table; exit code 1 when a topic misses its number or a talk does not come to its end."""
    with tempfile.TemporaryDirectory(prefix="wj-turns-") as folder:
        try:
            played = asyncio.run(measure(Path(folder), load_settings().bot_model))
        except WeijingError as error:
            print(f"bench-turns: {error.message}", file=sys.stderr)
            return 1
    print("topic      median  most")
    for one in played:
        print(one.row())
        for words, reply in one.lost:
            print(f"           not ended after {words!r}: {reply[:200]!r}")
    return 0 if all(one.good for one in played) else 1


if __name__ == "__main__":
    raise SystemExit(main())
