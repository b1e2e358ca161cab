"""Jobs of the trainer's process: asked for by a page, taken one at a time, followed live (`weijing_desk`), cancelled by a word in their row."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.db import FAULTS, cause_of

logger = logging.getLogger(__name__)

SILENT_S = 90
"""A running job that has not been seen for so long has lost its process."""
_LOG_CHARACTERS = 100_000
_ADD = text("""
    INSERT INTO weijing.jobs (kind, args, by, commit, model) VALUES (:kind, CAST(:args AS jsonb), :by, :commit, :model) RETURNING id""")
_TAKE = text("""
    UPDATE weijing.jobs SET state = 'running', started_at = now(), seen_at = now(), step = '开始' WHERE id =
    (SELECT id FROM weijing.jobs WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, args, by, commit, model""")
_BEGIN = text("UPDATE weijing.jobs SET state = 'running', started_at = now(), seen_at = now() WHERE id = :id")
_SEEN = text("""
    UPDATE weijing.jobs SET seen_at = now(), progress = GREATEST(progress, :progress), step = COALESCE(NULLIF(:step, ''), step),
    log = right(log || :log, :longest) WHERE id = :id RETURNING state""")
_FINISH = text("""
    UPDATE weijing.jobs SET state = :state, progress = CASE WHEN :state = 'done' THEN 100 ELSE progress END, step = :step, finished_at = now(),
    result = CAST(:result AS jsonb), model = COALESCE(NULLIF(:model, ''), model) WHERE id = :id AND state = 'running'""")
_CANCEL = text("""
    UPDATE weijing.jobs SET state = 'cancelled', step = '已取消', finished_at = now() WHERE id = :id AND state IN ('queued', 'running') RETURNING id""")
_LOST = text("""
    UPDATE weijing.jobs SET state = 'failed', step = '训练进程中断了，请再来一次', finished_at = now()
    WHERE state = 'running' AND seen_at < now() - make_interval(secs => :silent) RETURNING id""")
_TELL = text("SELECT pg_notify('weijing_desk', :told)")


@dataclass(frozen=True)
class Job:
    """A job that was taken.

    Args:
        by: who asked; None for what the house does by itself.
        commit: of the data; empty for the newest.
        model: id of the model that it is about, or empty.
    """

    id: int
    kind: str
    args: dict[str, Any]
    by: str | None
    commit: str
    model: str


async def add(connection: AsyncConnection, kind: str, by: str | None, *, commit: str = "", model: str = "", **args: Any) -> int:
    """Ask for a job in the caller's transaction; returns its number."""
    values = {"kind": kind, "args": json.dumps(args, ensure_ascii=False), "by": by, "commit": commit, "model": model}
    number = int((await connection.execute(_ADD, values)).scalar_one())
    await _tell(connection, number)
    return number


async def begin(connection: AsyncConnection, kind: str, **args: Any) -> Job:
    """Note a job that this very process does now; nobody else takes it."""
    number = await add(connection, kind, None, **args)
    await connection.execute(_BEGIN, {"id": number})
    return Job(number, kind, args, None, "", "")


async def cancel(connection: AsyncConnection, number: int) -> bool:
    """End a job that is not over; a running one's process is killed within a second or two. Whether there was something to end."""
    done = (await connection.execute(_CANCEL, {"id": number})).first() is not None
    if done:
        await _tell(connection, number)
    return done


class Jobs:
    """The queue as the trainer's process works it off."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take(self) -> Job | None:
        """The oldest job that waits, now running; None when there is none. Jobs that lost their process are given up."""
        async with self._engine.begin() as connection:
            for row in await connection.execute(_LOST, {"silent": SILENT_S}):
                await _tell(connection, row.id)
            row = (await connection.execute(_TAKE)).first()
            if row is None:
                return None
            await _tell(connection, row.id)
            return Job(row.id, row.kind, row.args, row.by, row.commit, row.model)

    async def seen(self, number: int, *, progress: int = 0, step: str = "", log: str = "") -> bool:
        """A sign of life, with what is new; False when somebody has cancelled the job. While PostgreSQL is away the work goes on unseen."""
        values = {"id": number, "progress": progress, "step": step, "log": log, "longest": _LOG_CHARACTERS}
        try:
            async with self._engine.begin() as connection:
                state = (await connection.execute(_SEEN, values)).scalar_one()
                if step or log or progress:
                    await _tell(connection, number)
        except FAULTS as error:
            logger.warning("job %d goes on unseen: PostgreSQL is away (%s)", number, cause_of(error))
            return True
        return bool(state == "running")

    async def finish(self, number: int, state: str, step: str, result: Mapping[str, Any], model: str = "") -> None:
        """The job is over, unless it was cancelled before."""
        async with self._engine.begin() as connection:
            values = {"id": number, "state": state, "step": step, "result": json.dumps(result, ensure_ascii=False), "model": model}
            await connection.execute(_FINISH, values)
            await _tell(connection, number)


async def _tell(connection: AsyncConnection, number: int) -> None:
    await connection.execute(_TELL, {"told": json.dumps({"what": "job", "openid": str(number)})})
