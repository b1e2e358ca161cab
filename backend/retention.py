"""What the backend forgets: idempotency keys after their time, wrong proofs after their hour, changes after a month, deliveries of notices that are over,
filings after their `keep_days`, appointments with name and phone of who came `APPOINTMENT_KEEP_DAYS` after their day (个人信息保护法 art. 19)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import asyncpg
from aiohttp import web

from backend.database import FAULTS, POOL, transaction
from backend.forgetting import forget_past
from backend.notices import LIVE
from backend.proofs import WINDOW_S
from backend.supervision import climb
from weijing.errors import EngineError

log = logging.getLogger(__name__)

EVERY_S = 3600.0
PAST_DELIVERIES = f"""
    DELETE FROM backend.notice_deliveries AS told USING backend.notices
     WHERE told.notice = notices.id AND (notices.published_at < now() - interval '30 days' OR NOT ({LIVE}))
"""  # noqa: S608  of our own constants


async def forget(pool: asyncpg.Pool, appointment_days: int) -> None:
    """Delete what is past its time."""
    async with transaction(pool) as connection:
        await connection.execute("DELETE FROM backend.idempotency_keys WHERE expires_at < now()")
        await connection.execute("DELETE FROM backend.wrong_proofs WHERE at < now() - make_interval(secs => $1)", float(WINDOW_S))
        await connection.execute("DELETE FROM backend.changes WHERE at < now() - interval '30 days'")
        await connection.execute(PAST_DELIVERIES)
        await forget_past(connection)
        await connection.execute("DELETE FROM backend.appointments WHERE starts_at < now() - make_interval(days => $1)", appointment_days)


def keep_clean(appointment_days: int) -> Callable[[web.Application], AsyncIterator[None]]:
    """Forget at start and every hour while the app runs, and raise the supervision of what is late."""

    async def clean(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_every_hour(app[POOL], appointment_days))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return clean


async def _every_hour(pool: asyncpg.Pool, appointment_days: int) -> None:
    while True:
        try:
            await forget(pool, appointment_days)
            await climb(pool)
        except (*FAULTS, EngineError, asyncpg.PostgresError) as error:
            log.warning("could not delete what is past its time or raise what is late (%s); next try in an hour", type(error).__name__)
        await asyncio.sleep(EVERY_S)
