"""Notices published, listed, withdrawn; who subscribes to them, and the feed of deliveries."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.demo_notices import DEMO_AREAS, DEMO_NOTICES, seed_demo_notices
from backend.identities import openid_digest
from backend.retention import forget
from backend.vault import Vault
from tests.backend.conftest import Answer, Api, Running
from weijing.settings import load_settings
from weijing.workdays import SHANGHAI

BODY = {"kind": "traffic", "title": "示例路管制", "body": "明天早上示例路禁止通行。"}


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


def soon(seconds: float = 3600) -> str:
    return (datetime.now(SHANGHAI) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


async def publish(api: Api, key: str = "", **more: object) -> Answer:
    return await api("POST", "/v1/notices", key=key or uuid4().hex, json=BODY | more)


async def listed(api: Api, **query: str) -> list[int]:
    return [one["id"] for one in (await api("GET", "/v1/notices", params=query)).json["notices"]]


async def subscribe(api: Api, openid: str, *kinds: str, areas: tuple[str, ...] = ()) -> Answer:
    return await api("PUT", f"/v1/users/{openid}/notice-subscriptions", json={"kinds": list(kinds), "areas": list(areas)})


async def told(api: Api, openid: str, **query: str) -> list[int]:
    """Ids of the notices that this user is to be told of."""
    found = (await api("GET", "/v1/notice-deliveries", params=query)).json["deliveries"]
    return [one["notice"]["id"] for one in found if one["openid"] == openid]


async def test_the_newest_stand_first_and_only_those_of_the_kind_and_the_district(api: Api) -> None:
    here = (await publish(api, areas=["鼓楼区"])).json["notice"]["id"]
    there = (await publish(api, areas=["台江区"], title="台江的")).json["notice"]["id"]
    assert (await listed(api))[0] == 1, "the pinned one"
    assert (await listed(api, kind="traffic"))[:2] == [there, here]
    assert here in await listed(api, area="鼓楼区") and there not in await listed(api, area="鼓楼区")
    assert set(await listed(api, kind="fraud", area="鼓楼区")) == {1, 2, 3, 4, 5}, "what holds everywhere holds there"
    assert await listed(api, q="台江的 示例路") == [there] and await listed(api, q="没有的词") == []
    assert len(await listed(api, limit="2")) == 2
    assert set((await api("GET", "/v1/notices")).json["areas"]) == set(DEMO_AREAS)
    assert (await api("GET", f"/v1/notices/{here}")).json["areas"] == ["鼓楼区"]


async def test_the_same_key_publishes_once(api: Api, openid: str) -> None:
    await subscribe(api, openid, "traffic")
    key = uuid4().hex
    first, again = await publish(api, key), await publish(api, key)
    assert first.status == again.status == 201 and first.json == again.json and again.headers["Idempotent-Replay"] == "true"
    assert await told(api, openid) == [first.json["notice"]["id"]]
    assert (await publish(api, key, title="别的")).json["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"areas": ["没有区"]}, {"expires_at": "2026-02-30T10:00:00+08:00"}, {"expires_at": "2020-01-01T10:00:00+08:00"},
        {"body": "长" * 601}, {"kind": "weather"}, {"link": "http://example.com"},
    ],
)  # fmt: skip
async def test_what_cannot_be_so_is_refused(api: Api, wrong: dict[str, object]) -> None:
    assert (await publish(api, **wrong)).status == 422


async def test_one_that_is_over_is_neither_listed_nor_told(api: Api, openid: str) -> None:
    await subscribe(api, openid, "safety")
    short = (await publish(api, kind="safety", expires_at=soon(0.8))).json["notice"]["id"]
    assert await told(api, openid) == [short]
    deadline = time.monotonic() + 10
    while await told(api, openid) and time.monotonic() < deadline:  # noqa: ASYNC110  the clock of PostgreSQL
        await asyncio.sleep(0.1)
    assert await told(api, openid) == [] and short not in await listed(api)
    assert (await api("GET", f"/v1/notices/{short}")).status == 404


async def test_a_withdrawn_one_is_gone_and_stays_on_record(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await subscribe(api, openid, "traffic")
    number = (await publish(api)).json["notice"]["id"]
    assert await told(api, openid) == [number]
    for reason in ("时间有误", "第二次"):
        answer = await api("POST", f"/v1/notices/{number}/withdraw", key=uuid4().hex, json={"reason": reason})
        assert answer.json == {"id": number, "withdrawn": True}
    assert await told(api, openid) == [] and number not in await listed(api)
    assert await database.fetchval("SELECT withdrawn_why FROM backend.notices WHERE id = $1", number) == "时间有误"
    assert (await api("POST", "/v1/notices/999999/withdraw", key=uuid4().hex, json={"reason": "无"})).status == 404


async def test_districts_add_up_and_everywhere_takes_their_place(api: Api, openid: str) -> None:
    assert (await subscribe(api, openid, "traffic", areas=("鼓楼区",))).json == {"subscriptions": [{"kind": "traffic", "areas": ["鼓楼区"]}]}
    assert (await subscribe(api, openid, "traffic", areas=("台江区", "鼓楼区"))).json["subscriptions"] == [{"kind": "traffic", "areas": ["台江区", "鼓楼区"]}]
    here, elsewhere, everywhere = [(await publish(api, areas=areas)).json["notice"]["id"] for areas in (["台江区"], ["黄浦区"], [])]
    assert await told(api, openid) == [here, everywhere] and elsewhere not in await told(api, openid)
    assert (await subscribe(api, openid, "traffic")).json["subscriptions"] == [{"kind": "traffic", "areas": []}]
    assert (await subscribe(api, openid, "traffic", areas=("东城区",))).json["subscriptions"] == [{"kind": "traffic", "areas": ["东城区"]}]
    assert (await subscribe(api, openid, "traffic", areas=("没有区",))).status == 422
    assert (await api("GET", f"/v1/users/{openid}/notice-subscriptions")).json["subscriptions"] == [{"kind": "traffic", "areas": ["东城区"]}]


async def test_one_kind_is_stopped_or_all_and_what_waits_is_stopped_with_it(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await subscribe(api, openid, "fraud", "traffic")
    fraud, traffic = [(await publish(api, kind=kind)).json["notice"]["id"] for kind in ("fraud", "traffic")]
    assert await told(api, openid) == [fraud, traffic]
    assert (await api("DELETE", f"/v1/users/{openid}/notice-subscriptions?kind=traffic")).json == {"ended": ["traffic"]}
    assert await told(api, openid) == [fraud]
    await subscribe(api, openid, "traffic")
    assert await told(api, openid) == [fraud], "what was stopped does not come back"
    assert (await api("DELETE", f"/v1/users/{openid}/notice-subscriptions")).json == {"ended": ["fraud", "traffic"]}
    assert (await api("DELETE", f"/v1/users/{openid}/notice-subscriptions")).json == {"ended": []}
    assert await told(api, openid) == []
    subscriber = openid_digest(Vault(load_settings().vault_key.get_secret_value()), openid)
    assert not await database.fetchval("SELECT count(*) FROM backend.notice_deliveries WHERE subscriber = $1", subscriber)


async def test_the_urgent_have_a_feed_of_their_own_and_both_page_by_id(api: Api, openid: str) -> None:
    await subscribe(api, openid, "other")
    plain = [(await publish(api, kind="other")).json["notice"]["id"] for _ in range(2)]
    urgent = (await publish(api, kind="other", urgent=True)).json["notice"]["id"]
    assert await told(api, openid) == plain and await told(api, openid, urgent="true") == [urgent]
    first = next(one for one in (await api("GET", "/v1/notice-deliveries")).json["deliveries"] if one["openid"] == openid)
    assert await told(api, openid, after=str(first["id"])) == plain[1:]


async def test_the_tables_hold_no_readable_openid(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await subscribe(api, openid, "fraud")
    await publish(api, kind="fraud")
    rows = [row for table in ("notice_subscriptions", "notice_deliveries") for row in await database.fetch(f"SELECT t::text AS row FROM backend.{table} t")]
    assert rows and not [row for row in rows if openid in row["row"]]


async def test_a_hundred_thousand_subscribers_are_told_in_pages(api: Api, database: asyncpg.Connection, openid: str) -> None:
    await subscribe(api, openid, "service", areas=("东城区",))
    await database.execute("""
        INSERT INTO backend.notice_subscriptions (subscriber, kind, areas, openid)
        SELECT 'many-' || n, 'service', '{东城区}', (SELECT openid FROM backend.notice_subscriptions LIMIT 1) FROM generate_series(1, 100000) n
    """)
    answer = await publish(api, kind="service", areas=["东城区"])
    assert answer.status == 201 and answer.json["told"] == 100_001
    assert len((await api("GET", "/v1/notice-deliveries")).json["deliveries"]) == 100
    number = answer.json["notice"]["id"]
    assert (await api("POST", f"/v1/notices/{number}/withdraw", key=uuid4().hex, json={"reason": "试"})).status == 200
    await database.execute("DELETE FROM backend.notice_subscriptions WHERE subscriber LIKE 'many-%'")


async def test_a_demo_one_that_is_over_is_published_anew_and_its_deliveries_are_forgotten(api: Api, database: asyncpg.Connection, backend: Running) -> None:
    number = next(place for place, demo in enumerate(DEMO_NOTICES, start=1) if demo.lasts)
    await database.execute("UPDATE backend.notices SET expires_at = now() - interval '1 day' WHERE id = $1", number)
    await database.execute("INSERT INTO backend.notice_deliveries (notice, subscriber) VALUES ($1, 'x')", number)
    pool = await asyncpg.create_pool(backend.settings.database_url, min_size=1, max_size=1)
    await forget(pool, 30)
    await pool.close()
    assert not await database.fetchval("SELECT count(*) FROM backend.notice_deliveries WHERE notice = $1", number)
    assert number not in await listed(api)
    await seed_demo_notices(database)
    assert number in await listed(api)
    assert all(len(demo.title) <= 40 and len(demo.body) <= 600 for demo in DEMO_NOTICES)
    assert all("96110" in demo.body and "转账" in demo.body for demo in DEMO_NOTICES if demo.kind == "fraud")
