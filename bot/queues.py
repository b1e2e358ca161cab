"""One queue and one task for each user: messages of a user keep their order, and a slow turn delays nobody else."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import nullcontext

from bot.chaos import Chaos
from bot.live import LiveUser, LiveUsers
from bot.metrics import DEAD, REFUSED, TURN_SECONDS, TURNS
from bot.room import Room
from bot.tries import TRIES, Entry, Tries
from bot.turn import TurnRunner
from store.commits import Commit, Commits
from store.erase import GONE
from store.message import Bubble, Message
from weijing.errors import CommitRefused, StoreUnavailable

log = logging.getLogger(__name__)

RUNNING = 64
"""Turns under way at once in one worker: they share one core, more would only wait inside."""
TURN_LIMIT_S = 30.0
"""An action is bounded to seconds; a turn that hangs longer is a defect and is given up like one that raised."""


class UserQueues:
    """Runs the turns of one worker.

    Args:
        tries: counts this worker's.
        owned: the partitions that this worker has; `own` and `forget` change it.
        commits: this worker's.
        turns: runs turns on the loaded model.
        chaos: strikes in test.
    """

    def __init__(self, tries: Tries, owned: set[int], commits: Commits, turns: TurnRunner, chaos: Chaos) -> None:
        self._tries = tries
        self._owned = owned
        self._commits = commits
        self._turns = turns
        self._chaos = chaos
        self._live = LiveUsers()
        self._under_way: set[tuple[int, str]] = set()
        self._queues: dict[str, deque[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = Room(RUNNING)
        self._closing = False

    def put(self, entry: Entry) -> None:
        """Take an entry in; one that is under way already is left alone."""
        if (entry.part, entry.id) in self._under_way:
            return
        self._under_way.add((entry.part, entry.id))
        openid = entry.message.openid
        if openid in self._queues:
            self._queues[openid].append(entry)
            return
        self._queues[openid] = deque([entry])
        task = asyncio.create_task(self._serve(openid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def busy(self) -> set[int]:
        """Partitions with work under way."""
        return {part for part, _ in self._under_way}

    def own(self, part: int) -> None:
        """The partition is this worker's. Until `forget` its entries are tried again whatever the lease says: the commit asks the lease, and an entry
        given up while the lease is taken again would be overtaken by the next."""
        self._owned.add(part)

    def forget(self, part: int) -> None:
        """The partition is another worker's."""
        self._owned.discard(part)
        self._live.drop_partition(part)

    async def close(self, seconds: float) -> None:
        """Start no further turn and wait for those under way."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _serve(self, openid: str) -> None:
        """Everything of one user, one after the other."""
        queue = self._queues[openid]
        try:
            while queue and not self._closing:
                await self._settle(queue[0])
                done = queue.popleft()
                self._under_way.discard((done.part, done.id))
        finally:
            for entry in queue:
                self._under_way.discard((entry.part, entry.id))
            del self._queues[openid]

    async def _settle(self, entry: Entry) -> None:
        """Try an entry until it is committed, set aside, or no longer ours. Whatever happens, the message is not forgotten here."""
        cause = "its worker died three times"
        while entry.part in self._owned:
            try:
                if entry.message.event == GONE:
                    self._live.drop(entry.message.openid)
                    await self._tries.strike(entry)
                    return
                spent = await self._tries.spent(entry)
                if spent >= TRIES:
                    await self._set_aside(entry, cause)
                else:
                    await self._try(entry, spent)
                return
            except CommitRefused as error:
                REFUSED.inc()
                log.info("%s", error)
                if await self._is_done(entry):
                    return
                await asyncio.sleep(0.1)  # the leases are about to tell whose it is
            except StoreUnavailable as error:
                log.warning("turn waits for Redis: %s", error)
                await asyncio.sleep(0.5)
            except Exception as error:  # whatever a turn raises, the message is kept and tried again
                entry.failures += 1
                cause = type(error).__name__
                log.error("turn %s failed (%d of %d)", entry.message.key, entry.failures, TRIES, exc_info=error)
                await asyncio.sleep(0.2 * 2**entry.failures)
            self._live.drop(entry.message.openid)

    async def _is_done(self, entry: Entry) -> bool:
        """After a refusal: whether another worker has answered the message. While Redis is away we do not know, and say no."""
        try:
            await self._tries.survived(entry)
            return not await self._tries.still_there(entry)
        except StoreUnavailable:
            await asyncio.sleep(0.5)
            return False

    async def _try(self, entry: Entry, spent: int) -> None:
        last = entry.suspect and spent == TRIES - 1
        if entry.suspect:
            log.info("message %s is taken up again, try %d of %d", entry.message.key, spent + 1, TRIES)
        async with self._room.alone() if last else self._room.shared():  # its last try shall take no innocent message with it
            with self._chaos.sparing(entry.message.key) if last else nullcontext():
                await self._tries.begin(entry)
                await self._turn(entry)

    async def _turn(self, entry: Entry) -> None:
        message = entry.message
        await self._chaos.at("before_turn", message.key)
        user = None if entry.held else self._live.get(message.openid)
        held: tuple[tuple[str, tuple[Bubble, ...]], ...] = ()
        if user is None:
            state = await self._commits.read(message.openid)
            user, held = self._live.restore(message.openid, self._turns.domain, state), state.held
        self._live.drop(message.openid)  # until it is committed it is nobody's
        with TURN_SECONDS.time():
            commit = await asyncio.wait_for(self._turns.run(message, entry.id, user, held), TURN_LIMIT_S)
        waits = await self._commit(commit, message)
        TURNS.inc()
        if not waits:  # else the next turn reads the user, and what waits, from the store
            self._keep(message.openid, user, commit)
        await self._chaos.at("after_commit", message.key)

    async def _commit(self, commit: Commit, message: Message) -> bool:
        if not self._chaos.active:
            return await self._commits.commit(commit)
        await self._chaos.at("before_commit", message.key)
        under_way = asyncio.create_task(self._commits.commit(commit))
        await asyncio.sleep(0)
        await self._chaos.at("during_commit", message.key)
        return await under_way

    def _keep(self, openid: str, user: LiveUser, commit: Commit) -> None:
        if commit.trim:
            return  # the next turn restores the shorter window
        user.length += len(commit.tracker)
        user.vault.update(commit.vault)
        self._live.keep(openid, user)

    async def _set_aside(self, entry: Entry, cause: str) -> None:
        state = await self._commits.read(entry.message.openid)
        await self._commits.commit(self._turns.apology(entry.message, entry.id, state.length, cause))
        self._live.drop(entry.message.openid)
        DEAD.inc()
        log.error("message %s set aside: %s", entry.message.key, cause)
