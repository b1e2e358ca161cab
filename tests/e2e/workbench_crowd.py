"""Users of the simulated WeChat who talk while models change, and what Redis's append-only file says of every turn of theirs."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import groupby
from pathlib import Path

from channels.wechat.answer import BUSY
from store.keys import partition
from tests.e2e.phone import Phone
from tests.e2e.platform_witness import Witness, read_witness

WORDS = ("身份证丢了怎么补办", "你好", "要多少钱", "护照怎么办", "谢谢", "居住证怎么签注", "要带什么材料", "驾驶证到期换证")
PAUSE_S = 0.2


class Crowd:
    """Each writes the next message when the last is over, until told to stop; `refused` are those of which the account said that it has not received them.

    Args:
        base: the edge's address.
        border: half of the users live in partitions below it, half above.
        each: users on either side.
    """

    def __init__(self, base: str, border: int, each: int) -> None:
        made = [Phone(base, f"crowd{number}") for number in range(12 * each)]
        below = [phone for phone in made if partition(phone.openid) < border]
        above = [phone for phone in made if partition(phone.openid) >= border]
        self.phones = [*below[:each], *above[:each]]
        self.sent: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._stopping = False
        self._tasks = [asyncio.create_task(self._talk(phone)) for phone in self.phones]

    async def _talk(self, phone: Phone) -> None:
        while not self._stopping:
            exchange = await asyncio.to_thread(phone.say, WORDS[self.sent[phone.openid] % len(WORDS)])
            (self.refused if BUSY in str(exchange["attempts"]) else self.sent)[phone.openid] += 1
            await asyncio.sleep(PAUSE_S)

    async def goes_on(self, turns: int = 2) -> None:
        """Wait until everybody has said so much more."""
        before = Counter(self.sent)
        while any(self.sent[phone.openid] < before[phone.openid] + turns for phone in self.phones):
            assert not any(task.done() for task in self._tasks), [task.exception() for task in self._tasks if task.done()]
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Everybody finishes the sentence."""
        self._stopping = True
        await asyncio.gather(*self._tasks)


def answered_by(redis: Path) -> dict[int, list[str]]:
    """Partition -> the models that answered in it, one after the other."""
    return {part: [model for model, _ in groupby(models)] for part, models in read_witness(redis).models.items()}


def lost_or_doubled(witness: Witness) -> list[str]:
    """Messages that were accepted and have not exactly one turn."""
    turns = Counter(key for keys in witness.committed.values() for key in keys)
    return [key for keys in witness.accepted.values() for key in keys if turns[key] != 1]
