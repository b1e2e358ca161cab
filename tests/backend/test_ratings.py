"""Ratings: one for a matter and user, changed within a week."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from backend.demo import DEMO
from tests.backend.conftest import Answer, Api

MATTER = DEMO[8].application_no


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def rate(api: Api, openid: str, key: str = "", **changes: str) -> Answer:
    rating = {"openid": openid, "matter": MATTER, "quality": "good", "procedure": "fair", "attitude": "poor", "words": "王警官电话13912345678"}
    return await api("POST", "/v1/ratings", key=key or uuid4().hex, json={**rating, **changes})


async def test_once_then_changed_then_closed(api: Api, openid: str, database: asyncpg.Connection) -> None:
    assert ((first := await rate(api, openid, key=f"k-{openid}")).status, first.json["changed"]) == (201, False)
    assert (await rate(api, openid, key=f"k-{openid}")).json == first.json, "the same form again"
    assert (await rate(api, openid, attitude="good")).json == {"matter": MATTER, "changed": True, "follow_up": None}
    assert await database.fetchval("SELECT count(*) FROM backend.ratings WHERE matter = $1 AND attitude = 'good'", MATTER) == 1
    await database.execute("UPDATE backend.ratings SET rated_at = now() - interval '8 days'")
    closed = await rate(api, openid)
    assert (closed.status, closed.json["code"]) == (409, "rating_closed")
    assert await database.fetchval("SELECT count(*) FROM backend.ratings WHERE attitude = 'poor'") == 0


async def test_a_matter_that_does_not_exist(api: Api, openid: str) -> None:
    assert (await rate(api, openid, matter="A2026-999999")).status == 404


async def test_words_are_sealed(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await rate(api, openid)
    rows = await database.fetch("SELECT t::text AS row FROM backend.ratings t")
    assert rows and not [row for row in rows if "13912345678" in row["row"] or openid in row["row"]]


@pytest.mark.parametrize("change", [{"quality": "best"}, {"words": "好" * 501}, {"matter": "X1"}, {"words": "\x00"}])
async def test_what_breaks_the_contract_is_refused(api: Api, openid: str, change: dict[str, str]) -> None:
    assert (await rate(api, openid, **change)).status == 422


async def test_a_conversation_with_staff_is_rated_like_any_other_matter(api: Api, openid: str) -> None:
    ended = await api("POST", "/v1/conversations", key="desk-1", json={"openid": openid})
    again = await api("POST", "/v1/conversations", key="desk-1", json={"openid": openid})
    assert ended.status == 201 and again.json == ended.json, "one conversation, one number"
    number = ended.json["conversation_no"]
    (matter,) = (await api("GET", f"/v1/users/{openid}/ratable")).json["matters"]
    assert (matter["number"], matter["item_name"], matter["rated"]) == (number, "人工会话", False)
    rated = await rate(api, openid, matter=number)
    assert rated.status == 201 and rated.json["follow_up"]["unit"] != "在线坐席", "who was rated badly does not look into it"
    assert (await api("GET", f"/v1/users/{openid}x/ratable")).json["matters"] == []
