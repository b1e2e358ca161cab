"""What the handlers of the desk work with, opened with the console and closed with it; and what one console does every half minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from console.context import CONSOLE, Console
from console.desk.items import Items
from console.evidence import EVIDENCE
from store.db import FAULTS
from store.desk import Desk
from store.desk_queue import DeskQueue
from store.desk_round import desk_round
from store.evidence import EvidenceStore
from store.held_answers import HeldAnswers
from store.ledger import Ledger
from store.transcript import Transcript
from weijing.errors import WeijingError
from weijing.tasks import end

log = logging.getLogger(__name__)

ROUND_S = 30.0


@dataclass
class Room:
    """The desk of one console."""

    engine: AsyncEngine
    deeds: Desk
    queue: DeskQueue
    transcript: Transcript
    held: HeldAnswers
    evidence: EvidenceStore
    ledger: Ledger
    items: Items


ROOM = web.AppKey("desk_room", Room)


def room_of(request: web.Request) -> Room:
    """The desk of the console that serves this request."""
    return request.config_dict[ROOM]


async def open_room(app: web.Application) -> AsyncIterator[None]:
    """The desk while the console runs; behind `console.context.CONSOLE` and `console.evidence.EVIDENCE`."""
    console = app[CONSOLE]
    engine, redis = console.engine, console.redis
    room = Room(
        engine, Desk(engine, redis), DeskQueue(engine), Transcript(engine), HeldAnswers(engine, redis), app[EVIDENCE], Ledger(redis), Items(console.http)
    )
    app[ROOM] = room
    task = asyncio.create_task(_rounds(console))
    yield
    await end(task)


async def _rounds(console: Console) -> None:
    """What any console may do, and each of them does."""
    while True:
        await asyncio.sleep(ROUND_S)
        try:
            await desk_round(console.engine, console.redis, console.settings.desk_silent_minutes)
        except (WeijingError, *FAULTS) as error:
            log.warning("a round of the desk was left out: %s", type(error).__name__)
