"""A subscription that lasts: when Redis is lost it is made again, and its owner is told to look for himself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from store.redis import FAULTS, Redis

log = logging.getLogger(__name__)

Hear = Callable[[dict[str, str]], None]
"""Gets each event of redis-py's: `message` or `pmessage`, and `subscribe` or `psubscribe` after each (re)subscription, for hints may have passed meanwhile."""

_PAUSE_S = (0.05, 1.0)
"""Shortest and longest pause before subscribing again."""


async def listen(redis: Redis, channel: str, hear: Hear, whose: str) -> None:
    """Subscribe for ever.

    Args:
        redis: a client without a command time-out.
        channel: its name, or a pattern with `*`.
        whose: for the log, e.g. `the edge's`.
    """
    pause = _PAUSE_S[0]
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=False) as pubsub:
                await (pubsub.psubscribe if channel.endswith("*") else pubsub.subscribe)(channel)
                async for event in pubsub.listen():
                    pause = _PAUSE_S[0]
                    hear(event)
        except FAULTS as error:
            log.warning("%s subscription was lost (%s); subscribing again", whose, type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _PAUSE_S[1])
