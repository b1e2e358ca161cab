"""`weijing projector`: writes the events of the turns to PostgreSQL, each once, and takes them off the streams.

An event leaves its stream only after the commit that wrote it. While PostgreSQL is away the events stay in Redis; after a crash they come again
and `store.projection` leaves out what is written. A malformed event goes to `wj:{p}:events:bad` and does not hold up the others.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from prometheus_client import Counter, Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import db
from store.erasure import sweep
from store.event_streams import EventStreams, Raw
from store.events import parse_event
from store.projection import Entry, project
from store.redis import FAULTS as REDIS_FAULTS
from store.redis import Redis, client
from weijing.errors import EngineError, EventMalformed
from weijing.health import stay
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

BATCH = 200
"""Events in one transaction."""
BLOCK_MS = 1000
LINGER_S = 0.02
"""A pause after a small batch, so that the next one is larger: a commit costs the same for one event as for twenty."""
ROUND_S = 30.0
"""How often the events of projectors that are gone are looked for."""
LONGEST_PAUSE_S = 10.0
KEEP_IDS = text("DELETE FROM weijing.projected WHERE at < now() - interval '7 days'")

WRITTEN = Counter("weijing_projected_total", "Events written to PostgreSQL")
BAD = Counter("weijing_projected_bad_total", "Events set aside because they cannot be written")
LAG = Gauge("weijing_projector_lag_seconds", "Age of the newest event when it was written")


class Projector:
    """The loop of one projector.

    Args:
        streams: where events come from.
        engine: where they go.
    """

    def __init__(self, streams: EventStreams, engine: AsyncEngine) -> None:
        self._streams = streams
        self._engine = engine
        self._next_round = 0.0
        self.working = False

    async def run(self) -> None:
        """Project until cancelled; a fault of Redis or PostgreSQL is waited out."""
        pause = 0.25
        while True:
            try:
                await self._catch_up()
                self.working, pause = True, 0.25
                while True:
                    await self._step()
            except (*REDIS_FAULTS, *db.FAULTS) as error:
                log.warning("events wait in Redis (%s); next try in %.1f s", db.cause_of(error), pause)
                self.working = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _catch_up(self) -> None:
        await self._streams.join()
        while taken := await self._streams.unfinished(BATCH):
            await self._write_all(taken)

    async def _step(self) -> None:
        taken = await self._streams.fresh(BLOCK_MS, BATCH)
        await self._write_all(taken)
        if 0 < len(taken) < BATCH:
            await asyncio.sleep(LINGER_S)
        if time.monotonic() >= self._next_round:
            self._next_round = time.monotonic() + ROUND_S
            await self._write_all(await self._streams.abandoned(BATCH))
            async with self._engine.begin() as connection:
                await connection.execute(KEEP_IDS)
                await sweep(connection)

    async def _write_all(self, taken: Sequence[Raw]) -> None:
        for start in range(0, len(taken), BATCH):
            await self.write(taken[start : start + BATCH])

    async def write(self, taken: Sequence[Raw]) -> None:
        """Write a batch in one transaction and take it off; what cannot be written is set aside.

        Raises:
            DBAPIError, OSError, RedisError: an engine is away; nothing is lost, the batch is read again.
        """
        entries = {raw: entry for raw in taken if raw.text and (entry := await self._parse(raw))}
        try:
            async with self._engine.begin() as connection:
                WRITTEN.inc(await project(connection, list(entries.values())))
        except db.FAULTS as error:
            if not db.refuses_data(error):
                raise
            await self._one_by_one(list(entries), error)
            return
        if entries:
            LAG.set(max(0.0, time.time() - max(entry.event.at.timestamp() for entry in entries.values())))
        await self._streams.finish([raw for raw in taken if raw in entries or not raw.text])

    async def _one_by_one(self, taken: list[Raw], error: BaseException) -> None:
        if len(taken) > 1:
            for raw in taken:
                await self.write([raw])
        else:
            await self._set_aside(taken[0], db.cause_of(error))

    async def _parse(self, raw: Raw) -> Entry | None:
        try:
            return Entry(raw.partition, raw.id, parse_event(raw.text))
        except EventMalformed as error:
            await self._set_aside(raw, error.message)
            return None

    async def _set_aside(self, raw: Raw, why: str) -> None:
        BAD.inc()
        log.error("event %s of partition %d cannot be written (%s); it is kept in the stream of bad events", raw.id, raw.partition, why)
        await self._streams.set_aside(raw, why)


async def readiness(projector: Projector, redis: Redis, engine: AsyncEngine) -> Mapping[str, bool]:
    """Ready when both engines answer and the loop is not waiting out a fault."""
    return {"redis": await _answers(redis.ping(), 2), "postgres": await _answers(_select(engine), 2), "working": projector.working}


async def _select(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _answers(call: Awaitable[Any], seconds: float) -> bool:
    try:
        await asyncio.wait_for(call, seconds)
    except (*REDIS_FAULTS, *db.FAULTS):
        return False
    return True


async def serve_projector(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl-C."""
    redis, engine = client(settings.redis_url), db.async_engine(settings.database_url)
    projector = Projector(EventStreams(redis, f"{socket.gethostname()}:{settings.projector_port}"), engine)
    await stay(settings.projector_port, lambda: readiness(projector, redis, engine), projector.run())
    await engine.dispose()
    await redis.close(close_connection_pool=True)


def main(argv: list[str]) -> int:
    """Run the projector."""
    set_up_logs()
    settings = load_settings()
    if not (settings.redis_url and settings.database_url):
        raise EngineError("the projector needs REDIS_URL and DATABASE_URL; `weijing run` sets them for embedded engines")
    asyncio.run(serve_projector(settings))
    return 0
