"""Rides: arrived, later, overdue; a friend who agrees; nothing stays when the ride is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.backend.conftest import Answer, Api
from weijing.workdays import SHANGHAI

PLACE = {"text": "示例车站", "lat": 31.23, "lng": 121.47}
GONE = {"text": "示例小区", "lat": None, "lng": None}


def at(**delta: float) -> str:
    return (datetime.now(SHANGHAI) + timedelta(**delta)).isoformat(timespec="seconds")


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def begin(api: Api, openid: str, **fields: object) -> Answer:
    ride = {"name": "欧阳示例", "plate": "京A12345", "from": PLACE, "to": GONE, "expected_at": at(hours=1), "contact": "要", **fields}
    return await api("POST", "/v1/filings", key=uuid4().hex, json={"kind": "ride", "openid": openid, "fields": ride})


@pytest.fixture
async def ride(api: Api, openid: str) -> str:
    """The number of a ride that is expected in an hour."""
    return str((await begin(api, openid)).json["filing_no"])


@pytest.fixture
async def overdue(ride: str, database: asyncpg.Connection) -> str:
    """The same, expected twenty minutes ago."""
    await database.execute("UPDATE backend.rides SET expected_at = now() - interval '20 minutes' WHERE filing_no = $1", ride)
    return ride


async def post(api: Api, number: str, what: str, key: str = "", **body: object) -> Answer:
    return await api("POST", f"/v1/rides/{number}/{what}", key=key or uuid4().hex, json=body)


async def listed(api: Api, number: str, minutes: int = 15) -> dict[str, Any] | None:
    rides = (await api("GET", f"/v1/rides?overdue={minutes}")).json["rides"]
    return next((one for one in rides if one["number"] == number), None)


async def mark(api: Api, number: str, stage: str, expected: str) -> Answer:
    return await api("PUT", f"/v1/rides/{number}/stage", json={"stage": stage, "expected_at": expected})


async def befriend(api: Api, number: str, openid: str) -> str:
    """A friend agrees; returns their openid."""
    code = (await post(api, number, "invitations", openid=openid)).json["code"]
    assert (await post(api, number, "contacts", openid=f"{openid}-friend", code=code.lower())).json == {"number": number, "agreed": True}
    return f"{openid}-friend"


async def changes(api: Api, openid: str) -> list[str]:
    return [one["status_text"] for one in (await api("GET", "/v1/changes")).json["changes"] if one["openid"] == openid]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"plate": None}, "pictures: is missing"), ({"plate": "京I12345"}, "plate: is no number plate"), ({"expected_at": at(hours=25)}, "expected_at: "),
        ({"expected_at": "soon"}, "expected_at: "), ({"from": {"text": "x", "lat": 1, "lng": None}}, "from: needs lat"), ({"contact": "也许"}, "contact: "),
        ({"pictures": []}, "pictures: "),
    ],
)  # fmt: skip
async def test_what_a_ride_needs(api: Api, openid: str, fields: dict[str, object], fault: str) -> None:
    refused = await begin(api, openid, **fields)
    assert refused.json["code"] == "invalid_filing" and refused.json["detail"].startswith(fault)


async def test_a_picture_is_enough_without_a_plate(api: Api, openid: str) -> None:
    assert (await begin(api, openid, plate=None, pictures=[{"kind": "image", "ref": "E-0123456789abcdef"}])).status == 201
    assert (await begin(api, openid, plate="粤BD12345")).status == 201, "a green plate"


async def test_the_passenger_finds_what_is_under_way_the_latest_first(api: Api, openid: str) -> None:
    first, second = [(await begin(api, openid, plate=plate)).json["filing_no"] for plate in ("京A12345", "京A12346")]
    for numbers in ([second, first], [first]):
        rides = (await api("GET", f"/v1/users/{openid}/rides")).json["rides"]
        assert [one["number"] for one in rides] == numbers
        await post(api, numbers[0], "check-ins", openid=openid, state="arrived")
    assert (await api("GET", f"/v1/users/{openid}-else/rides")).json == (await api("GET", f"/v1/users/{openid}/rides")).json == {"rides": []}


async def test_who_arrives_is_in_no_list_and_says_so_twice_without_harm(api: Api, openid: str, overdue: str) -> None:
    assert (await listed(api, overdue)) is not None and await listed(api, overdue, 30) is None
    assert (await post(api, overdue, "check-ins", openid="o-else", state="arrived")).status == 404
    for _ in range(2):
        assert (await post(api, overdue, "check-ins", openid=openid, state="arrived")).json["state"] == "arrived"
    assert await listed(api, overdue) is None
    (matter,) = (await api("GET", f"/v1/users/{openid}/matters")).json["matters"]
    assert matter["status"] == "completed" and [one["name"] for one in matter["steps"]] == ["登记", "平安到达"]
    later = await post(api, overdue, "check-ins", openid=openid, state="extended", expected_at=at(hours=1))
    assert (later.status, later.json["code"]) == (409, "ride_over")


async def test_later_means_nobody_is_told_until_then(api: Api, openid: str, overdue: str) -> None:
    found = await listed(api, overdue)
    assert found and (found["openid"], found["stage"], found["contact"]) == (openid, "none", None)
    expected = at(hours=2)
    extended = (await post(api, overdue, "check-ins", openid=openid, state="extended", expected_at=expected)).json
    assert (extended["state"], extended["stage"], extended["expected_at"]) == ("travelling", "none", expected)
    assert await listed(api, overdue) is None
    assert (await mark(api, overdue, "reminded", found["expected_at"])).json["stage"] == "none", "said of the time before"
    for wrong in (at(hours=25), at(hours=-1), None):
        assert (await post(api, overdue, "check-ins", openid=openid, state="extended", expected_at=wrong)).status == 422


async def test_stages_go_forward_only(api: Api, overdue: str) -> None:
    found = await listed(api, overdue)
    assert found
    for stage, now in (("reminded", "reminded"), ("reminded", "reminded"), ("contact_told", "contact_told"), ("reminded", "contact_told")):
        assert (await mark(api, overdue, stage, found["expected_at"])).json["stage"] == now
    assert (await mark(api, "B2026-999999", "reminded", at())).status == 404


async def test_a_friend_who_agrees_is_named_with_what_they_may_be_told(api: Api, openid: str, overdue: str) -> None:
    friend = await befriend(api, overdue, openid)
    found = await listed(api, overdue)
    assert found and found["contact"] == {"openid": friend, "name": "欧阳示例", "plate": "京A12345", "from": PLACE, "to": GONE}
    assert await changes(api, openid) == ["联系人已同意"] and await changes(api, friend) == []
    await mark(api, overdue, "contact_told", found["expected_at"])
    await post(api, overdue, "check-ins", openid=openid, state="arrived")
    assert await changes(api, friend) == ["平安到达"], "who was alarmed hears the end of it"


async def test_the_friend_reads_who_asks_before_agreeing(api: Api, openid: str, ride: str, database: asyncpg.Connection) -> None:
    code = (await post(api, ride, "invitations", openid=openid)).json["code"]
    read = await api("POST", f"/v1/rides/{ride}/invitation-queries", json={"code": code.lower()})
    assert read.status == 200 and (read.json["number"], read.json["name"]) == (ride, "欧***")
    assert not await database.fetchval("SELECT count(*) FROM backend.ride_contacts WHERE filing_no = $1", ride), "nothing is agreed by reading"
    assert (await api("POST", f"/v1/rides/{ride}/invitation-queries", json={"code": "2222-2222"})).status == 404
    await post(api, ride, "check-ins", openid=openid, state="arrived")
    assert (await api("POST", f"/v1/rides/{ride}/invitation-queries", json={"code": code})).json["code"] == "ride_over"


async def test_a_friend_may_leave_and_the_passenger_hears_of_it(api: Api, openid: str, ride: str) -> None:
    friend = await befriend(api, ride, openid)
    assert (await api("DELETE", f"/v1/users/{friend}/ride-contacts")).json == {"ended": 1}
    assert (await api("DELETE", f"/v1/users/{friend}/ride-contacts")).json == {"ended": 0}
    assert await changes(api, openid) == ["联系人已同意", "联系人已退出"]


async def test_a_ride_with_nobody_left_to_tell_is_in_no_list(api: Api, openid: str, overdue: str) -> None:
    found = await listed(api, overdue)
    assert found and found["staged_at"] is None
    await mark(api, overdue, "reminded", found["expected_at"])
    assert await listed(api, overdue) is None, "reminded, and no contact"
    await befriend(api, overdue, openid)
    again = await listed(api, overdue)
    assert again and datetime.now(SHANGHAI) - datetime.fromisoformat(again["staged_at"]) < timedelta(minutes=1)
    await mark(api, overdue, "contact_told", found["expected_at"])
    assert await listed(api, overdue) is None


async def test_without_a_code_nobody_is_a_contact(api: Api, openid: str, ride: str) -> None:
    assert (await post(api, ride, "invitations", openid="o-else")).status == 404
    assert (await post(api, ride, "contacts", openid="o-else", code="2222-2222")).status == 404
    code = (await post(api, ride, "invitations", openid=openid)).json["code"]
    assert (await post(api, ride, "contacts", openid=openid, code=code)).json["code"] == "own_ride"
    key = uuid4().hex
    for _ in range(2):
        assert (await post(api, ride, "contacts", key=key, openid="o-friend", code=code)).status == 201
    assert (await post(api, ride, "contacts", openid="o-other", code=code)).json["code"] == "contact_taken"
    assert await changes(api, openid) == ["联系人已同意"]
    newer = (await post(api, ride, "invitations", openid=openid)).json["code"]
    assert (await post(api, ride, "contacts", openid="o-friend", code=code)).status == 404, "the code before counts no more"
    assert (await post(api, ride, "contacts", openid="o-other", code=newer)).status == 201


async def test_a_contact_ends_with_the_ride_or_when_they_leave(api: Api, openid: str, ride: str, database: asyncpg.Connection) -> None:
    friend = await befriend(api, ride, openid)
    rows = [str(dict(row)) for table in ("rides", "ride_contacts") for row in await database.fetch(f"SELECT * FROM backend.{table}")]
    assert rows and not [row for row in rows if openid in row]
    await api("DELETE", f"/v1/users/{friend}/subscriptions")
    assert not await database.fetchval("SELECT count(*) FROM backend.ride_contacts WHERE filing_no = $1", ride)
    await befriend(api, ride, openid)
    assert (await api("DELETE", f"/v1/filings/{ride}?openid={openid}")).json["erased"] is True
    for table in ("rides", "ride_contacts", "proofs"):
        column = "number" if table == "proofs" else "filing_no"
        assert not await database.fetchval(f"SELECT count(*) FROM backend.{table} WHERE {column} = $1", ride)


async def test_it_is_kept_thirty_days(api: Api, ride: str, database: asyncpg.Connection) -> None:
    kept = await database.fetchval("SELECT keep_until FROM backend.filings WHERE filing_no = $1", ride)
    assert kept == datetime.now(SHANGHAI).date() + timedelta(days=30)
