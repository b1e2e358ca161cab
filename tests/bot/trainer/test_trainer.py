"""The trainer's process with a real bot: a model is trained, refused, let through, released, watched as a canary, and taken back."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import pytest_asyncio
from dulwich import porcelain
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.trainer.canary import LEAST, Live, fault
from store import jobs, models
from store.db import async_engine
from store.migrate import migrate
from store.redis import Redis
from store.release import Releases
from tests.bot.small_model import CONFIG, SMALL, train_small
from tests.e2e.house import House, free_port
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.settings import ROOT

PATIENCE_S = 200.0


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> str:
    name = f"trainer_{uuid4().hex[:10]}"
    connection = psycopg2.connect(postgres_server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    url = str(make_url(postgres_server.url).set(database=name).render_as_string(hide_password=False))
    migrate(url)
    return url


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trainers' repository with the small bot and two held-out messages; its working tree is broken, for only what is committed counts."""
    folder = tmp_path_factory.mktemp("repo")
    (folder / "data").mkdir()
    shutil.copy(SMALL / "data.yml", folder / "data" / "data.yml")
    shutil.copytree(ROOT / "data" / "dict", folder / "data" / "dict")
    shutil.copytree(ROOT / "data" / "service_items", folder / "data" / "service_items")
    shutil.copy(SMALL / "domain.yml", folder / "domain.yml")
    (folder / "config.yml").write_text(CONFIG.format(policy="bot.policies.IndexedRulePolicy"))
    (folder / "tests" / "nlu").mkdir(parents=True)
    (folder / "tests" / "nlu" / "talk.yml").write_text("- {text: 谢谢, intent: thank}\n- {text: 你好, intent: greet}\n")
    (folder / "tests" / "nlu" / "floors.yml").write_text("accuracy: 0.5\n")
    porcelain.init(str(folder))
    porcelain.add(str(folder), [str(path) for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts])
    porcelain.commit(str(folder), message=b"first", author=b"T <t@weijing>", committer=b"T <t@weijing>")
    (folder / "domain.yml").write_text("an edit that was never committed")
    return folder


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis, database: str, repository: Path) -> Iterator[House]:
    folder = tmp_path / "models"
    folder.mkdir()
    train_small(folder, "bot.policies.IndexedRulePolicy")
    ports = {"BOT_PORT": str(free_port()), "TRAINER_PORT": str(free_port())}
    made = House(tmp_path, {"REDIS_URL": redis_server.url, "DATABASE_URL": database, "BOT_MODEL": str(folder), "WORKBENCH_REPO": str(repository), **ports})
    yield made
    made.stop()


@pytest_asyncio.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(database)
    yield engine
    await engine.dispose()


async def asked(engine: AsyncEngine, kind: str, **more: Any) -> Any:
    """Ask for a job and wait for its end."""
    async with engine.begin() as connection:
        number = await jobs.add(connection, kind, "xunlian", **more)
    return await ended(engine, number)


async def ended(engine: AsyncEngine, number: int) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        async with engine.connect() as connection:
            job = (await connection.execute(text("SELECT * FROM weijing.jobs WHERE id = :id"), {"id": number})).one()
        if job.finished_at:
            return job
        await asyncio.sleep(0.2)
    raise AssertionError(f"job {number} is still {job.state}: {job.step}\n{job.log[-2000:]}")


async def test_from_training_to_rollback(house: House, redis: Redis, engine: AsyncEngine) -> None:
    for name in ("bot", "trainer"):
        house.wait_ready(house.start(name), int(house.environment[f"{name.upper()}_PORT"]), PATIENCE_S)
    releases = Releases(redis)
    trained = await asked(engine, "train")
    assert trained.state == "done" and trained.model and trained.result["commit"], (trained.step, trained.log)
    assert not trained.result["passed"] and "语料检查" in trained.step, "its data is far from sound"
    assert trained.result["training_seconds"] > 0 and "KeywordIntentClassifier" in trained.log
    crossed = await asked(engine, "crossval")
    assert crossed.state == "failed" and "CascadeIntentClassifier" in crossed.log, "the small bot has none"
    refused = await asked(engine, "release", model=trained.model, share=64)
    assert refused.state == "failed" and "不能发布" in refused.step and await releases.wished() is None
    async with engine.begin() as connection:
        await models.allow(connection, trained.model, "小模型，只为测试放行")
    tried = await asked(engine, "release", model=trained.model, share=16)
    rule = await releases.in_force()
    assert tried.state == "done" and rule and rule.canary and rule.share == 16, tried.step
    async with engine.begin() as connection:
        await play(connection, trained.model, LEAST + 10, fallbacks=40)
        released = (await connection.execute(text("SELECT id FROM weijing.models WHERE state = 'released'"))).scalar_one()
        await play(connection, released, 200, fallbacks=20)
    back = await ended(engine, await own_job(engine))
    rule = await releases.in_force()
    assert back.state == "done" and "没听懂 40/60" in back.result["reason"] and rule and not rule.canary
    async with engine.connect() as connection:
        noted = (await connection.execute(text("SELECT object, detail FROM weijing.audit WHERE act = 'model.returned'"))).one()
    assert noted.object == tried.result["canary"] and "40/60" in noted.detail["reason"]
    whole = await asked(engine, "release", model=trained.model, share=64)
    assert whole.state == "done" and (rule := await releases.in_force()) and rule.released == tried.result["canary"]
    rolled = await asked(engine, "rollback")
    assert rolled.state == "done" and (rule := await releases.in_force()) and rule.released == rolled.result["released"] != whole.result["released"]


async def play(connection: Any, model: str, turns: int, *, fallbacks: int) -> None:
    """Turns of a model as the projector writes them."""
    for number in range(turns):
        values = {"key": uuid4().hex, "model": model, "decision": "fallback" if number < fallbacks else "answer", "at": datetime.now(timezone.utc)}
        statement = "INSERT INTO weijing.turns (key, openid, decision, model_id, at) VALUES (:key, 'o', :decision, :model, :at)"
        await connection.execute(text(statement), values)


async def own_job(engine: AsyncEngine) -> int:
    """The number of the job that the house gave itself."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        async with engine.connect() as connection:
            found = (await connection.execute(text("SELECT id FROM weijing.jobs WHERE kind = 'rollback' AND by IS NULL"))).scalar()
        if found:
            return int(found)
        await asyncio.sleep(0.3)
    raise AssertionError("the canary was not taken back")


def test_a_canary_goes_back_only_beyond_chance_and_with_enough_turns() -> None:
    released = Live(1000, 100, 2)
    assert fault(Live(LEAST - 1, 40, 0), released) == ""
    assert fault(Live(60, 8, 0), released) == ""
    assert "没听懂 20/60" in fault(Live(60, 20, 0), released)
    assert "出错 5/60" in fault(Live(60, 6, 5), released)
    assert fault(Live(60, 0, 0), Live(0, 0, 0)) == ""


async def test_a_job_goes_on_unseen_while_postgresql_is_away() -> None:
    engine = async_engine("postgresql://postgres@127.0.0.1:9/none")
    assert await jobs.Jobs(engine).seen(1, progress=50, log="..."), "a child of half an hour is not given up for a restart of some seconds"
    await engine.dispose()
