"""`weijing models`: who serves, and the way to another model without the console."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.trainer.models_command import listed, main, use
from store import models
from store.redis import Redis
from store.release import Releases
from tests.bot.small_model import train_small
from tests.bot.trainer.test_trainer import database, engine  # noqa: F401  fixtures
from tests.channels.conftest import settings_with
from weijing.errors import InputError, JobFailed, ModelNotReleasable
from weijing.model_file import model_id
from weijing.settings import Settings


@pytest_asyncio.fixture
async def settings(tmp_path: Path, database: str, engine: AsyncEngine) -> Settings:  # noqa: F811
    """A folder with a model of the program and a candidate; nothing was released yet."""
    made = train_small(tmp_path, "bot.policies.IndexedRulePolicy").rename(tmp_path / "program.tar.gz")
    (tmp_path / "candidates").mkdir()
    shutil.copy(made, tmp_path / "candidates" / "trained.tar.gz")
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE weijing.models, weijing.jobs"))
    return settings_with("", database_url=database, bot_model=tmp_path)


async def keeper(releases: Releases, *, fails: bool = False) -> None:
    """A bot that loads whatever is wished for, or cannot."""
    while True:
        wished = await releases.wished()
        if wished and fails:
            told = {name: {"state": "failed", "words": "cannot be read", "model_id": ""} for name in wished.models}
            await releases.tell("host:1", {"epoch": wished.epoch, "models": told})
        elif wished:
            await releases.enforce(wished)
        await asyncio.sleep(0.05)


async def rows(engine: AsyncEngine, words: str) -> list[Any]:  # noqa: F811
    async with engine.connect() as connection:
        return list(await connection.execute(text(words)))


async def test_all_users_go_to_a_model_and_the_trail_says_why(settings: Settings, engine: AsyncEngine, redis: Redis) -> None:  # noqa: F811
    releases = Releases(redis)
    keeping = asyncio.create_task(keeper(releases))
    assert "program.tar.gz" in await use(settings, engine, releases, "newest", "控制台打不开，先退回")
    keeping.cancel()
    rule = await releases.in_force()
    assert rule and rule.released == "program.tar.gz" and not rule.canary
    lines = (await listed(settings, engine, releases)).splitlines()
    assert len(lines) == 2 and sum("serves" in line for line in lines) == 1 and any("trained.tar.gz" in line and "candidate" in line for line in lines)
    ((kind, by, state, result),) = await rows(engine, "SELECT kind, by, state, result FROM weijing.jobs")
    assert (kind, by, state, result["released"]) == ("rollback", None, "done", "program.tar.gz"), "the workbench shows it"
    (noted,) = await rows(engine, "SELECT object, detail FROM weijing.audit WHERE act = 'model.commanded'")
    assert noted.object == "program.tar.gz" and noted.detail["reason"] == "控制台打不开，先退回" and noted.detail["operator"]
    assert [row.state for row in await rows(engine, "SELECT state FROM weijing.models WHERE file = 'program.tar.gz'")] == ["released"]


async def test_what_the_gate_did_not_pass_and_what_is_not_there(settings: Settings, engine: AsyncEngine, redis: Redis) -> None:  # noqa: F811
    releases = Releases(redis)
    with pytest.raises(InputError):
        await use(settings, engine, releases, "../../etc/passwd", "看看行不行")
    with pytest.raises(ModelNotReleasable):
        await use(settings, engine, releases, "trained.tar.gz", "没有评测过")
    async with engine.begin() as connection:
        await models.keep(connection, model_id(settings.bot_model / "program.tar.gz"), "trained.tar.gz", "c", _now(), None)
        await models.judge(connection, model_id(settings.bot_model / "program.tar.gz"), {"gate": {"passed": False, "demands": []}})
    with pytest.raises(ModelNotReleasable):
        await use(settings, engine, releases, "trained.tar.gz", "关口没有放行")
    assert await releases.wished() is None and not await rows(engine, "SELECT id FROM weijing.jobs")
    with pytest.raises(InputError, match="--reason"):
        main(["use", "newest", "--reason", "急"])


async def test_a_model_that_will_not_load_leaves_the_one_before(settings: Settings, engine: AsyncEngine, redis: Redis) -> None:  # noqa: F811
    releases = Releases(redis)
    failing = asyncio.create_task(keeper(releases, fails=True))
    with pytest.raises(JobFailed, match="cannot be read"):
        await use(settings, engine, releases, "program.tar.gz", "控制台打不开")
    failing.cancel()
    assert await releases.in_force() is None
    assert [row.state for row in await rows(engine, "SELECT state FROM weijing.jobs")] == ["failed"]


def _now() -> datetime:
    return datetime.now(timezone.utc)
