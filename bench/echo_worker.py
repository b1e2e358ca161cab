"""A worker that echoes, `python -m bench.echo_worker REDIS_URL FILE [RATE]`.

It speaks the whole turn protocol (leases, inbox, conditional commit) and thinks nothing; with RATE it does so many turns a second and no more, as a
worker with a model does. A message 「慢…」 takes 7 s. Each turn is one line in FILE, so that doubled turns can be counted.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from pathlib import Path

from store.batch import BatchedScripts
from store.commits import Commit, Commits
from store.keys import key
from store.leases import STEP_S, Leases
from store.message import Message
from store.redis import client, wait_ready
from store.turns import dumps

SLOW, SLOW_S = "慢", 7.0
"""A message that begins with this word is answered after so many seconds."""
BLOCK_MS = 500
BATCH = 20


class EchoWorker:
    """One worker.

    Args:
        url: of Redis.
        handled: the file that gets a line for each turn.
        rate: turns a second, 0 for as many as it can.
    """

    def __init__(self, url: str, handled: Path, rate: float) -> None:
        self._rate, self._free = rate, 0.0
        redis, self._reader = client(url), client(url, connections=2)
        self._leases = Leases(redis, f"echo:{os.getpid()}", 15_000)
        self._commits = Commits(redis, self._leases.owner, scripts=BatchedScripts(redis))
        self._lengths: dict[str, int] = {}
        self._cursors: dict[int, str] = {}
        self._handled = handled.open("a", encoding="utf-8", buffering=1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work for ever."""
        renewing = asyncio.create_task(self._renew())
        while not renewing.done():
            await self._read()
        await renewing

    async def _renew(self) -> None:
        while True:
            gained, lost = await self._leases.balance()
            self._cursors = {part: at for part, at in self._cursors.items() if part not in lost} | dict.fromkeys(gained, "0")
            await asyncio.sleep(STEP_S)

    async def _read(self) -> None:
        streams = {key(part, "inbox"): part for part in self._cursors}
        if not streams:
            await asyncio.sleep(0.02)
            return
        answer = await self._reader.xread({name: self._cursors[part] for name, part in streams.items()}, count=BATCH, block=BLOCK_MS)
        users: defaultdict[str, list[tuple[str, Message]]] = defaultdict(list)
        for name, entries in answer:
            self._cursors[streams[name]] = entries[-1][0]
            for entry, fields in entries:
                message = Message.loads(fields["m"])
                users[message.openid].append((entry, message))
        await asyncio.gather(*map(self._user, users.values()))

    async def _user(self, messages: list[tuple[str, Message]]) -> None:
        for entry, message in messages:
            if message.text.startswith(SLOW):
                task = asyncio.create_task(self._slow(entry, message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                await self._turn(entry, message)

    async def _slow(self, entry: str, message: Message) -> None:
        await asyncio.sleep(SLOW_S)
        await self._turn(entry, message)

    async def _paced(self) -> None:
        now = asyncio.get_running_loop().time()
        self._free = max(self._free, now) + 1 / self._rate
        await asyncio.sleep(self._free - now)

    async def _turn(self, entry: str, message: Message) -> None:
        if self._rate:
            await self._paced()
        openid = message.openid
        if openid not in self._lengths:
            self._lengths[openid] = (await self._commits.read(openid)).length
        self._handled.write(f"{openid}\t{message.text or message.event_key or message.event}\n")
        tracker = [dumps({"event": "user", "text": message.text})]
        event = dumps({"type": "turn", "key": message.key, "openid": openid, "text": message.text, "at": message.at})
        await self._commits.commit(Commit(message, entry, self._lengths[openid], [{"text": message.text or "收到"}], tracker=tracker, events=[event]))
        self._lengths[openid] += len(tracker)


def main() -> int:
    """Work until killed."""
    url, handled, rate = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    asyncio.run(wait_ready(url))
    asyncio.run(EchoWorker(url, handled, rate).run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
