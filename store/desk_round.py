"""What the desk does by itself, every half minute or so; any console may run it, several at once do no harm."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from store.desk import Desk
from store.held_answers import HeldAnswers
from store.redis import Redis


@dataclass(frozen=True)
class Done:
    """How many conversations were put back, deeds told again, held answers handed over or sent again."""

    released: int
    told: int
    expired: int
    resent: int


async def desk_round(engine: AsyncEngine, redis: Redis, silent_minutes: int) -> Done:
    """Put back what nobody looks after, hand over what nobody decided, and heal what a dead process left half done.

    Args:
        silent_minutes: DESK_SILENT_MINUTES.

    Raises:
        StoreUnavailable, DBAPIError, OSError: an engine is away; the next round does it.
    """
    desk, held = Desk(engine, redis), HeldAnswers(engine, redis)
    released = await desk.release_silent(silent_minutes)
    return Done(len(released), await desk.notes.repeat(), await held.expire(), await held.resend())
