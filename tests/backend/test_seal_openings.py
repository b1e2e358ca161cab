"""A sealed reporter is opened by two people with a reason, for half an hour, and every deed can be listed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.backend.conftest import Answer, Api
from tests.backend.test_reports import REPORTER


@pytest.fixture
async def number(api: Api) -> str:
    return str((await api.report(mode="sealed", reporter=REPORTER, openid="o-sealed", content=uuid4().hex)).json["report_no"])


async def ask(api: Api, number: str, **body: Any) -> Answer:
    return await api("POST", f"/v1/reports/{number}/seal-openings", key=uuid4().hex, json={"staff": "s-1", "reason": "需要当面核实", **body})


async def approve(api: Api, opening: int, staff: str = "s-2") -> Answer:
    return await api("POST", f"/v1/seal-openings/{opening}/approval", key=uuid4().hex, json={"staff": staff})


async def reporter(api: Api, opening: int, staff: str = "s-1") -> Answer:
    return await api("GET", f"/v1/seal-openings/{opening}/reporter", params={"staff": staff})


async def test_two_people_open_it_and_each_reading_is_a_row(api: Api, number: str) -> None:
    opening = (await ask(api, number)).json["opening_id"]
    assert (await reporter(api, opening)).json["code"] == "not_approved"
    assert (await approve(api, opening, "s-1")).json["code"] == "same_person"
    assert (await approve(api, opening)).json["state"] == "approved"
    for _ in range(2):
        read = await reporter(api, opening)
        assert read.json == REPORTER and read.headers["Cache-Control"] == "no-store"
    assert (await reporter(api, opening, "s-2")).status == (await reporter(api, opening, "s-3")).status == 404, "who approved does not read"
    listed = (await api("GET", "/v1/seal-openings", params={"state": "approved"})).json["openings"][0]
    assert (listed["report_no"], listed["asked_by"], listed["approved_by"], listed["reason"]) == (number, "s-1", "s-2", "需要当面核实")
    assert [one["staff"] for one in listed["readings"]] == ["s-1", "s-1"] and REPORTER["phone"] not in str(listed)


async def test_after_half_an_hour_it_is_shut_and_cannot_be_approved_again(api: Api, number: str, database: asyncpg.Connection) -> None:
    opening = (await ask(api, number)).json["opening_id"]
    await approve(api, opening)
    await database.execute("UPDATE backend.seal_openings SET approved_at = now() - interval '31 minutes' WHERE id = $1", opening)
    assert (await reporter(api, opening)).json["code"] == "opening_expired"
    assert (await approve(api, opening, "s-3")).json["code"] == "already_approved"
    assert opening in [one["opening_id"] for one in (await api("GET", "/v1/seal-openings", params={"state": "expired"})).json["openings"]]


async def test_nothing_else_shows_a_sealed_reporter(api: Api, number: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    opening = (await ask(api, number)).json["opening_id"]
    await approve(api, opening)
    await reporter(api, opening)
    work = (await api("GET", f"/v1/work/{number}")).json
    assert (work["contact"], work["openid"], work["mode"]) == (None, None, "sealed")
    shown = f"{work} {(await api('GET', '/v1/work')).json} {caplog.text}"
    assert REPORTER["phone"] not in shown and REPORTER["name"] not in caplog.text


async def test_what_is_not_sealed_is_not_opened(api: Api) -> None:
    named = (await api.report(mode="named", reporter=REPORTER, content=uuid4().hex)).json["report_no"]
    assert (await ask(api, named)).json["code"] == "not_sealed"
    assert (await ask(api, "J2026-999999")).status == (await approve(api, 999_999)).status == (await reporter(api, 999_999)).status == 404
