"""What may be rated, and the follow-up of a bad rating: opened once, for supervision, answered once through the feed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import asyncpg
import pytest

from backend.demo import DEMO
from tests.backend.conftest import Answer, Api
from tests.backend.test_matters import NAMED, bind, changes, step
from tests.backend.test_ratings import MATTER, rate
from weijing.workdays import SHANGHAI, add_workdays

GOOD = {"quality": "good", "procedure": "good", "attitude": "good"}


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def ratable(api: Api, openid: str, also: str = "") -> dict[str, bool]:
    answer = await api("GET", f"/v1/users/{openid}/ratable{f'?also={also}' if also else ''}")
    return {one["number"]: one["rated"] for one in answer.json["matters"]}


async def reply(api: Api, path: str, words: str = "已向您了解情况，谢谢。", key: str = "") -> Answer:
    return await api("POST", f"/v1/{path}/replies", key=key or uuid4().hex, json={"words": words})


async def test_what_is_finished_and_one_s_own_may_be_rated(api: Api, openid: str) -> None:
    number = (await api.report(openid=openid, **NAMED)).json["report_no"]
    assert await ratable(api, openid) == {}, "not finished"
    await step(api, f"reports/{number}", "done")
    assert await ratable(api, openid) == {number: False} and await ratable(api, "o-other") == {}
    assert await ratable(api, "o-other", number) == {number: False}, "the caller has made sure"
    await rate(api, openid, matter=number, **GOOD)
    assert await ratable(api, openid) == {number: True}, "it may be changed"


async def test_a_rating_of_last_week_is_over(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await rate(api, openid, **GOOD)
    assert await ratable(api, openid, MATTER) == {MATTER: True}
    await database.execute("UPDATE backend.ratings SET rated_at = now() - interval '8 days'")
    assert await ratable(api, openid, MATTER) == {}


async def test_a_bound_person_and_a_subscriber_rate_what_is_theirs(api: Api, openid: str, database: asyncpg.Connection) -> None:
    await bind(api, openid)
    await database.execute("UPDATE backend.applications SET status = 'completed' WHERE application_no = $1", DEMO[0].application_no)
    assert await ratable(api, openid) == {DEMO[0].application_no: False}
    await api("PUT", f"/v1/users/{openid}b/subscriptions/{MATTER}")
    assert await ratable(api, f"{openid}b") == {MATTER: False}


async def test_an_appointment_that_is_over_may_be_rated_and_a_cancelled_one_not(api: Api, openid: str, database: asyncpg.Connection) -> None:
    counter = (await api("GET", "/v1/counters?service=hukou")).json["counters"][0]["office_id"]
    start = (await api("GET", f"/v1/offices/{counter}/slots?service=hukou")).json["slots"][0]["starts_at"]
    wanted = {"openid": openid, "office_id": counter, "service": "hukou", "starts_at": start, "name": "示例", "phone": "19900000000"}
    number = (await api("POST", "/v1/appointments", key=uuid4().hex, json=wanted)).json["appointment_no"]
    assert await ratable(api, openid) == {}, "not over"
    await database.execute("UPDATE backend.appointments SET starts_at = now() - interval '1 hour' WHERE appointment_no = $1", number)
    assert await ratable(api, openid) == {number: False}
    assert (await rate(api, openid, matter=number)).json["follow_up"]["unit"] == "督察"
    await database.execute("UPDATE backend.appointments SET status = 'cancelled' WHERE appointment_no = $1", number)
    assert await ratable(api, openid) == {}


async def test_a_poor_mark_is_followed_up_once_by_supervision(api: Api, openid: str, database: asyncpg.Connection) -> None:
    first = (await rate(api, openid)).json["follow_up"]
    assert first["unit"] == "督察" and date.fromisoformat(first["due_on"]) == add_workdays(datetime.now(SHANGHAI).date(), 5)
    assert (await rate(api, openid, quality="poor")).json["follow_up"] == first, "the same one"
    assert (await rate(api, openid, **GOOD)).json["follow_up"] is None
    row = await database.fetchrow("SELECT * FROM backend.follow_ups WHERE matter = $1 AND follow_up_no = $2", MATTER, first["follow_up_no"])
    assert row["status"] == "open" and row["rated_unit"] != row["unit"] and row["steps"].count('"name"') == 3
    assert openid not in str(dict(row))
    assert (await rate(api, f"{openid}b", **GOOD)).json["follow_up"] is None


async def test_the_inspectors_do_not_look_into_themselves(api: Api, openid: str) -> None:
    complaint = (await api.report(openid=openid, kind="complaint", topic="态度", **NAMED)).json["report_no"]
    await step(api, f"reports/{complaint}", "done")
    assert (await rate(api, openid, matter=complaint)).json["follow_up"]["unit"] == "信访"


async def test_the_answer_reaches_who_rated_once(api: Api, openid: str) -> None:
    number = (await rate(api, openid)).json["follow_up"]["follow_up_no"]
    key = uuid4().hex
    for _ in range(2):
        answer = await reply(api, f"follow-ups/{number}", "窗口已增加引导人员。", key)
        assert answer.status == 201 and answer.json == {"number": number, "status": "answered", "status_text": "已答复", "told": 1}
    (told,) = await changes(api, openid)
    assert told["number"] == number and told["step"]["note"] == "窗口已增加引导人员。" and MATTER in told["item_name"]
    assert (await reply(api, "follow-ups/H2026-999999")).status == 404
    again = (await rate(api, openid)).json["follow_up"]
    assert again["follow_up_no"] == number, "a poor mark after the answer opens it again"


async def test_who_left_is_not_told(api: Api, openid: str) -> None:
    number = (await rate(api, openid)).json["follow_up"]["follow_up_no"]
    await api("DELETE", f"/v1/users/{openid}/subscriptions")
    assert (await reply(api, f"follow-ups/{number}")).json["told"] == 0 and await changes(api, openid) == []


async def test_staff_list_follow_ups_with_the_words_and_sum_the_marks(api: Api, openid: str) -> None:
    before = (await api("GET", "/v1/ratings/summary")).json
    answer = await rate(api, openid, **{**GOOD, "attitude": "poor"}, words="排队没人引导")
    number = answer.json["follow_up"]["follow_up_no"]
    (one,) = (await api("GET", f"/v1/follow-ups?follow_up_no={number}")).json["follow_ups"]
    assert one["poor"] == ["服务态度"] and one["words"] == "排队没人引导" and one["status"] == "open" and openid not in str(one)
    after = (await api("GET", "/v1/ratings/summary")).json
    assert after["rated"] == before["rated"] + 1 and after["marks"]["attitude"]["poor"] == before["marks"]["attitude"]["poor"] + 1
    assert (await api("GET", "/v1/ratings/summary?from=2020-01-01&to=2020-01-31")).json["rated"] == 0
    assert (await api("GET", "/v1/ratings/summary?from=2026-02-01&to=2026-01-01")).status == 400
    assert number not in {one["follow_up_no"] for one in (await api("GET", "/v1/follow-ups?state=answered")).json["follow_ups"]}
