"""A sealed reporter is opened by two people: one asks, another approves, the one who asked reads, and the auditor sees all of it."""

from __future__ import annotations

import re

from tests.backend.conftest import Running
from tests.console.casework import REPORTER, acts, do, file
from tests.console.conftest import Desk, Person


async def opening_of(person: Person, number: str) -> str:
    page = (await person.get("/cases/openings")).text
    part = page[page.index(number) :]
    found = re.search(r"/cases/openings/(\d+)/approval", part)
    return found[1] if found else ""


async def test_two_people_open_a_seal_and_every_reading_is_counted(case_desk: Desk, office: Running) -> None:
    number = (await file(office, mode="sealed", reporter=REPORTER))["report_no"]
    boss, second, auditor = [await case_desk.log_in(login) for login in ("zhuguan", "ducha", "shenji")]
    page = await boss.get(f"/cases/{number}")
    assert "身份已密封" in page.text and REPORTER["name"] not in page.text
    assert (await boss.post(f"/cases/{number}/facts", {"reason": "看看"})).text.count(REPORTER["phone"]) == 0, "opening the facts opens no seal"
    assert (await do(boss, number, "seal-openings", "ask-seal", reason="")).status == 422
    asked = await do(boss, number, "seal-openings", "ask-seal", reason="线索需要核实")
    assert asked.status == 200 and "等待批准" in asked.text
    opening = await opening_of(second, number)
    own = await boss.post(f"/cases/openings/{opening}/approval", {"key": "1" * 32})
    assert own.status == 409 and "不能批准自己的申请" in own.text
    early = await boss.get(f"/cases/{number}/seal-openings/{opening}", htmx=True)
    assert early.status == 409 and REPORTER["name"] not in early.text
    assert "seal.read" not in await acts(case_desk, number), "nothing was read"
    assert (await second.post(f"/cases/openings/{opening}/approval", {"key": "2" * 32})).status == 200
    read = await boss.get(f"/cases/{number}/seal-openings/{opening}", htmx=True)
    assert REPORTER["name"] in read.text and REPORTER["phone"] in read.text
    other = await second.get(f"/cases/{number}/seal-openings/{opening}", htmx=True)
    assert other.status == 404 and REPORTER["phone"] not in other.text, "who approved does not read"
    told = (await auditor.get("/cases/openings")).text
    told = told[told.index(number) :]
    assert "线索需要核实" in told and "查看 1 次" in told and "孙督察" in told and REPORTER["name"] not in told
    assert {"seal.asked", "seal.approved", "seal.read"} <= set(await acts(case_desk, number))
    readers = (await auditor.get(f"/cases/{number}/readers")).text
    assert "看了举报人" in readers and "周主管" in readers
    assert (await boss.get(f"/cases/{number}/readers")).status == 403


async def test_an_agent_approves_nothing_and_sees_no_openings_of_others_cases(case_desk: Desk, office: Running) -> None:
    number = (await file(office, mode="sealed", reporter=REPORTER))["report_no"]
    boss, agent = await case_desk.log_in("zhuguan"), await case_desk.log_in("zuoxi1")
    await do(boss, number, "seal-openings", "ask-seal", reason="核实")
    opening = await opening_of(await case_desk.log_in("ducha"), number)
    assert (await agent.post(f"/cases/openings/{opening}/approval", {"key": "3" * 32})).status == 403
    assert number not in (await agent.get("/cases/openings")).text
    assert (await agent.get(f"/cases/{number}/seal-openings/{opening}")).status == 404
    foreign = (await file(office, mode="sealed", reporter=REPORTER))["report_no"]
    assert (await boss.get(f"/cases/{foreign}/seal-openings/{opening}")).status == 404, "an opening belongs to its own case"


async def test_nothing_is_asked_where_nothing_is_sealed(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    refused = await (await case_desk.log_in("zhuguan")).post(f"/cases/{number}/seal-openings", {"reason": "x", "key": "4" * 32})
    assert refused.status == 409 and "没有密封身份" in refused.text
