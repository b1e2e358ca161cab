"""A worker follows the desk's hours, so that the words of a handoff tell when a person really answers."""

from __future__ import annotations

import asyncio
import logging

from store.keys import HOURS
from store.redis import FAULTS, Redis
from weijing.desk_hours import USUAL, DeskHours, take_over

log = logging.getLogger(__name__)

BEAT_S = 10.0


async def follow_hours(redis: Redis) -> None:
    """Follow for ever; while Redis is away the hours stay as they are."""
    while True:
        try:
            await read_hours(redis)
        except FAULTS as error:
            log.warning("the desk's hours are not followed (%s)", type(error).__name__)
        await asyncio.sleep(BEAT_S)


async def read_hours(redis: Redis) -> None:
    """Take over what the console wrote; nothing there: the offices' hours."""
    told = await redis.get(HOURS)
    take_over(DeskHours.of_json(told) if told else DeskHours(USUAL))
