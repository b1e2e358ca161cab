"""Matters of a bound user, cases, steps, subscriptions and the feed of changes, withdrawing a report."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import asyncpg
import pytest

from backend.changes import note_change
from backend.demo import DEMO
from backend.demo_cases import DEMO_CASES
from tests.backend.conftest import Answer, Api

FIRST, CASE = DEMO[0], DEMO_CASES[0]
STEP = {"at": "2026-11-22T10:00:00+08:00", "name": "新进展", "note": ""}
NAMED = {"mode": "named", "reporter": {"name": "示例", "phone": "19900000000"}}


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def bind(api: Api, openid: str) -> None:
    person = {"name": FIRST.applicant, "id_number": FIRST.proofs["id_number"], "phone": FIRST.proofs["phone"]}
    assert (await api("POST", "/v1/identities", key=uuid4().hex, json={"openid": openid, **person})).status == 201


async def matters(api: Api, openid: str) -> list[str]:
    return [one["number"] for one in (await api("GET", f"/v1/users/{openid}/matters")).json["matters"]]


async def step(api: Api, path: str, status: str, key: str = "", **more: str) -> Answer:
    return await api("POST", f"/v1/{path}/steps", key=key or uuid4().hex, json={"status": status, "name": "新进展", **more})


async def changes(api: Api, openid: str, after: int = 0) -> list[dict[str, object]]:
    return [one for one in (await api("GET", f"/v1/changes?after={after}")).json["changes"] if one["openid"] == openid]


async def withdraw(api: Api, number: str, code: str) -> Answer:
    return await api("POST", f"/v1/reports/{number}/withdraw", key=uuid4().hex, json={"query_code": code})


async def test_a_bound_user_sees_what_is_theirs_newest_first_and_nothing_else(api: Api, openid: str) -> None:
    named = (await api.report(openid=openid, **NAMED)).json["report_no"]
    anonymous = (await api.report(openid=openid, content="另一件匿名的事，示例小区4栋")).json["report_no"]
    other = (await api.report(openid="o-other", **NAMED)).json["report_no"]
    assert await matters(api, openid) == [], "not bound: nothing"
    await bind(api, openid)
    assert await matters(api, openid) == [named, CASE.case_no, FIRST.application_no]
    assert not {anonymous, other} & set(await matters(api, openid)), "an anonymous report is in no list"
    listed = (await api("GET", f"/v1/users/{openid}/matters")).json["matters"][-1]
    asked = (await api.progress(FIRST.application_no, query_code=FIRST.query_code)).json
    assert set(listed) - set(asked) == {"kind", "number", "on"} and all(listed[name] == asked[name] for name in set(listed) & set(asked))
    await api("DELETE", f"/v1/identities/{openid}")
    assert await matters(api, openid) == []


async def test_twenty_at_most(api: Api, openid: str) -> None:
    for number in range(21):
        await api.report(openid=openid, content=f"示例事情之{number}", **NAMED)
    await bind(api, openid)
    found = await matters(api, openid)
    assert len(found) == 20 and found == sorted(found, reverse=True)


async def test_a_case_opens_with_each_proof_and_closes_after_five_wrong_ones(api: Api) -> None:
    path = f"/v1/cases/{CASE.case_no}/progress-queries"
    for kind, value in CASE.proofs.items():
        answer = await api("POST", path, json={"proof": {"kind": kind, "value": value}})
        assert answer.status == 200 and answer.json["status_text"] == "正在办理" and answer.json["promised_on"] is None
    wrong = [await api("POST", f"/v1/cases/{number}/progress-queries", json={"proof": {"kind": "phone", "value": "13800000000"}})
             for number in ("K2026-999999", DEMO_CASES[1].case_no)]  # fmt: skip
    assert [answer.status for answer in wrong] == [404, 404] and wrong[0].json == wrong[1].json
    for _ in range(4):
        await api("POST", f"/v1/cases/{DEMO_CASES[1].case_no}/progress-queries", json={"proof": {"kind": "phone", "value": "13800000000"}})
    right = {"kind": "query_code", "value": DEMO_CASES[1].query_code}
    assert (await api("POST", f"/v1/cases/{DEMO_CASES[1].case_no}/progress-queries", json={"proof": right})).json["code"] == "too_many_attempts"


async def test_a_step_is_a_change_for_each_subscriber_once(api: Api, openid: str) -> None:
    number = DEMO[3].application_no
    for _ in range(2):
        assert (await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")).json == {"number": number, "subscribed": True}
    await api("PUT", f"/v1/users/{openid}b/subscriptions/{number}")
    key = uuid4().hex
    for _ in range(2):
        answer = await step(api, f"applications/{number}", "producing", key, note="号牌制作中", next_step="请等短信。")
        assert answer.status == 201 and answer.json["told"] == 2
    (told,) = await changes(api, openid)
    assert told["number"] == number and told["status_text"] == "制证中" and told["next_step"] == "请等短信。"
    assert len(await changes(api, f"{openid}b")) == 1 and await changes(api, openid, int(str(told["id"]))) == []
    asked = (await api.progress(number, query_code=DEMO[3].query_code)).json
    assert asked["status"] == "producing" and asked["steps"][-1]["note"] == "号牌制作中"
    assert (await step(api, f"applications/{DEMO[4].application_no}", "ready")).json["told"] == 0


async def test_whoever_leaves_hears_nothing_more(api: Api, openid: str) -> None:
    number = DEMO[5].application_no
    await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")
    await step(api, f"applications/{number}", "ready")
    assert (await api("DELETE", f"/v1/users/{openid}/subscriptions")).json == {"ended": 1}
    assert (await api("DELETE", f"/v1/users/{openid}/subscriptions")).json == {"ended": 0}
    await step(api, f"applications/{number}", "completed")
    assert await changes(api, openid) == []


async def test_a_change_waits_until_those_before_it_are_visible(api: Api, openid: str, database: asyncpg.Connection) -> None:
    early, late = DEMO[6].application_no, DEMO[7].application_no
    for number in (early, late):
        await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")
    uncommitted = database.transaction()
    await uncommitted.start()
    await database.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    await note_change(database, {"number": early, "item_name": "", "status": "ready", "status_text": "", "step": STEP, "next_step": ""})
    writing = asyncio.create_task(step(api, f"applications/{late}", "ready"))
    await asyncio.wait([writing], timeout=0.5)
    assert await changes(api, openid) == [], "else a reader would move past the one before"
    await uncommitted.commit()
    assert (await writing).status == 201
    assert [one["number"] for one in await changes(api, openid)] == [early, late]


async def test_unknown_numbers_and_statuses_are_refused(api: Api, openid: str) -> None:
    assert (await api("PUT", f"/v1/users/{openid}/subscriptions/A2026-999999")).status == 404
    assert (await step(api, "applications/A2026-999999", "ready")).status == 404
    assert (await step(api, f"cases/{CASE.case_no}", "ready")).status == 422
    assert (await step(api, f"cases/{DEMO_CASES[2].case_no}", "closed")).status == 201


async def test_the_tables_hold_no_readable_openid(api: Api, openid: str, database: asyncpg.Connection) -> None:
    number = (await api.report(openid=openid, **NAMED)).json["report_no"]
    await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")
    await step(api, f"reports/{number}", "accepted")
    rows = [row for table in ("reports", "subscriptions", "changes", "cases") for row in await database.fetch(f"SELECT t::text AS row FROM backend.{table} t")]
    assert not [row for row in rows if openid in row["row"]]
    (told,) = await changes(api, openid)
    assert told["item_name"] == "投诉举报", "a lock screen does not tell what was reported"


async def test_a_report_is_withdrawn_once_and_stays_so(api: Api) -> None:
    filed = (await api.report(content="示例小区5栋有人聚众赌博")).json
    number, code = filed["report_no"], filed["query_code"]
    assert (await withdraw(api, number, "2222-2222")).status == 404
    first, again = await withdraw(api, number, code), await withdraw(api, number, code)
    assert first.status == again.status == 200 and first.json == again.json
    assert first.json["status_text"] == "已撤回" and first.json["steps"][-1]["name"] == "撤回"
    assert (await step(api, f"reports/{number}", "processing")).status == 404, "nothing moves a withdrawn report"


async def test_a_decided_report_is_not_withdrawn_and_guessing_closes_it(api: Api) -> None:
    filed = (await api.report(content="示例小区6栋有人聚众赌博")).json
    await step(api, f"reports/{filed['report_no']}", "done")
    answer = await withdraw(api, filed["report_no"], filed["query_code"])
    assert (answer.status, answer.json["code"]) == (409, "already_decided")
    for _ in range(5):
        assert (await withdraw(api, filed["report_no"], "2222-2222")).status == 404
    assert (await withdraw(api, filed["report_no"], filed["query_code"])).json["code"] == "too_many_attempts"


async def test_what_one_booked_is_in_the_list_until_it_is_cancelled(api: Api, openid: str) -> None:
    await bind(api, openid)
    slots = (await api("GET", "/v1/offices/demo_hukou_31/slots?service=id_card")).json["slots"]
    slot = {"office_id": "demo_hukou_31", "service": "id_card", "starts_at": slots[-1]["starts_at"]}
    number = (await api("POST", "/v1/appointments", key=uuid4().hex, json={"openid": openid, **slot})).json["appointment_no"]
    listed = (await api("GET", f"/v1/users/{openid}/matters")).json["matters"]
    (booked,) = [one for one in listed if one["kind"] == "appointment"]
    assert booked["number"] == number and booked["item_name"] == "预约身份证业务" and booked["status_text"].startswith("已约")
    await api("DELETE", f"/v1/appointments/{number}?openid={openid}")
    assert number not in await matters(api, openid)


async def test_fifty_matters_are_followed_and_no_more(api: Api, openid: str) -> None:
    numbers = [(await api.report(content=f"示例事情之{number}，示例小区")).json["report_no"] for number in range(51)]
    answers = await asyncio.gather(*(api("PUT", f"/v1/users/{openid}/subscriptions/{number}") for number in numbers))
    assert sorted(answer.status for answer in answers) == [200] * 50 + [409]
    (refused,) = [answer for answer in answers if answer.status == 409]
    assert refused.json["code"] == "too_many_subscriptions"
    (kept, *_) = [answer.json["number"] for answer in answers if answer.status == 200]
    assert (await api("PUT", f"/v1/users/{openid}/subscriptions/{kept}")).status == 200, "what is followed already stays so"


async def test_the_feed_tells_the_newest_id_it_ever_gave(api: Api, openid: str) -> None:
    number = DEMO[6].application_no
    await api("PUT", f"/v1/users/{openid}/subscriptions/{number}")
    await step(api, f"applications/{number}", "completed")
    (told,) = await changes(api, openid)
    await api("DELETE", f"/v1/users/{openid}/subscriptions")
    assert (await api("GET", "/v1/changes?after=0")).json["newest"] >= int(str(told["id"])), "also when the change itself is gone"


async def test_no_limit_runs_while_something_is_to_be_handed_in(api: Api) -> None:
    for status, dated in (("reviewing", True), ("supplement", False)):
        await step(api, f"applications/{DEMO[4].application_no}", status)
        assert bool((await api.progress(DEMO[4].application_no, query_code=DEMO[4].query_code)).json["promised_on"]) is dated
