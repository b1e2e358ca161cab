"""Bound identities: one person for one openid, nothing readable in the tables, no hint at what was wrong."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.demo import DEMO
from tests.backend.conftest import Answer, Api

PERSON = {"name": DEMO[0].applicant, "id_number": DEMO[0].proofs["id_number"], "phone": DEMO[0].proofs["phone"]}
OTHER = {"name": DEMO[1].applicant, "id_number": DEMO[1].proofs["id_number"], "phone": DEMO[1].proofs["phone"]}


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def bind(api: Api, openid: str, key: str = "", **changes: str) -> Answer:
    return await api("POST", "/v1/identities", key=key or uuid4().hex, json={"openid": openid, **PERSON, **changes})


async def test_a_person_is_bound_shown_masked_and_unbound(api: Api, openid: str) -> None:
    assert (await api("GET", f"/v1/identities/{openid}")).json == {"bound": False, "name": None, "phone": None, "bound_at": None}
    answer = await bind(api, openid)
    assert answer.status == 201 and (answer.json["name"], answer.json["phone"]) == ("赵**", "199****0001")
    assert (await api("GET", f"/v1/identities/{openid}")).json == answer.json
    for _ in range(2):
        assert (await api("DELETE", f"/v1/identities/{openid}")).json["bound"] is False
    assert not (await api("GET", f"/v1/identities/{openid}")).json["bound"]


async def test_ten_at_once_with_one_key_bind_once(api: Api, openid: str, database: asyncpg.Connection) -> None:
    before = await database.fetchval("SELECT count(*) FROM backend.identities")
    answers = await asyncio.gather(*(bind(api, openid, key=f"k-{openid}") for _ in range(10)))
    assert len({str(answer.json) for answer in answers if answer.status == 201}) == 1
    assert await database.fetchval("SELECT count(*) FROM backend.identities") == before + 1


async def test_another_person_takes_the_place_of_the_one_before(api: Api, openid: str) -> None:
    await bind(api, openid)
    assert (await bind(api, openid, **OTHER)).json["name"] == "钱**"
    assert (await api("GET", f"/v1/identities/{openid}")).json["name"] == "钱**"


async def test_any_wrong_detail_gets_the_same_answer_and_five_close_the_door(api: Api, openid: str) -> None:
    answers = [await bind(api, openid, **{field: OTHER[field]}) for field in PERSON]
    answers += [await bind(api, openid, name="查无此人"), await bind(api, openid, id_number=OTHER["id_number"], phone=OTHER["phone"])]
    assert {answer.status for answer in answers} == {404} and len({str(answer.json) for answer in answers}) == 1
    closed = await bind(api, openid)
    assert (closed.status, closed.json["code"]) == (429, "too_many_attempts") and int(closed.headers["Retry-After"]) > 3000
    assert (await bind(api, f"{openid}-b")).status == 201, "another user is not closed"


async def test_the_tables_hold_nothing_readable(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await bind(api, openid)
    rows: list[Any] = []
    for table in ("people", "identities", "idempotency_keys", "wrong_proofs"):
        rows += await database.fetch(f"SELECT t::text AS row FROM backend.{table} t")
    text = "\n".join(row["row"] for row in rows)
    assert not [value for value in (openid, *PERSON.values()) if value in text]


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "a\x00b"}, {"id_number": "1" * 41}, {"openid": "o/../x"}, {"more": "x"}])
async def test_what_breaks_the_contract_is_refused(api: Api, openid: str, change: dict[str, str]) -> None:
    assert (await bind(api, **{"openid": openid, **change})).status == 422
