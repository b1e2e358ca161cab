"""What a worker reads of its inboxes."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from bot.chaos import Chaos
from bot.pulse import Pulse
from bot.queues import UserQueues
from bot.tries import Tries
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
