"""The auditor's pages: found, a day, an object, verified, taken out; and nobody who is watched can watch."""

from __future__ import annotations

import io

import openpyxl
import pytest

from console.routes import ROUTES
from console.trail.reading import PAGE
from console.trail.words import ACTS, detail_words
from tests.console.conftest import Desk, Person


def test_every_act_of_the_route_table_has_words() -> None:
    assert not sorted({route.act for route in ROUTES} - ACTS.keys()), "give them words in console/trail/words.py"
    assert len(set(ACTS.values())) == len(ACTS), "two acts with the same words"


async def test_every_act_that_is_written_has_words(desk: Desk) -> None:
    admin = await desk.log_in("guanli")
    await admin.post("/admin/people/zuoxi1/password")
    found = {act for (act,) in desk.run("SELECT DISTINCT act FROM weijing.audit")}
    assert {"staff.list", "password.reset"} - found == {"staff.list"} and found <= ACTS.keys()


def add(desk: Desk, rows: int, staff: str = "zuoxi1", act: str = "account.read", thing: str = "J2026-000123") -> None:
    """Rows that are not chained, for what does not look at the chain."""
    desk.run("TRUNCATE weijing.audit")
    statement = """INSERT INTO weijing.audit (seq, at, staff_id, act, object, previous, hash)
        SELECT n, now() - make_interval(secs => %s - n), %s, %s, %s, '', '' FROM generate_series(1, %s) n"""
    desk.run(statement, rows, staff, act, thing, rows)


async def listed(auditor: Person, query: str) -> list[str]:
    """The numbers of the rows that a page shows."""
    page = await auditor.get(f"/audit?{query}")
    assert page.status == 200
    return [part.split(" ")[0] for part in page.text.split('title="第 ')[1:]]


async def test_pages_follow_one_another_without_gap(desk: Desk) -> None:
    auditor = await desk.log_in("shenji")
    add(desk, 250)
    first = await listed(auditor, "who=zuoxi1")
    second = await listed(auditor, f"who=zuoxi1&before={first[-1]}")
    third = await listed(auditor, f"who=zuoxi1&before={second[-1]}")
    assert [int(number) for number in first + second + third] == list(range(250, 0, -1)) and len(first) == PAGE


@pytest.mark.parametrize(
    "query, found",
    [("who=zuoxi1", 3), ("who=zuoxi2", 0), ("act=account.read", 3), ("act=staff.add", 0), ("object=000123", 3), ("object=' OR true --", 0),
     ("since=2020-01-01", 3), ("until=2020-01-01", 0), ("who=zuoxi1&since=nonsense&before=abc", 3), ("object=%00", 3), ("object=%25", 0)],
)  # fmt: skip
async def test_filters(desk: Desk, query: str, found: int) -> None:
    auditor = await desk.log_in("shenji")
    add(desk, 3)
    assert len([number for number in await listed(auditor, query) if int(number) <= 3]) == found


async def test_who_saw_an_object_and_what_a_person_did_in_a_day(desk: Desk) -> None:
    agent, auditor = await desk.log_in("zuoxi1"), await desk.log_in("shenji")
    await agent.get("/me")
    await agent.get("/audit/object?object=guanli")
    page = await auditor.get("/audit/day?who=zuoxi1")
    assert "看自己的账号" in page.text and "被拒" in page.text and "登录成功" in page.text
    add(desk, 4)
    page = await auditor.get("/audit/object?object=J2026-000123")
    assert "林坐席" in page.text and "4 次" in page.text
    add(desk, 3, thing="J2026-000123/E-7")
    assert "3 次" in (await auditor.get("/audit/object?object=J2026-000123")).text, "who opened its evidence read it"
    assert "没有人看过" in (await auditor.get("/audit/object?object=J2026-00012")).text, "a part of a number is another number"


async def test_the_button_tells_a_whole_trail_from_a_broken_one(desk: Desk) -> None:
    auditor = await desk.log_in("shenji")
    desk.run("TRUNCATE weijing.audit")
    await auditor.get("/audit")
    await auditor.get("/audit/day")
    assert "记录完好：3 行" in (await auditor.post("/audit/verify")).text
    desk.run("UPDATE weijing.audit SET staff_id = 'guanli' WHERE seq = 2")
    page = await auditor.post("/audit/verify")
    assert "从第 2 行起对不上" in page.text and desk.run("SELECT detail ->> 'broken' FROM weijing.audit ORDER BY seq DESC LIMIT 1") == [("2",)]


async def test_an_export_holds_the_filtered_rows_no_formula_and_is_in_the_trail(desk: Desk) -> None:
    auditor = await desk.log_in("shenji")
    add(desk, 3, thing='=HYPERLINK("http://x")\x01')
    async with auditor.http.get(auditor.base + "/audit/export?who=zuoxi1") as response:
        book = openpyxl.load_workbook(io.BytesIO(await response.read()))
    cells = list(book.active.iter_rows(min_row=2))  # type: ignore[union-attr]
    assert [row[0].value for row in cells] == [3, 2, 1]
    assert {row[7].value for row in cells} == {'=HYPERLINK("http://x")'} and {row[7].data_type for row in cells} == {"s"}
    assert desk.run("SELECT staff_id, detail FROM weijing.audit WHERE act = 'audit.exported'") == [("shenji", {"rows": 3, "who": "zuoxi1"})]


@pytest.mark.parametrize("login", ["guanli", "zhuguan", "zuoxi1", "xunlian"])
async def test_only_auditors_read_the_trail(desk: Desk, login: str) -> None:
    person = await desk.log_in(login)
    assert {(await person.get(path)).status for path in ("/audit", "/audit/day?who=shenji", "/audit/export")} == {403}


def test_a_change_reads_as_before_and_after() -> None:
    detail = {"roles": {"from": ["agent"], "to": ["agent", "supervisor"]}, "others": True, "parent": {"from": None, "to": "desk"}, "refused": True}
    assert detail_words(detail) == "岗位：坐席 → 坐席、主管；全部其他：是；上级：没有 → desk"
