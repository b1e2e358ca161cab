"""`weijing trainer`: takes jobs one at a time, and looks after the canary."""

from __future__ import annotations

import asyncio
import logging
from argparse import ArgumentParser
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.trainer import canary
from bot.trainer.child import Cancelled
from bot.trainer.deeds import Deeds
from bot.trainer.standby import Standby
from bot.trainer.switch import Switch
from store.db import FAULTS, async_engine, cause_of
from store.jobs import Job, Jobs
from store.redis import client
from store.release import Releases
from weijing.errors import WeijingError
from weijing.health import stay
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

LOOK_S = 0.5
CANARY_S = 5.0


def main(argv: list[str]) -> int:
    """Serve until SIGTERM.

    Raises:
        EngineError: the port is taken or DATABASE_URL is no address.
    """
    ArgumentParser("weijing trainer", description=__doc__).parse_args(argv)
    set_up_logs()
    asyncio.run(_serve(load_settings()))
    return 0


async def _serve(settings: Settings) -> None:
    engine, redis = async_engine(settings.database_url), client(settings.redis_url)
    jobs, releases = Jobs(engine), Releases(redis)
    standby = Standby()
    deeds = Deeds(settings, engine, jobs, Switch(settings, engine, jobs, releases), standby)

    async def ready() -> Mapping[str, bool]:
        return {"database": await _answers(engine)}

    try:
        await stay(settings.trainer_port, ready, work(jobs, deeds), _watch(engine, releases), standby.keep())
    finally:
        await redis.close(close_connection_pool=True)
        await engine.dispose()


async def _answers(engine: AsyncEngine) -> bool:
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except FAULTS:
        return False
    return True


async def work(jobs: Jobs, deeds: Deeds) -> None:
    """Take jobs for ever; while PostgreSQL is away none is taken."""
    while True:
        try:
            job = await jobs.take()
            if job:
                await do(jobs, deeds, job)
                continue
        except FAULTS as error:
            log.warning("jobs wait for PostgreSQL (%s)", cause_of(error))
        await asyncio.sleep(LOOK_S)


async def do(jobs: Jobs, deeds: Deeds, job: Job) -> None:
    """One job to its end; whatever stops it is told in its row, and a trainer that is told to leave says so too."""
    log.info("job %d (%s) begins", job.id, job.kind)
    try:
        words, result = await deeds.do(job)
        await jobs.finish(job.id, "done", words, result, str(result.get("model", "")))
    except Cancelled:
        log.info("job %d is cancelled", job.id)
    except WeijingError as error:
        log.warning("job %d failed: %s", job.id, error)
        await jobs.finish(job.id, "failed", error.message, {"reason": error.message})
    except asyncio.CancelledError:
        await jobs.finish(job.id, "failed", "训练进程停下了，请再来一次", {})
        raise


async def _watch(engine: AsyncEngine, releases: Releases) -> None:
    while True:
        try:
            reason = await canary.watch(engine, releases)
            if reason:
                log.warning("the canary goes back: %s", reason)
        except WeijingError as error:
            log.warning("the canary is not watched: %s", error)
        except FAULTS as error:
            log.warning("the canary is not watched (%s)", cause_of(error))
        await asyncio.sleep(CANARY_S)
