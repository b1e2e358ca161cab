"""Booking, moving and cancelling half hours: never more people in a slot than it holds, however many come at once."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.counters import starts
from backend.demo import DEMO
from backend.demo_offices import ALWAYS, COUNTER, HALL
from backend.retention import forget
from backend.vault import Vault
from tests.backend.conftest import Answer, Api, Running
from weijing.workdays import SHANGHAI, add_workdays

OFFICE = "demo_hukou_31"


def at(days: int, clock: str = "09:00") -> str:
    """A half hour so many workdays ahead."""
    return datetime.combine(add_workdays(datetime.now(SHANGHAI).date(), days), time.fromisoformat(clock), SHANGHAI).isoformat()


async def book(api: Api, starts_at: str, openid: str = "", key: str = "", **more: Any) -> Answer:
    """Book the hall's identity-card counter."""
    body = {"office_id": OFFICE, "service": "id_card", "starts_at": starts_at, "name": "示例甲", "phone": "19900000077", "openid": openid or f"o-{uuid4().hex}"}
    return await api("POST", "/v1/appointments", key=key or uuid4().hex, json=body | more)


async def left(api: Api, starts_at: str, service: str = "id_card") -> int:
    """How many people the slot still takes."""
    slots = (await api("GET", f"/v1/offices/{OFFICE}/slots?service={service}&from={starts_at[:10]}&to={starts_at[:10]}")).json["slots"]
    return next((slot["left"] for slot in slots if slot["starts_at"] == starts_at), 0)


async def mine(api: Api, openid: str) -> list[Any]:
    """Open appointments of a user."""
    return list((await api("GET", f"/v1/appointments?openid={openid}")).json["appointments"])


async def test_counters_come_nearest_first_where_a_place_is_given(api: Api) -> None:
    counters = (await api("GET", "/v1/counters?service=id_card&lat=31.230416&lng=121.473701")).json["counters"]
    assert counters[0]["office_id"] == OFFICE and counters[0]["metres"] < counters[1]["metres"]
    anywhere = (await api("GET", "/v1/counters?service=exit_entry")).json["counters"]
    assert {counter["service"] for counter in anywhere} == {"exit_entry"} and anywhere[0]["metres"] is None
    assert (await api("GET", "/v1/counters?service=pets")).status == 400


async def test_an_appointment_gets_a_number_and_takes_a_place(api: Api, database: asyncpg.Connection) -> None:
    start = at(2)
    booked = await book(api, start, "o-first", service_item_id="id_card_replacement")
    assert booked.status == 201 and re.fullmatch(r"Y\d{4}-\d{6}", booked.json["appointment_no"])
    assert booked.json["service_name"] == "身份证" and booked.json["starts_at"] == start and "示例路" in booked.json["address"]
    assert await left(api, start) == 2
    row = await database.fetchrow("SELECT * FROM backend.appointments WHERE appointment_no = $1", booked.json["appointment_no"])
    assert "19900000077" not in str(dict(row)) and "示例甲" not in str(dict(row)) and "o-first" not in str(dict(row))
    assert [one["appointment_no"] for one in await mine(api, "o-first")] == [booked.json["appointment_no"]]


