"""Progress of applications: with proof only, and not by guessing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date

import asyncpg
import pytest
from stdnum.cn import ric

from backend.demo import DEMO, DemoApplication
from backend.seed import promised_on
from backend.vault import Vault
from tests.backend.conftest import Api, Running
from weijing.service_items import load_service_items

ITEMS = {item.id: item for item in load_service_items()}
FIRST = DEMO[0]


@pytest.mark.parametrize("demo", DEMO, ids=lambda demo: demo.application_no)
async def test_each_demo_application_opens_with_each_of_its_proofs(api: Api, demo: DemoApplication) -> None:
    for kind, value in demo.proofs.items():
        answer = await api.progress(demo.application_no, **{kind: value})
        assert answer.status == 200
        assert answer.json["application_no"] == demo.application_no
    steps = [step["at"] for step in answer.json["steps"]]
    assert steps == sorted(steps) and steps[0].startswith(answer.json["applied_on"])


def test_the_demo_is_varied_and_its_people_do_not_exist() -> None:
    assert len(DEMO) == len({demo.application_no for demo in DEMO}) == 12
    assert len({demo.status for demo in DEMO}) == 8
    for demo in DEMO:
        number = demo.proofs["id_number"]
        assert ric.is_valid(number) and number.startswith("11010119000101")
        assert demo.service_item_id in ITEMS


def test_promised_dates_follow_the_items_limit() -> None:
    passport = ITEMS["passport_first"]
    assert (passport.time_limit.legal_days, passport.time_limit.day_kind) == (15, "calendar")  # 护照法 art. 6
    assert promised_on(date(2026, 11, 12), passport) == date(2026, 11, 27)
    workdays = next(item for item in ITEMS.values() if item.time_limit.day_kind == "workday" and item.time_limit.legal_days)
    promised = promised_on(date(2026, 9, 30), workdays)
    assert promised and promised > date(2026, 10, 7), "国庆 does not count"
    unconfirmed = next(item for item in ITEMS.values() if "time_limit" in item.unconfirmed)
    assert promised_on(date(2026, 9, 30), unconfirmed) is None


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("id_number", lambda value: f" {value.lower()} "),
        ("phone", lambda value: f"+86 {value[:3]}-{value[3:]}"),
        ("query_code", lambda value: value.lower().replace("-", "")),
    ],
)
async def test_proofs_are_read_as_people_type_them(api: Api, kind: str, typed: Callable[[str], str]) -> None:
    assert (await api.progress(FIRST.application_no, **{kind: typed(FIRST.proofs[kind])})).status == 200


async def test_an_unknown_number_and_a_wrong_proof_look_the_same(api: Api) -> None:
    unknown = await api.progress("A2026-999999", query_code="2222-2222")
    wrong = await api.progress(DEMO[1].application_no, query_code="2222-2222")
    crossed = await api.progress(DEMO[1].application_no, phone=DEMO[2].proofs["phone"])
    as_other_kind = await api.progress(DEMO[1].application_no, phone=DEMO[1].proofs["query_code"])
    assert {answer.status for answer in (unknown, wrong, crossed, as_other_kind)} == {404}
    assert unknown.json == wrong.json == crossed.json == as_other_kind.json
    volatile = {"Date"}
    assert {k: v for k, v in unknown.headers.items() if k not in volatile} == {k: v for k, v in wrong.headers.items() if k not in volatile}


def test_an_unknown_number_takes_the_work_of_a_wrong_proof(backend: Running) -> None:
    vault = Vault(backend.settings.vault_key.get_secret_value())

    def work(stored: str | None) -> float:
        started = time.thread_time()
        assert not vault.fits("22222222", stored)
        return time.thread_time() - started

    stored = vault.hash("7KQ2M9XD")
    known, unknown = (min(work(value) for _ in range(5)) for value in (stored, None))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("number", ["A2026-777777", DEMO[9].application_no], ids=["unknown", "known"])
async def test_five_wrong_proofs_close_the_number_for_the_right_one_too(api: Api, database: asyncpg.Connection, number: str) -> None:
    for _ in range(5):
        assert (await api.progress(number, phone="13800000000")).status == 404
    for proof in ({"phone": "13800000000"}, {"query_code": DEMO[9].query_code}):
        closed = await api.progress(number, **proof)
        assert (closed.status, closed.json["code"]) == (429, "too_many_attempts")
        assert 3000 < int(closed.headers["Retry-After"]) <= 3600
    await database.execute("UPDATE backend.wrong_proofs SET at = at - interval '59 minutes 58 s' WHERE number = $1", number)
    assert int((await api.progress(number, phone="13800000000")).headers.get("Retry-After", "1")) <= 2
    await database.execute("UPDATE backend.wrong_proofs SET at = at - interval '1 minute' WHERE number = $1", number)
    assert (await api.progress(number, query_code=DEMO[9].query_code)).status == (200 if number == DEMO[9].application_no else 404)


async def test_thirty_guesses_at_once_get_no_more_answers_than_five(api: Api, database: asyncpg.Connection) -> None:
    number = DEMO[10].application_no
    answers = await asyncio.gather(*(api.progress(number, phone=f"138000000{n:02d}") for n in range(30)))
    assert sorted(answer.status for answer in answers) == [404] * 5 + [429] * 25
    assert await database.fetchval("SELECT count(*) FROM backend.wrong_proofs WHERE number = $1", number) == 5


async def test_right_proofs_at_once_are_not_counted(api: Api) -> None:
    demo = DEMO[11]
    answers = await asyncio.gather(*(api.progress(demo.application_no, query_code=demo.query_code) for _ in range(12)))
    assert {answer.status for answer in answers} == {200}


async def test_a_report_is_closed_after_five_wrong_codes(api: Api) -> None:
    filed = (await api.report()).json
    for _ in range(5):
        assert (await api.progress(filed["report_no"], query_code="2222-2222")).status == 404
    assert (await api.progress(filed["report_no"], query_code=filed["query_code"])).status == 429


async def test_a_report_is_not_opened_through_the_applications_door(api: Api) -> None:
    filed = (await api.report()).json
    body = {"proof": {"kind": "query_code", "value": filed["query_code"]}}
    assert (await api("POST", f"/v1/applications/{filed['report_no']}/progress-queries", json=body)).status == 404
