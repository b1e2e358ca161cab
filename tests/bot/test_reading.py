"""What a worker reads of its inboxes, and when it gives an entry up."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from bot.chaos import Chaos
from bot.pulse import Pulse
from bot.queues import UserQueues
from bot.tries import Entry, Tries
from bot.worker import Worker
from store.commits import Commits
from store.keys import key, partition
from store.leases import Leases
from store.message import Message
from store.redis import Redis, client
from store.turns import Turns
from weijing.engines import EmbeddedRedis


async def test_a_partition_that_was_lost_and_taken_again_during_a_read_is_read_from_the_start(redis: Redis, redis_server: EmbeddedRedis) -> None:
    """The entries before the answer of that read may have been given up meanwhile; passing over them would leave them lying."""
    reader, turns, part = client(redis_server.url), Turns(redis), partition("o1")
    nobody: set[int] = set()  # what is put into the queues is given up at once, as by a worker that has lost its lease
    queues = UserQueues(Tries(redis, "w"), nobody, Commits(redis, "w"), cast(Any, None), Chaos(redis, ""))
    worker = Worker(reader, Leases(redis, "w", 15_000), queues, Pulse())
    worker._cursors, worker._taken_at = {part: "0"}, {part: 0}
    await turns.accept(Message(key="m1", openid="o1", text="一"), "e")
    await worker._read()
    assert worker._cursors[part] != "0"
    reading = asyncio.create_task(worker._read())
    await asyncio.sleep(0.1)
    worker._cursors[part] = "0"  # lost, and taken again
    await turns.accept(Message(key="m2", openid="o1", text="二"), "e")
    await reading
    assert worker._cursors[part] == "0", "m1 would never be read again"
    await worker._read()
    assert worker._cursors[part] == (await redis.xrange(key(part, "inbox")))[-1][0]
    await reader.close(close_connection_pool=True)


async def test_an_entry_is_given_up_when_the_worker_says_so_and_not_while_a_lease_changes_hands(redis: Redis) -> None:
    """A lease that ran out may be taken again a moment later; an entry given up in between would be overtaken by the user's next message."""
    part, leases = partition("o1"), Leases(redis, "w", 15_000)
    queues = UserQueues(Tries(redis, "w"), set(), Commits(redis, "w"), cast(Any, None), Chaos(redis, ""))
    worker = Worker(redis, leases, queues, Pulse())
    renewing = asyncio.create_task(worker._renew())
    while part not in worker._cursors:  # noqa: ASYNC110  the task fills it
        await asyncio.sleep(0.01)
    renewing.cancel()
    async with queues._room.alone():
        queues.put(Entry(part, "1-1", Message(key="m1", openid="o1"), suspect=False, held=False))
        leases.held.discard(part)  # as in the middle of a balance
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)  # a first try, which fails: there is no model here
    assert queues.busy() == {part}, "kept, to be tried again"
    worker._forget(part)
    await asyncio.sleep(0.6)
    assert queues.busy() == set()
