"""Whose cases are whose: agents, supervisors and supervision, on pages, in lists and in exports."""

from __future__ import annotations

import asyncio

import pytest

from console.cases.client import Unit
from console.cases.reach import may_see
from console.staff import Role, Staff
from tests.backend.conftest import Running
from tests.console.casework import COMPLAINT, do, file
from tests.console.conftest import Desk, Person

UNITS = {one.id: one for one in (
    Unit("desk", "服务坐席", "desk"), Unit("public_order", "治安", "department"), Unit("supervision", "督察", "supervision"),
    Unit("above", "上级督察", "supervision"), Unit("petitions", "信访", "petitions"),
)}  # fmt: skip


def person(unit: str, *roles: Role) -> Staff:
    return Staff("me", "示例", unit, frozenset(roles))


def item(unit: str, assignee: str | None = None, *, complaint: bool = False, against: str = "") -> dict[str, object]:
    return {"unit": unit, "assignee": assignee, "complaint": complaint, "against": against}


@pytest.mark.parametrize(("who", "what", "seen"), [
    (person("public_order", "agent"), item("public_order", "other"), True),
    (person("public_order", "agent"), item("desk"), True),
    (person("public_order", "agent"), item("desk", "other"), False),
    (person("desk", "agent"), item("public_order"), False),
    (person("desk", "agent"), item("public_order", "me"), True),
    (person("desk", "agent", "supervisor"), item("public_order", "other"), True),
    (person("desk", "trainer"), item("desk"), False),
    (person("desk", "agent", "supervisor"), item("supervision", complaint=True), False),
    (person("desk", "agent"), item("supervision", "me", complaint=True), False),
    (person("public_order", "agent"), item("public_order", "me", complaint=True), False),
    (person("supervision", "agent"), item("supervision", "other", complaint=True), True),
    (person("supervision", "agent"), item("above", complaint=True), False),
    (person("above", "agent", "supervisor"), item("supervision", complaint=True), True),
    (person("supervision", "agent", "supervisor"), item("above", complaint=True, against="督察"), False),
    (person("supervision", "agent", "supervisor"), item("supervision", complaint=True, against="督察"), False),
    (person("petitions", "agent"), item("petitions", complaint=True), True),
    (person("petitions", "agent", "supervisor"), item("supervision", complaint=True), False),
    (person("nowhere", "agent", "supervisor"), item("supervision", complaint=True), False),
])  # fmt: skip
def test_the_rule(who: Staff, what: dict[str, object], seen: bool) -> None:
    assert may_see(who, what, UNITS) is seen


async def opened_by(who: Person, number: str) -> int:
    return (await who.get(f"/cases/{number}")).status


async def test_a_complaint_about_the_police_is_supervisions_alone(case_desk: Desk, office: Running) -> None:
    number, tip = (await file(office, **COMPLAINT))["report_no"], (await file(office))["report_no"]
    above = (await file(office, **{**COMPLAINT, "content": "投诉督察大队的人不作为"}))["report_no"]
    people = {login: await case_desk.log_in(login) for login in ("zuoxi1", "zhuguan", "ducha", "shenji")}
    opened = {login: await asyncio.gather(*(opened_by(one, no) for no in (number, above, tip))) for login, one in people.items()}
    assert opened == {"zuoxi1": [404, 404, 404], "zhuguan": [404, 404, 200], "ducha": [200, 404, 200], "shenji": [403, 403, 403]}
    for login, seen in (("zuoxi1", False), ("zhuguan", False), ("ducha", True)):
        page = await people[login].get(f"/cases?scope=all&sort=received&q={number}")
        assert (f"/cases/{number}" in page.text) is seen, login
    assert f"/cases/{above}" not in (await people["ducha"].get(f"/cases?scope=all&q={above}")).text


async def test_a_complaint_is_not_given_to_a_unit_that_is_not_independent(case_desk: Desk, office: Running) -> None:
    number = (await file(office, **{**COMPLAINT, "content": "民警态度恶劣，不肯出示证件"}))["report_no"]
    refused = await do(await case_desk.log_in("ducha"), number, "assignments", "assign", to="public_order/", reason="试试")
    assert refused.status == 409 and "不能交给这个单位" in refused.text


async def test_what_is_given_away_leaves_the_page(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    boss, agent = await case_desk.log_in("zhuguan"), await case_desk.log_in("zuoxi1")
    await do(boss, number, "assignments", "assign", to="desk/zuoxi1", reason="分派")
    gone = await do(agent, number, "assignments", "assign", to="public_order/", reason="属治安")
    assert gone.status == 204 and gone.headers["HX-Redirect"] == "/cases"
    assert (await agent.get(f"/cases/{number}")).status == 404


@pytest.mark.parametrize("to", ["", "nowhere/", "desk/nobody", "public_order/zuoxi1", "desk/xunlian", "desk/shenji"])
async def test_only_who_works_cases_of_that_unit_gets_one(case_desk: Desk, office: Running, to: str) -> None:
    number = (await file(office))["report_no"]
    refused = await do(await case_desk.log_in("zhuguan"), number, "assignments", "assign", to=to, reason="分派")
    assert refused.status == 422 and "还没有选择分给谁" in refused.text