async def test_fifty_at_once_for_a_slot_of_three_make_three(api: Api, database: asyncpg.Connection) -> None:
    start = at(3)
    answers = await asyncio.gather(*(book(api, start) for _ in range(50)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 47
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"slot_taken"}
    assert len({answer.json["appointment_no"] for answer in answers if answer.status == 201}) == 3
    assert await database.fetchval("SELECT count(*) FROM backend.appointments WHERE starts_at = $1", datetime.fromisoformat(start)) == 3
    assert await left(api, start) == 0


async def test_twenty_at_once_of_one_user_make_one_appointment_and_take_one_place(api: Api) -> None:
    days = [at(4, f"{hour:02}:00") for hour in range(9, 14)] * 4
    answers = await asyncio.gather(*(book(api, start, "o-eager") for start in days))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 19
    assert {answer.json["code"] for answer in answers if answer.status == 409} <= {"already_booked", "slot_taken"}
    assert sum([3 - await left(api, start) for start in days[:5]]) == 1, "who was refused gave the place back"


async def test_the_same_key_books_once(api: Api) -> None:
    start, openid, key = at(5), "o-again", uuid4().hex
    first, again = await book(api, start, openid, key), await book(api, start, openid, key)
    assert first.json == again.json and again.headers["Idempotent-Replay"] == "true" and await left(api, start) == 2


async def test_one_open_appointment_for_a_service_and_another_for_another(api: Api) -> None:
    assert (await book(api, at(6), "o-two")).status == 201
    assert (await book(api, at(7), "o-two")).json["code"] == "already_booked"
    assert (await book(api, at(7), "o-two", service="hukou")).status == 201
    assert len(await mine(api, "o-two")) == 2


async def test_what_has_passed_is_no_open_appointment(api: Api, database: asyncpg.Connection) -> None:
    number = (await book(api, at(6, "10:00"), "o-past")).json["appointment_no"]
    await database.execute("UPDATE backend.appointments SET starts_at = now() - interval '1 minute' WHERE appointment_no = $1", number)
    assert await mine(api, "o-past") == []
    assert (await api("DELETE", f"/v1/appointments/{number}?openid=o-past")).json["code"] == "appointment_closed"
    moved = await api("POST", f"/v1/appointments/{number}/move", key=uuid4().hex, json={"openid": "o-past", "starts_at": at(7)})
    assert moved.json["code"] == "appointment_closed"
    assert (await book(api, at(7, "10:00"), "o-past")).status == 201


async def test_moving_takes_the_new_place_and_frees_the_old_one(api: Api) -> None:
    old, new = at(8), at(9)
    number = (await book(api, old, "o-move")).json["appointment_no"]
    moved = await api("POST", f"/v1/appointments/{number}/move", key=uuid4().hex, json={"openid": "o-move", "starts_at": new})
    assert moved.status == 200 and (moved.json["appointment_no"], moved.json["starts_at"]) == (number, new)
    assert await left(api, old) == 3 and await left(api, new) == 2
    for _ in range(2):
        await book(api, old)
    await book(api, old)
    back = await api("POST", f"/v1/appointments/{number}/move", key=uuid4().hex, json={"openid": "o-move", "starts_at": old})
    assert back.json["code"] == "slot_taken" and await left(api, new) == 2, "the old one is kept when the new one is full"


async def test_two_who_change_places_do_not_wait_for_each_other(api: Api) -> None:
    one, other = at(10, "09:00"), at(10, "09:30")
    pairs = [(f"o-swap-{n}", *((one, other) if n % 2 else (other, one))) for n in range(2)]
    numbers = [(await book(api, here, openid)).json["appointment_no"] for openid, here, _ in pairs]
    for _ in range(3):
        moves = [
            api("POST", f"/v1/appointments/{number}/move", key=uuid4().hex, json={"openid": openid, "starts_at": there})
            for number, (openid, _, there) in zip(numbers, pairs, strict=True)
        ]
        assert {answer.status for answer in await asyncio.gather(*moves)} == {200}
        pairs = [(openid, there, here) for openid, here, there in pairs]
    assert await left(api, one) == await left(api, other) == 2


async def test_cancelling_twice_frees_one_place_and_only_the_owner_may(api: Api) -> None:
    start = at(11)
    number = (await book(api, start, "o-cancel")).json["appointment_no"]
    assert (await api("DELETE", f"/v1/appointments/{number}?openid=o-else")).status == 404
    for _ in range(2):
        cancelled = await api("DELETE", f"/v1/appointments/{number}?openid=o-cancel")
        assert cancelled.status == 200 and cancelled.json["status"] == "cancelled"
    assert await left(api, start) == 3 and await mine(api, "o-cancel") == []
    assert (await book(api, start, "o-cancel")).status == 201


@pytest.mark.parametrize("start", [
    "2026-01-05T09:00:00+08:00", "2099-01-05T09:00:00+08:00", "2026-99-99T09:00:00+08:00", "9999-12-31T23:59:59+08:00",
])  # fmt: skip
async def test_what_is_no_slot_is_refused(api: Api, start: str) -> None:
    assert (await book(api, start)).json["code"] == "slot_taken"


async def test_times_between_the_half_hours_and_counters_that_do_not_exist_are_refused(api: Api) -> None:
    assert (await book(api, at(2, "09:10"))).json["code"] == "slot_taken"
    assert (await book(api, at(2), service="traffic")).status == 404
    assert (await api("GET", f"/v1/offices/{OFFICE}/slots?service=traffic")).status == 404
    assert (await api("GET", f"/v1/offices/{OFFICE}/slots?service=id_card&from=2026-02-31")).status == 400
    assert (await api("GET", "/v1/appointments")).status == 400


async def test_a_day_lists_whom_to_remind_and_a_move_takes_the_note_away(api: Api) -> None:
    start = at(12)
    number = (await book(api, start, "o-remind")).json["appointment_no"]
    day = f"/v1/appointments?date={start[:10]}"
    (one,) = (await api("GET", day)).json["appointments"]
    assert (one["appointment_no"], one["openid"], one["reminded"]) == (number, "o-remind", False)
    for _ in range(2):
        assert (await api("PUT", f"/v1/appointments/{number}/reminded")).json["reminded"] is True
    moved = await api("POST", f"/v1/appointments/{number}/move", key=uuid4().hex, json={"openid": "o-remind", "starts_at": at(12, "10:00")})
    assert moved.json["reminded"] is False
    assert (await api("PUT", "/v1/appointments/Y2026-999999/reminded")).status == 404


@pytest.mark.parametrize(("day", "count"), [(date(2026, 10, 1), 0), (date(2026, 10, 10), 16), (date(2026, 11, 22), 0), (date(2026, 11, 23), 16)])
def test_slots_keep_the_national_calendar(day: date, count: int) -> None:
    now = datetime.combine(day - timedelta(days=1), time(12), SHANGHAI)
    assert len(starts(HALL, day, day, now)) == count


def test_a_counter_closes_at_noon_and_a_duty_room_keeps_office_hours() -> None:
    monday = date(2026, 11, 23)
    now = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
    assert [start.strftime("%H:%M") for start in starts(COUNTER, monday, monday, now)][4:8] == ["11:00", "11:30", "14:30", "15:00"]
    assert starts(ALWAYS, monday, monday, now) == starts(COUNTER, monday, monday, now)
    assert len(starts(HALL, monday, monday, datetime(2026, 11, 23, 16, 0, tzinfo=SHANGHAI))) == 1, "what has begun is not given out"
    assert starts(HALL, date(2020, 1, 1), date(2099, 1, 1), now)[-1] < now + timedelta(days=31)


async def test_who_is_bound_needs_no_name_and_others_do(api: Api, database: asyncpg.Connection, backend: Running) -> None:
    person = DEMO[3]
    contact = {"name": person.applicant, "phone": person.proofs["phone"]}
    await api("POST", "/v1/identities", key=uuid4().hex, json={"openid": "o-bound", "id_number": person.proofs["id_number"], **contact})
    slot = {"office_id": OFFICE, "service": "id_card", "starts_at": at(13)}
    unbound = await api("POST", "/v1/appointments", key=uuid4().hex, json={"openid": "o-nobody", **slot})
    assert (unbound.status, unbound.json["code"]) == (409, "not_bound") and await left(api, at(13)) == 3
    booked = await api("POST", "/v1/appointments", key=uuid4().hex, json={"openid": "o-bound", **slot})
    assert booked.status == 201 and contact["phone"] not in str(booked.json)
    sealed = await database.fetchval("SELECT contact FROM backend.appointments WHERE appointment_no = $1", booked.json["appointment_no"])
    assert Vault(backend.settings.vault_key.get_secret_value()).open(sealed) == {"openid": "o-bound", **contact}
    again = await api("POST", "/v1/appointments", key=uuid4().hex, json={"openid": "o-bound", **slot, **contact})
    assert again.json["code"] == "already_booked", "the same person, typed"


async def test_a_second_person_and_another_item_are_appointments_of_their_own_up_to_five(api: Api) -> None:
    assert (await book(api, at(14), "o-family")).status == 201
    assert (await book(api, at(14), "o-family", name="示例母")).status == 201
    assert (await book(api, at(14), "o-family", phone="19900000078")).status == 201
    assert (await book(api, at(14, "10:00"), "o-family", service_item_id="id_card_renewal")).status == 201
    assert (await book(api, at(14, "10:00"), "o-family", service_item_id="id_card_renewal")).json["code"] == "already_booked"
    assert (await book(api, at(14, "10:00"), "o-family", name="示例父")).status == 201
    more = await asyncio.gather(*(book(api, at(15), "o-family", name=f"示例{n}") for n in "丙丁"))
    assert {answer.json["code"] for answer in more} == {"too_many_appointments"} and await left(api, at(15)) == 3


async def test_what_is_long_past_is_deleted_with_name_and_phone(api: Api, database: asyncpg.Connection, backend: Running) -> None:
    kept, gone = [(await book(api, at(16), f"o-old-{n}")).json["appointment_no"] for n in range(2)]
    for number, days in ((kept, 29), (gone, 31)):
        await database.execute("UPDATE backend.appointments SET starts_at = now() - make_interval(days => $2) WHERE appointment_no = $1", number, days)
    pool = await asyncpg.create_pool(backend.settings.database_url, min_size=1, max_size=1)
    await forget(pool, 30)
    await pool.close()
    left_over = {row[0] for row in await database.fetch("SELECT appointment_no FROM backend.appointments WHERE appointment_no = ANY($1)", [kept, gone])}
    assert left_over == {kept}
