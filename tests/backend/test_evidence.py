"""Evidence added to a filed report: by its sender alone, once, and not without end."""

from __future__ import annotations

import json
from uuid import uuid4

import asyncpg

from tests.backend.conftest import Answer, Api

SENDER = "o-evidence"


async def filed(api: Api, **fields: object) -> str:
    """The number of a new report."""
    answer = await api.report(content=f"示例小区有人聚众赌博 {uuid4().hex}", openid=SENDER, evidence=[{"kind": "image", "ref": "E-0000000000000001"}], **fields)
    return str(answer.json["report_no"])


async def add(api: Api, number: str, *refs: str, openid: str = SENDER, key: str = "") -> Answer:
    """Add pictures."""
    body = {"openid": openid, "evidence": [{"kind": "image", "ref": ref} for ref in refs]}
    return await api("POST", f"/v1/reports/{number}/evidence", key=key or uuid4().hex, json=body)


async def test_the_sender_adds_what_is_new(api: Api, database: asyncpg.Connection) -> None:
    number = await filed(api)
    answer = await add(api, number, "E-0000000000000001", "E-0000000000000002", "E-0000000000000002")
    assert answer.json == {"report_no": number, "added": 1, "evidence": 2}
    stored = json.loads(await database.fetchval("SELECT evidence FROM backend.reports WHERE report_no = $1", number))
    assert [item["ref"] for item in stored] == ["E-0000000000000001", "E-0000000000000002"]


async def test_the_same_key_adds_once(api: Api) -> None:
    number, key = await filed(api), uuid4().hex
    first = await add(api, number, "E-0000000000000003", key=key)
    again = await add(api, number, "E-0000000000000003", key=key)
    assert first.json == again.json and again.headers["Idempotent-Replay"] == "true"


async def test_nobody_else_may_add_nor_learn_that_the_number_exists(api: Api) -> None:
    number = await filed(api)
    other = await add(api, number, "E-0000000000000004", openid="o-stranger")
    unknown = await add(api, "J2026-999999", "E-0000000000000004")
    assert other.status == unknown.status == 404 and other.json == unknown.json
    nameless = (await api.report(content=f"没有来源的线索 {uuid4().hex}")).json["report_no"]
    assert (await add(api, nameless, "E-0000000000000004")).status == 404


async def test_a_report_takes_fifty(api: Api) -> None:
    number = await filed(api)
    for start in (0, 20):
        assert (await add(api, number, *(f"E-{start + index:016x}" for index in range(100, 120)))).status == 200
    assert (await add(api, number, *(f"E-{index:016x}" for index in range(300, 309)))).json["evidence"] == 50
    assert (await add(api, number, "E-00000000000000ff")).status == 422
