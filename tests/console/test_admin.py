"""The administrator: accounts, units, canned answers, and what even an administrator may not do."""

from __future__ import annotations

import asyncio
import re

import pytest

from backend.demo_work import UNITS as BACKEND
from console.admin.demo import CANNED, UNITS
from tests.console.conftest import PASSWORD, Desk, Page, Person

NEW = {"id": "lisi", "name": "李四", "unit_id": "hukou", "roles": "agent", "capacity": "4"}


def account(desk: Desk, login: str) -> tuple[object, ...]:
    """name, unit, roles, active of an account."""
    return tuple(desk.run("SELECT name, unit_id, roles, active FROM weijing.staff WHERE id = %s", login)[0])


async def save(admin: Person, login: str, **changes: object) -> Page:
    """Save an account's form."""
    return await admin.post(f"/admin/people/{login}", {"name": "王管理", "unit_id": "desk", "roles": "admin", "capacity": "8", **changes}, htmx=False)


async def test_a_new_account_gets_a_password_for_one_login(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    page = await admin.post("/admin/people", NEW, htmx=False)
    given = re.findall(r'class="secret">([^<]+)<', page.text)[0]
    assert account(desk, "lisi") == ("李四", "hukou", ["agent"], True)
    person = desk.nobody()
    assert (await person.post("/login", {"login": "lisi", "password": given, "code": ""}, htmx=False)).headers["Location"] == "/me/password"
    assert (await admin.post("/admin/people", NEW)).status == 409
    assert given not in str(desk.run("SELECT detail FROM weijing.audit"))


@pytest.mark.parametrize(
    "field, value",
    [("id", "李四"), ("id", "x"), ("name", ""), ("name", "长" * 33), ("unit_id", "nowhere"), ("roles", ["admin", "auditor"]), ("roles", "king"),
     ("capacity", "0"), ("capacity", "²"), ("capacity", "1e3")],
)  # fmt: skip
async def test_a_wrong_field_is_named_and_nothing_is_made(desk: Desk, field: str, value: object) -> None:
    admin = await desk.log_in("guanli")
    sent = {**NEW, field: value}
    page = await admin.post("/admin/people", [(name, one) for name, given in sent.items() for one in (given if isinstance(given, list) else [given])])
    assert page.status == 422 and f'id="{field}-fault"' in page.text
    assert not desk.run("SELECT 1 FROM weijing.staff WHERE id = 'lisi'")


async def test_nobody_raises_themselves_and_the_last_administrator_stays(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    await save(admin, "guanli", roles="auditor")
    await admin.post("/admin/people/guanli", {"name": "王管理", "unit_id": "desk", "roles": "supervisor", "capacity": "8"})
    assert account(desk, "guanli")[2] == ["admin"], "whatever the form says, one's own roles stay"
    assert (await admin.post("/admin/people/guanli/retire")).status == 403
    assert (await admin.post("/admin/people/guanli/totp")).status == 403, "one's own second factor is set up anew with the password alone"
    desk.run("INSERT INTO weijing.staff (id, name, unit_id, roles, password_hash) VALUES ('second', '二', 'desk', '{admin}', 'x')")
    assert (await admin.post("/admin/people/second/retire")).status == 200 and account(desk, "second")[3] is False


async def test_two_administrators_who_demote_each_other_leave_one(desk: Desk) -> None:
    desk.run("UPDATE weijing.staff SET roles = '{admin}' WHERE id IN ('zuoxi1', 'guanli')")
    one, other = await desk.log_in("guanli"), await desk.log_in("zuoxi1")
    await asyncio.gather(one.post("/admin/people/zuoxi1/retire"), other.post("/admin/people/guanli/retire"))
    assert desk.run("SELECT count(*) FROM weijing.staff WHERE active AND 'admin' = ANY(roles)") == [(1,)]


async def test_an_account_that_is_closed_is_out_at_once_and_can_come_back(desk: Desk) -> None:
    admin, person = await desk.log_in("guanli"), await desk.log_in("zuoxi1")
    assert (await admin.post("/admin/people/zuoxi1/retire")).status == 200
    assert (await person.get("/me")).headers["Location"] == "/login"
    assert (await desk.nobody().post("/login", {"login": "zuoxi1", "password": PASSWORD, "code": "1"}, htmx=False)).status == 422
    assert (await admin.post("/admin/people/zuoxi1/return")).status == 200
    assert (await person.get("/me")).headers["Location"] == "/login", "the old session does not come back with the account"
    assert (await desk.log_in("zuoxi1")).csrf


async def test_new_roles_count_at_once_and_the_trail_tells_before_and_after(desk: Desk) -> None:
    admin, person = await desk.log_in("guanli"), await desk.log_in("zuoxi1")
    assert (await person.get("/audit")).status == 403
    assert (await save(admin, "zuoxi1", name="林坐席", roles="auditor")).status == 200
    assert (await person.get("/audit")).status == 200
    detail = desk.run("SELECT detail FROM weijing.audit WHERE act = 'staff.changed' AND object = 'zuoxi1' ORDER BY seq DESC LIMIT 1")[0][0]
    assert detail == {"roles": {"from": ["agent"], "to": ["auditor"]}}


@pytest.mark.parametrize("what, enrolled", [("password", True), ("totp", False)])
async def test_a_reset_ends_the_sessions_and_gives_a_password_for_one_login(desk: Desk, what: str, enrolled: bool) -> None:
    desk.run("UPDATE weijing.staff SET demo = false")
    admin, person = await desk.log_in("guanli"), await desk.log_in("zuoxi1")
    page = await admin.post(f"/admin/people/zuoxi1/{what}", htmx=False)
    assert 'class="secret">' in page.text and (await person.get("/me")).headers["Location"] == "/login"
    assert desk.run("SELECT must_change, totp_sealed <> '' FROM weijing.staff WHERE id = 'zuoxi1'") == [(True, enrolled)]


async def test_a_reset_of_a_demo_account_takes_the_demos_codes_too(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    await admin.post("/admin/people/zuoxi1/password")
    assert desk.run("SELECT totp_sealed, demo FROM weijing.staff WHERE id = 'zuoxi1'") == [("", False)]


@pytest.mark.parametrize("path", ["/admin/people/nobody", "/admin/units/nobody", "/admin/canned/99999", "/admin/canned/x", "/admin/people/%00"])
async def test_what_is_not_there(desk: Desk, path: str) -> None:
    admin = await desk.log_in("guanli")
    assert (await admin.get(path)).status == 404


def test_the_demos_units_are_those_of_the_backend() -> None:
    assert sorted(map(str, UNITS)) == sorted(map(str, BACKEND))


async def test_units_are_kept_and_none_stands_above_itself(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    page = await admin.get("/admin/units")
    assert all(name in page.text for _, name, *_ in UNITS)
    unit = {"name": "示例四号派出所", "kind": "station", "parent": "public_order", "areas": "甲区、乙区,丙区"}
    assert (await admin.post("/admin/units", {"id": "station_4", **unit})).status == 200
    assert desk.run("SELECT areas FROM weijing.units WHERE id = 'station_4'") == [(["甲区", "乙区", "丙区"],)]
    assert (await admin.post("/admin/units", {"id": "station_4", **unit})).status == 422
    for parent in ("public_order", "station_4"):
        page = await admin.post("/admin/units/public_order", {"name": "治安", "kind": "department", "parent": parent})
        assert page.status == 422 and "自己的下级" in page.text
    desk.run("DELETE FROM weijing.units WHERE id = 'station_4'")


@pytest.mark.parametrize(
    "query, title",
    [("sfz", "身份证办理指引"), ("shenfen", "身份证办理指引"), ("身份证怎么办", "身份证办理指引"), ("wx", "正在危险中"), ("JZZ", "居住证办理指引"),
     ("投诉", "已转办")],
)  # fmt: skip
async def test_a_canned_answer_is_found_by_words_and_by_sound(desk: Desk, query: str, title: str) -> None:
    admin = await desk.log_in("guanli")
    page = await admin.get(f"/admin/canned?q={query}", htmx=True)
    assert re.findall(r"<b>([^<]+)</b>", page.text)[0] == title and "<html" not in page.text


async def test_canned_answers_are_written_switched_off_and_on(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    one = {"title": "午休时间", "text": "<b>窗口</b>照常", "shortcut": "wxsj", "topic": "窗口", "unit_id": ""}
    assert (await admin.post("/admin/canned", {**one, "shortcut": "sfz"})).status == 422, "two answers with one shortcut"
    assert (await admin.post("/admin/canned", {**one, "text": "长" * 601})).status == 422
    assert (await admin.post("/admin/canned", one, htmx=False)).headers["Location"] == "/admin/canned"
    page = await admin.get("/admin/canned?q=wxsj")
    assert "&lt;b&gt;窗口" in page.text
    number = re.findall(r"/admin/canned/(\d+)/switch", page.text)[0]
    assert "已停用" in (await admin.post(f"/admin/canned/{number}/switch", {"q": "wxsj"})).text
    assert "启用" in (await admin.post(f"/admin/canned/{number}/switch", {"q": "wxsj"})).text
    await admin.post(f"/admin/canned/{number}", {**one, "title": "午休", "unit_id": "hukou"})
    assert desk.run("SELECT title, unit_id, active FROM weijing.canned WHERE id = %s", int(number)) == [("午休", "hukou", True)]
    desk.run("DELETE FROM weijing.canned WHERE id = %s", int(number))


def test_the_demos_canned_answers_hold_no_fact_of_law() -> None:
    shortcuts = [shortcut for _, _, shortcut, *_ in CANNED]
    assert len(set(shortcuts)) == len(CANNED) == 12
    assert not [words for _, words, *_ in CANNED if re.search(r"\d+ ?(?:元|天|日|个工作日)|第.+条", words)]
