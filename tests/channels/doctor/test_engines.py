"""The doctor looks at real engines that are stopped, badly set up or behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from channels.doctor import engines
from store.migrate import migrate
from store.redis import Redis
from store.turns import dumps
from tests.channels.conftest import settings_with
from tests.channels.doctor.conftest import free_port, look, new_database, the_one
from weijing.engines import EmbeddedPostgres, EmbeddedRedis, start_redis


@pytest.fixture(scope="module")
def other_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("config", "state", "words"),
    [
        ({}, "good", "AOF on, noeviction"),
        ({"appendonly": "no"}, "failure", "AOF is off"),
        ({"maxmemory-policy": "allkeys-lru"}, "failure", "allkeys-lru"),
        ({"maxmemory": "900000"}, "warning", "% of its memory"),
    ],
)
async def test_redis_as_it_is_set_up(other_redis: EmbeddedRedis, config: dict[str, str], state: str, words: str) -> None:
    from store.redis import client

    redis = client(other_redis.url)
    before = {name: (await redis.config_get(name))[name] for name in config}
    try:
        for name, value in config.items():
            await redis.config_set(name, value)
        found = await the_one(engines.check_redis, settings_with(other_redis.url))
    finally:
        for name, value in before.items():
            await redis.config_set(name, value)
        await redis.close(close_connection_pool=True)
    assert found.state == state and words in found.words, found
    assert bool(found.remedy) == (state != "good")


async def test_redis_that_stopped(tmp_path: Path) -> None:
    server = start_redis(tmp_path)
    assert (await the_one(engines.check_redis, settings_with(server.url))).state == "good"
    server.stop()
    found = await the_one(engines.check_redis, settings_with(server.url))
    assert found.state == "failure" and "does not answer" in found.words and "REDIS_URL" in found.remedy
    assert (await the_one(engines.check_redis, settings_with(""))).remedy.startswith("start the house")


async def test_postgresql_up_to_date_behind_and_away(postgres_server: EmbeddedPostgres) -> None:
    empty = new_database(postgres_server, "doctor_empty")
    found = await the_one(engines.check_postgres, settings_with("", database_url=empty))
    assert found.state == "failure" and "version none" in found.words and found.remedy == "weijing migrate"
    migrate(empty, "0001")
    found = await the_one(engines.check_postgres, settings_with("", database_url=empty))
    assert found.state == "failure" and "0001" in found.words
    migrate(empty)
    assert (await the_one(engines.check_postgres, settings_with("", database_url=empty))).state == "good"
    with psycopg2.connect(empty) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO weijing.evidence (id, openid, kind, received_at, keep_until) VALUES ('E-1', 'o', 'image', now() - interval '1 hour', now())"
        )
    assert ("warning", "evidence") in [(one.state, one.name) for one in await look(engines.check_postgres, settings_with("", database_url=empty))]
    away = f"postgresql://weijing:password-of-the-test@127.0.0.1:{free_port()}/weijing"
    found = await the_one(engines.check_postgres, settings_with("", database_url=away))
    assert found.state == "failure" and "DATABASE_URL" in found.remedy and "password-of-the-test" not in str(found)


async def test_what_was_given_up_is_counted(redis: Redis, redis_server: EmbeddedRedis) -> None:
    settings = settings_with(redis_server.url)
    assert (await the_one(engines.check_leftovers, settings)).state == "good"
    await redis.xadd("wj:{3}:dead", {"d": dumps({"key": "k", "openid": "o", "cause": "c"})})
    await redis.xadd("wj:{5}:events:bad", {"e": "{}"})
    found = await look(engines.check_leftovers, settings)
    assert [(one.state, one.name) for one in found] == [("warning", "dead letters"), ("warning", "bad events")]
