"""Binding an identity through real processes whose workers are killed with -9 while they do it: one binding, one answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from dotenv import dotenv_values

from store.redis import Redis
from tests.actions.talk import train_rules
from tests.channels.conftest import settings_with
from tests.channels.h5.conftest import Phone
from tests.e2e.house import House, free_port
from tests.e2e.storm import Backend, start_backend
from weijing.engines import EmbeddedPostgres, EmbeddedRedis

PERSON = {"name": "赵示例", "id_number": "110101190001010014", "phone": "19900000001", "consent": "yes"}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Domain and rules; what a page sends needs no NLU."""
    return train_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def backend(tmp_path: Path, postgres_server: EmbeddedPostgres) -> Iterator[Backend]:
    made = start_backend(tmp_path, postgres_server.url)
    yield made
    made.house.stop()


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis, rules: Path, backend: Backend) -> Iterator[House]:
    ports = {name: str(free_port()) for name in ("EDGE_PORT", "BOT_PORT")}
    made = House(tmp_path, {"REDIS_URL": redis_server.url, "BOT_MODEL": str(rules), "BOT_LEASE_MS": "2000", **ports, **backend.environment})
    yield made
    made.stop()


async def test_a_killed_worker_binds_once_and_answers_once(house: House, backend: Backend, redis: Redis) -> None:
    edge = house.start("edge")
    bot = house.start("bot", CHAOS_PLAN="kill@in_action=1")  # twice, each time when the backend has done its part and nothing is committed
    for process, port in ((edge, "EDGE_PORT"), (bot, "BOT_PORT")):
        house.wait_ready(process, int(house.environment[port]))
    phone = Phone(settings_with("", edge_port=int(house.environment["EDGE_PORT"]), wechat_app_id=app_id(house)))
    page = await phone.get("/h5/identity")
    filled = {"token": page.hidden("token"), **PERSON}
    for _ in range(5):  # a page that is told to wait may be sent again: it joins its turn
        page = await phone.post("/h5/identity", filled)
        assert page.status == 200, page.text
        if "绑定成功：赵**" in page.text:
            break
    assert "绑定成功：赵**" in page.text
    assert int((await redis.hgetall("wj:chaos:count"))["SIGKILL@in_action"]) == 2
    database = await asyncpg.connect(backend.database_url)
    assert await database.fetchval("SELECT count(*) FROM backend.identities") == 1
    assert await database.fetchval("SELECT count(*) FROM backend.idempotency_keys") == 1, "one deed, however often the turn was begun"
    await database.close()
    assert len(await redis.keys("wj:{*}:turn:*")) == 1
    assert "已绑定：赵**" in (await phone.get("/h5/identity")).text
    await phone.http.close()
    everything = "".join(path.read_text(errors="replace") for path in house.folder.glob("*.log"))
    assert not [value for value in (PERSON["name"], PERSON["id_number"], PERSON["phone"], phone.openid) if value in everything]


def app_id(house: House) -> str:
    """The account that the house's processes made up."""
    return str(dotenv_values(house.folder / "secrets.env")["WECHAT_APP_ID"])
