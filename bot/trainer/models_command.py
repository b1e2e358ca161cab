"""`weijing models`: which models there are and who serves; with `use MODEL --reason WORDS` all users go to one, also while the console is away.

It needs Redis, PostgreSQL and a running bot. What the gate refused it does not release; a model of BOT_MODEL, or one that was released before, needs no gate.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.trainer.child import Cancelled
from bot.trainer.switch import Switch
from store import audit, jobs, models
from store.db import FAULTS, async_engine, cause_of
from store.jobs import Jobs
from store.redis import client
from store.release import Release, Releases
from weijing.errors import InputError, JobFailed, StoreUnavailable
from weijing.model_file import candidates, find_model, newest_model
from weijing.settings import Settings, load_settings

_LEAST = 4
"""Characters of a reason."""


def main(argv: list[str]) -> int:
    """List, or move all users.

    Raises:
        InputError: there is no such model file, or no reason.
        ModelNotReleasable: the gate refused it.
        JobFailed: it did not come into force; the model before goes on.
        StoreUnavailable: Redis or PostgreSQL did not answer.
    """
    options = argparse.ArgumentParser("weijing models", description=__doc__)
    deeds = options.add_subparsers(dest="deed", metavar="list|use")
    deeds.add_parser("list", help="the models, newest first (the default)")
    use = deeds.add_parser("use", help="move all users to a model")
    use.add_argument("model", help="a file's name from the list, or 'newest': the newest of BOT_MODEL")
    use.add_argument("--reason", required=True, help="why; kept in the audit trail")
    chosen = options.parse_args(argv)
    if chosen.deed == "use" and len(chosen.reason.strip()) < _LEAST:
        raise InputError(f"--reason needs at least {_LEAST} characters: it is what the audit trail will say")
    try:
        print(asyncio.run(_run(load_settings(), chosen)))
    except FAULTS as error:
        raise StoreUnavailable(f"PostgreSQL did not answer ({cause_of(error)}): a change of models is written into the audit trail first") from error
    return 0


async def _run(settings: Settings, chosen: argparse.Namespace) -> str:
    engine, redis = async_engine(settings.database_url), client(settings.redis_url)
    try:
        releases = Releases(redis)
        if chosen.deed == "use":
            return await use(settings, engine, releases, chosen.model, chosen.reason.strip())
        return await listed(settings, engine, releases)
    finally:
        await redis.close(close_connection_pool=True)
        await engine.dispose()


async def listed(settings: Settings, engine: AsyncEngine, releases: Releases) -> str:
    """A line a model: its file, where it stands, what the gate said."""
    rule = await releases.in_force()
    async with engine.connect() as connection:
        rows = {row.file: row for row in await models.listed(connection)}
    places = {candidates(settings.bot_model), settings.bot_model if settings.bot_model.is_dir() else settings.bot_model.parent}
    files = sorted((file for place in places for file in place.glob("*.tar.gz")), key=lambda file: -file.stat().st_mtime)
    return "\n".join(_line(file, rule, rows, trained_here=file.parent == candidates(settings.bot_model)) for file in files) or "no models"


def _line(file: Path, rule: Release | None, rows: Mapping[str, Row], *, trained_here: bool) -> str:
    serves = "serves" if rule and rule.released == file.name else f"canary {rule.share}/64" if rule and rule.canary == file.name else ""
    row = rows.get(file.name)
    gate = "" if not row or not row.gate else "gate open" if row.gate["passed"] else "overridden" if row.override else "gate shut"
    return f"{file.name:48s} {'candidate' if trained_here else 'BOT_MODEL':9s} {serves:12s} {gate:10s} {row.commit if row else ''}".rstrip()


async def use(settings: Settings, engine: AsyncEngine, releases: Releases, name: str, reason: str) -> str:
    """Move all users to a model, as a job that the workbench shows.

    Raises:
        InputError: there is no such file.
        ModelNotReleasable: a candidate that the gate refused and that was never released.
        JobFailed: it did not come into force; the model before goes on.
    """
    file = newest_model(settings.bot_model) if name == "newest" else find_model(settings.bot_model, name)
    if not file.is_file():
        raise InputError(f"there is no model {name}: see 'weijing models'")
    work = Jobs(engine)
    async with engine.begin() as connection:
        row = await models.find(connection, file.name)
        if file.parent == candidates(settings.bot_model) and not (row and row.released_at):
            models.check_releasable(row)
        job = await jobs.begin(connection, "rollback", reason=reason)
        await audit.append(connection, "", "model.commanded", file.name, reason=reason, operator=getpass.getuser())
    try:
        words, result = await Switch(settings, engine, work, releases).move(job, Release(file.name), f"已换到 {file.name}", reason=reason)
    except JobFailed as error:
        await work.finish(job.id, "failed", error.message, {"reason": error.message})
        raise
    except Cancelled as error:
        raise JobFailed("在工作台里取消了，原来的模型照常服务") from error
    await work.finish(job.id, "done", words, result)
    return words
