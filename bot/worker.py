"""A worker: holds partitions by leases, reads their inboxes, runs one task for each user, commits turns.

Messages of a user keep their order (one task, one queue); a slow turn delays nobody else. An entry stays in the inbox until its turn is committed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from bot.chaos import Chaos
from bot.live import LiveUser, LiveUsers
from bot.metrics import DEAD, REFUSED, TURN_SECONDS, TURNS
from bot.pulse import Pulse
from bot.room import Room
from bot.turn import TurnRunner
from store.commits import Commit, Commits
from store.keys import key
from store.leases import Leases
from store.message import Bubble, Message
from store.redis import FAULTS, Redis
from store.turns import now_ms
from weijing.errors import CommitRefused, StoreUnavailable

log = logging.getLogger(__name__)

TRIES = 3
BLOCK_MS = 500
BATCH = 50
RUNNING = 64
"""Turns under way at once in one worker: they share one core, more would only wait inside."""
TURN_LIMIT_S = 30.0
"""An action is bounded to seconds; a turn that hangs longer is a defect and is given up like one that raised."""


@dataclass(frozen=True)
class Entry:
    """One message of the inbox.

    Args:
        suspect: it lay there when the partition was taken over, so it may have killed its worker.
        held: replies wait for this user's next message.
    """

    part: int
    id: str
    message: Message
    suspect: bool
    held: bool


class Worker:
    """The loop of one worker process.

    Args:
        redis: for commands.
        reader: a client of its own for blocking reads.
        leases: this worker's.
        commits: this worker's.
        turns: runs turns on the loaded model.
        chaos: strikes in test.
        pulse: shows the parent that the loop turns.
    """

    def __init__(self, redis: Redis, reader: Redis, leases: Leases, commits: Commits, turns: TurnRunner, chaos: Chaos, pulse: Pulse) -> None:
        self._redis = redis
        self._pulse = pulse
        self._reader = reader
        self._leases = leases
        self._commits = commits
        self._turns = turns
        self._chaos = chaos
        self._live = LiveUsers()
        self._cursors: dict[int, str] = {}
        self._taken_at: dict[int, int] = {}
        self._inflight: set[tuple[int, str]] = set()
        self._queues: dict[str, deque[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = Room(RUNNING)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the turns under way, free the leases, leave."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped."""
        renewing = asyncio.create_task(self._renew())
        try:
            while not self._stopping.is_set():
                await self._read()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=8)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._leases.leave()

    async def _renew(self) -> None:
        while True:
            self._pulse.beat()
            try:
                gained, lost = await self._leases.balance()
                for part in gained:
                    self._cursors[part], self._taken_at[part] = "0", now_ms()
                for part in lost:
                    self._forget(part)
                await self._give_surplus()
            except StoreUnavailable as error:
                log.warning("leases not renewed: %s", error)
            await asyncio.sleep(self._leases.ms / 3000)

    async def _give_surplus(self) -> None:
        busy = {part for part, _ in self._inflight}
        surplus = len(self._leases.held) - await self._leases.share()
        for part in [part for part in sorted(self._leases.held) if part not in busy][: max(0, surplus)]:
            self._forget(part)
            await self._leases.free(part)

    def _forget(self, part: int) -> None:
        self._cursors.pop(part, None)
        self._live.drop_partition(part)

    async def _read(self) -> None:
        cursors = {key(part, "inbox"): cursor for part, cursor in self._cursors.items()}
        if not cursors:
            await asyncio.sleep(0.02)
            return
        parts = {key(part, "inbox"): part for part in self._cursors}
        try:
            answer = await self._reader.xread(cursors, count=BATCH, block=BLOCK_MS)
        except FAULTS as error:
            log.warning("inbox not read (%s); trying again", type(error).__name__)
            await asyncio.sleep(0.3)
            return
        for stream, entries in answer:
            part = parts[stream]
            for entry_id, fields in entries:
                if part in self._cursors:
                    self._cursors[part] = entry_id
                    self._enqueue(part, entry_id, fields)

    def _enqueue(self, part: int, entry_id: str, fields: dict[str, str]) -> None:
        if (part, entry_id) in self._inflight:
            return
        message = Message.loads(fields["m"])
        suspect = int(entry_id.split("-")[0]) <= self._taken_at[part]
        self._inflight.add((part, entry_id))
        entry = Entry(part, entry_id, message, suspect, fields.get("h", "0") != "0")
        queue = self._queues.get(message.openid)
        if queue is not None:
            queue.append(entry)
            return
        self._queues[message.openid] = deque([entry])
        task = asyncio.create_task(self._serve(message.openid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, openid: str) -> None:
        """Everything of one user, one after the other."""
        queue = self._queues[openid]
        try:
            while queue and not self._stopping.is_set():
                await self._settle(queue[0])
                done = queue.popleft()
                self._inflight.discard((done.part, done.id))
        finally:
            for entry in queue:
                self._inflight.discard((entry.part, entry.id))
            del self._queues[openid]

    async def _settle(self, entry: Entry) -> None:
        """Try an entry until it is committed, set aside, or no longer ours."""
        tries = 0
        while entry.part in self._leases.held:
            try:
                deaths = await self._deaths(entry)
                if deaths >= TRIES:
                    await self._set_aside(entry, "its worker died three times")
                    return
                last = deaths == TRIES - 1
                async with self._room.alone() if last else self._room.shared():  # its last try shall take no innocent message with it
                    if entry.suspect:
                        await self._count(entry)
                    await self._turn(entry, last)
                return
            except CommitRefused as error:
                REFUSED.inc()
                log.info("%s", error)
                self._live.drop(entry.message.openid)
                if not await self._redis.xrange(key(entry.part, "inbox"), entry.id, entry.id):
                    return
                await asyncio.sleep(0.05)
            except StoreUnavailable as error:
                log.warning("turn waits for Redis: %s", error)
                self._live.drop(entry.message.openid)
                await asyncio.sleep(0.5)
            except Exception as error:  # noqa: BLE001  whatever a turn raises, the message is kept and tried again
                tries += 1
                self._live.drop(entry.message.openid)
                log.error("turn %s failed (%d of %d)", entry.message.key, tries, TRIES, exc_info=error)
                if tries >= TRIES:
                    await self._set_aside(entry, type(error).__name__)
                    return
                await asyncio.sleep(0.2 * 2**tries)

    async def _deaths(self, entry: Entry) -> int:
        """How many workers may have died of this entry: the one before the first take-over, then one for each try counted."""
        if not entry.suspect:
            return 0
        try:
            return 1 + int(await self._redis.hget(key(entry.part, "attempts"), entry.id) or 0)
        except FAULTS as error:
            raise StoreUnavailable("attempts not read") from error

    async def _count(self, entry: Entry) -> None:
        """Count a try before it starts, and only then: waiting its turn is not a try."""
        try:
            await self._redis.hincrby(key(entry.part, "attempts"), entry.id, 1)
        except FAULTS as error:
            raise StoreUnavailable("attempt not counted") from error

    async def _turn(self, entry: Entry, last: bool) -> None:
        message = entry.message
        await self._chaos.at("before_turn", message.key, last)
        user = None if entry.held else self._live.get(message.openid)
        held: tuple[tuple[str, tuple[Bubble, ...]], ...] = ()
        if user is None:
            state = await self._commits.read(message.openid)
            user, held = self._live.restore(message.openid, self._turns.domain, state), state.held
        self._live.drop(message.openid)  # until it is committed it is nobody's
        with TURN_SECONDS.time():
            commit = await asyncio.wait_for(self._turns.run(message, entry.id, user, held), TURN_LIMIT_S)
        await self._commit(commit, message, last)
        TURNS.inc()
        self._keep(message.openid, user, commit)
        await self._chaos.at("after_commit", message.key, last)

    async def _commit(self, commit: Commit, message: Message, last: bool) -> None:
        if not self._chaos.active:
            await self._commits.commit(commit)
            return
        await self._chaos.at("before_commit", message.key, last)
        under_way = asyncio.create_task(self._commits.commit(commit))
        await asyncio.sleep(0)
        await self._chaos.at("during_commit", message.key, last)
        await under_way

    def _keep(self, openid: str, user: LiveUser, commit: Commit) -> None:
        if commit.trim:
            return  # the next turn restores the shorter window
        user.length += len(commit.tracker)
        user.vault.update(commit.vault)
        self._live.keep(openid, user)

    async def _set_aside(self, entry: Entry, cause: str) -> None:
        state = await self._commits.read(entry.message.openid)
        try:
            await self._commits.commit(self._turns.apology(entry.message, entry.id, state.length, cause))
        except CommitRefused as error:
            log.info("%s", error)
            return
        DEAD.inc()
        log.error("message %s set aside: %s", entry.message.key, cause)
