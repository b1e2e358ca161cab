"""Filings: taken once as their definition says, followed by proof, listed, rated, erased and forgotten."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.demo_filings import DEMO_FILINGS
from backend.filing_values import checked
from backend.retention import forget
from tests.backend.conftest import Answer, Api, Running
from weijing.filing import load_filings
from weijing.simulated import FIRST_USERS, openid_of
from weijing.workdays import SHANGHAI

TODAY = datetime.now(SHANGHAI).date()
LOST = {"name": "欧阳示例", "document": "110101190001010014", "phone": "19900000077", "lost_on": (TODAY - timedelta(days=1)).isoformat(), "lost_at": None}
HOME = {
    "name": "欧阳示例", "document": {"kind": "居民身份证", "number": "110101190001010014"}, "phone": "19900000077",
    "address": {"division": "示例区", "code": "", "detail": None, "text": "示例区示例路12号3栋201室"}, "housing": "自购", "moved_in": TODAY.isoformat(),
    "reason": "其他",
}  # fmt: skip


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def file(api: Api, openid: str, kind: str = "lost_id", key: str = "", **fields: object) -> Answer:
    body = {"kind": kind, "openid": openid, "fields": {**(LOST if kind == "lost_id" else HOME), **fields}}
    return await api("POST", "/v1/filings", key=key or uuid4().hex, json=body)


async def progress(api: Api, number: str, kind: str, value: str) -> Answer:
    return await api("POST", f"/v1/filings/{number}/progress-queries", json={"proof": {"kind": kind, "value": value}})


async def step(api: Api, number: str, status: str, **more: object) -> Answer:
    return await api("POST", f"/v1/filings/{number}/steps", key=uuid4().hex, json={"status": status, "name": "新进展", **more})


async def erase(api: Api, number: str, openid: str) -> Answer:
    return await api("DELETE", f"/v1/filings/{number}?openid={openid}")


async def test_a_filing_gets_a_number_and_opens_by_code_and_by_the_filers_phone(api: Api, openid: str) -> None:
    filed = await file(api, openid)
    assert filed.status == 201 and re.fullmatch(r"B\d{4}-\d{6}", filed.json["filing_no"])
    assert filed.json["promised_on"] is None and filed.json["next_step"] == load_filings()["lost_id"].receipt
    for kind, value in (("query_code", filed.json["query_code"].lower()), ("phone", "+86 199 0000 0077")):
        found = await progress(api, filed.json["filing_no"], kind, value)
        assert found.status == 200 and found.json["status_text"] == "已登记" and found.json["applied_on"] == TODAY.isoformat()
        assert (found.json["item_name"], found.json["asks"], found.json["until"]) == ("身份证丢失声明", [], None)
        assert "欧阳" not in str(found.json)
    assert (await progress(api, filed.json["filing_no"], "phone", "19900000078")).json == (await progress(api, "B2026-999999", "phone", "19900000077")).json


async def test_one_key_files_once_and_one_day_once(api: Api, openid: str, database: asyncpg.Connection) -> None:
    first, key = await file(api, openid), uuid4().hex
    again = await file(api, openid, name="欧阳 示例", key=key, document="１１０１０１１９０００１０１００１４")
    assert again.status == 200 and again.json["duplicate_of"] == again.json["filing_no"] == first.json["filing_no"] and again.json["query_code"] is None
    assert (await file(api, openid, name="欧阳 示例", key=key, document="１１０１０１１９０００１０１００１４")).headers["Idempotent-Replay"] == "true"
    assert (await file(api, f"{openid}b")).status == 201, "another openid's is another filing"
    assert (await file(api, openid, document="11010119000101002X")).status == 422, "a wrong check digit"
    await database.execute("UPDATE backend.filings SET fingerprint = 'of yesterday' WHERE filing_no = $1", first.json["filing_no"])
    assert (await file(api, openid)).status == 201


async def test_ten_at_once_make_one_filing(api: Api, openid: str) -> None:
    answers = await asyncio.gather(*(file(api, openid) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [200] * 9 + [201]
    assert len({answer.json["filing_no"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "红"}, "colour"), ({"name": None}, "name"), ({"phone": "1234567"}, "phone"), ({"document": "110101190001010015"}, "document"),
        ({"lost_on": (TODAY + timedelta(days=1)).isoformat()}, "lost_on"), ({"lost_on": "2026-02-30"}, "lost_on"), ({"lost_at": "x" * 101}, "lost_at"),
        ({"name": ["欧阳"]}, "name"), ({"name": "欧\n阳"}, "name"),
    ],
)  # fmt: skip
async def test_what_breaks_the_definition_is_refused_by_field_and_not_repeated(api: Api, openid: str, change: dict[str, object], field: str) -> None:
    refused = await file(api, openid, **change)
    assert (refused.status, refused.json["code"]) == (422, "invalid_filing") and refused.json["detail"].startswith(f"{field}: ")
    assert not [value for value in change.values() if value and str(value) in refused.json["detail"]]


async def test_an_unknown_kind_is_refused(api: Api, openid: str) -> None:
    refused = await file(api, openid, kind="no_such_kind")
    assert (refused.status, refused.json["code"]) == (422, "invalid_filing")


async def test_the_filer_hears_of_changes_without_asking_and_finds_it_bound_or_not(api: Api, openid: str) -> None:
    number = (await file(api, openid)).json["filing_no"]
    assert (await step(api, number, "processing")).json["told"] == 1
    (change,) = [one for one in (await api("GET", "/v1/changes")).json["changes"] if one["openid"] == openid]
    assert (change["number"], change["status_text"]) == (number, "办理中")
    listed = (await api("GET", f"/v1/users/{openid}/matters")).json
    assert listed["bound"] is False and [(one["kind"], one["number"]) for one in listed["matters"]] == [("filing", number)]
    assert (await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")).status == 200


async def test_only_a_finished_filing_is_rated(api: Api, openid: str) -> None:
    number = (await file(api, openid)).json["filing_no"]
    rating = {"openid": openid, "matter": number, "quality": "good", "procedure": "good", "attitude": "good"}
    assert (await api("POST", "/v1/ratings", key=uuid4().hex, json=rating)).status == 404
    await step(api, number, "completed")
    assert (await api("POST", "/v1/ratings", key=uuid4().hex, json=rating)).status == 201


async def test_no_answer_lies_readable_in_any_table(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await file(api, openid)
    tables = [row[0] for row in await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'backend'")]
    text = "\n".join([str(dict(row)) for table in tables for row in await database.fetch(f"SELECT * FROM backend.{table}")])
    assert "身份证丢失声明" in text, "the dump would not show a leak"
    assert not [secret for secret in ("欧阳示例", "110101190001010014", "19900000077", openid) if secret in text]


async def test_only_the_filer_erases_and_only_what_may_be_erased(api: Api, openid: str, database: asyncpg.Connection) -> None:
    filed = (await file(api, openid)).json
    number = filed["filing_no"]
    await step(api, number, "processing")
    assert (await erase(api, number, "o-else")).status == 404
    for _ in range(2):
        assert (await erase(api, number, openid)).json == {"number": number, "erased": True}
    assert (await erase(api, number, "o-else")).status == 404
    assert (await progress(api, number, "query_code", filed["query_code"])).status == 404
    for table, column in (("filings", "filing_no"), ("proofs", "number"), ("subscriptions", "number"), ("changes", "change ->> 'number'")):
        assert not await database.fetchval(f"SELECT count(*) FROM backend.{table} WHERE {column} = $1", number)
    kept = (await file(api, openid, "residence_self")).json["filing_no"]
    assert (await erase(api, kept, openid)).json["code"] == "not_erasable"


async def test_it_is_forgotten_after_its_last_day_and_not_before(api: Api, openid: str, backend: Running, database: asyncpg.Connection) -> None:
    past, today = [(await file(api, f"{openid}{n}")).json["filing_no"] for n in "ab"]
    await database.execute("UPDATE backend.filings SET keep_until = $2 WHERE filing_no = $1", past, TODAY - timedelta(days=1))
    await database.execute("UPDATE backend.filings SET keep_until = $2 WHERE filing_no = $1", today, TODAY)
    async with asyncpg.create_pool(backend.settings.database_url, min_size=1, max_size=1) as pool:
        await forget(pool, 30)
    assert [row[0] for row in await database.fetch("SELECT filing_no FROM backend.filings WHERE filing_no = ANY($1)", [past, today])] == [today]


async def test_the_demo_filings_fit_their_definitions_and_belong_to_the_simulators_people(api: Api, backend: Running) -> None:
    for demo, name in zip(DEMO_FILINGS, FIRST_USERS, strict=False):
        assert checked(load_filings()[demo.kind], demo.answers) == {key: demo.answers[key] for key in demo.answers}
        found = await progress(api, demo.filing_no, "phone", demo.filer.proofs["phone"])
        assert found.status == 200 and found.json["asks"] == demo.asks
        listed = (await api("GET", f"/v1/users/{openid_of(backend.settings.wechat_app_id, name)}/matters")).json
        assert demo.filing_no in [one["number"] for one in listed["matters"]]
