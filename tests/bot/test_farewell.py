"""A worker hears that a user is gone and forgets him: what it holds in memory, and the word itself."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from rasa.shared.core.trackers import DialogueStateTracker

from bot.chaos import Chaos
from bot.live import LiveUser
from bot.queues import UserQueues
from bot.tries import Entry, Tries
from store.commits import Commits
from store.erase import erase_user
from store.keys import key, partition
from store.message import Message
from store.redis import Redis

USER = "o-farewell"
PART = partition(USER)


async def test_a_live_tracker_goes_with_its_user(redis: Redis) -> None:
    turns = cast(Any, None)  # a farewell is no turn: it would fail here
    queues = UserQueues(Tries(redis, "w"), {PART}, Commits(redis, "w"), turns, Chaos(redis, ""))
    for openid in (USER, "o-stays"):
        queues._live.keep(openid, LiveUser(DialogueStateTracker(openid, None), 0, 3, {}))
    assert await erase_user(redis, Message("bye", USER, kind="event", event="unsubscribe"))
    ((entry, fields),) = await redis.xrange(key(PART, "inbox"))
    queues.put(Entry(PART, entry, Message.loads(fields["m"]), suspect=True, held=False))
    for _ in range(200):
        if not await redis.xlen(key(PART, "inbox")):
            break
        await asyncio.sleep(0.02)
    assert await redis.xlen(key(PART, "inbox")) == 0
    assert queues._live.get(USER) is None and queues._live.get("o-stays")
