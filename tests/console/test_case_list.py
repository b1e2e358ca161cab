"""The list: filters, pages, counts, bulk deeds, the table that leaves the house, the paper, and how long is left."""

from __future__ import annotations

import re
import zlib
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from console.cases import words
from console.cases.export import sheet
from tests.backend.conftest import Running
from tests.console.casework import acts, call, do, file
from tests.console.conftest import Desk
from weijing.workdays import SHANGHAI

ITEM = {
    "number": "J2026-000001", "kind": "report", "title": "举报：赌博", "topic": "赌博", "area": "", "state": "accepted", "urgency": "normal", "unit": "desk",
    "unit_name": "服务坐席", "who": "", "received_at": "2026-11-20T10:00:00+08:00", "promised_on": "2026-11-26", "legal_on": None, "due_on": "2026-11-26",
    "warning": "none", "supervision": 0, "mode": "anonymous", "merged_into": None,
}  # fmt: skip


async def test_the_list_pages_to_its_end_and_shows_each_case_once(case_desk: Desk) -> None:
    boss = await case_desk.log_in("zhuguan")
    page, seen = await boss.get("/cases?scope=all"), list[str]()
    while True:
        seen += re.findall(r'href="/cases/([AJXBH]\d{4}-\d{6})"', page.text)
        following = re.search(r'hx-get="([^"]*after=[^"]*)"', page.text)
        if not following:
            break
        page = await boss.get(following[1].replace("&amp;", "&"), htmx=True)
    assert len(seen) == len(set(seen)) > 40, "the demo's cases fill more than one page"
    total = re.search(r"全部 <small>(\d+)</small>", (await boss.get("/cases?scope=all")).text)
    assert total and int(total[1]) == len(seen)


async def test_filters_narrow_the_list_and_nonsense_is_left_out(case_desk: Desk, office: Running) -> None:
    boss = await case_desk.log_in("zhuguan")
    number = (await file(office))["report_no"]
    letters = (await boss.get("/cases?kind=letter")).text
    assert "局长信箱" in letters and not re.search(r'href="/cases/J', letters)
    assert f"/cases/{number}" not in (await boss.get("/cases?state=completed&q=" + number)).text
    assert (await boss.get("/cases?kind=%27;--&state=x&after=%00&scope=everything&sort=no")).status == 200
    assert (await boss.get("/cases?received_from=2026-02-31")).status == 422
    assert "清除筛选" in (await boss.get("/cases?q=nothing-like-this")).text


async def test_several_are_given_at_once_and_what_was_changed_meanwhile_is_named(case_desk: Desk, office: Running) -> None:
    boss = await case_desk.log_in("zhuguan")
    numbers = [(await file(office))["report_no"] for _ in range(3)]
    await do(boss, numbers[2], "transitions", "move-accepted", reason="别人先动了")
    sent = [("item", f"{number}:1") for number in numbers] + [("to", "desk/zuoxi2"), ("reason", "按职责分派"), ("key", "a" * 32)]
    done = await boss.post("/cases/assignments", sent)
    assert "已分派 2 件" in done.text and numbers[2] in done.text and numbers[0] not in done.text
    assert [(await call(office, "GET", f"/v1/work/{number}"))["assignee"] for number in numbers] == ["zuoxi2", "zuoxi2", None]
    assert "case.assigned" in await acts(case_desk, numbers[0])
    stranger = await (await case_desk.log_in("zuoxi1")).post("/cases/assignments", [("item", f"{numbers[0]}:2"), *sent[3:]])
    assert "已分派 0 件" in stranger.text, "who does not see a case cannot give it away"


async def test_the_exported_table_reads_back(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    boss = await case_desk.log_in("zhuguan")
    answer = await boss.get(f"/cases/export.xlsx?scope=all&q={number}")
    page = load_workbook(BytesIO(answer.content)).active
    assert page is not None
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][0] == "编号" and [row[0] for row in rows[1:]] == [number] and isinstance(rows[1][8], datetime)
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    page = load_workbook(BytesIO(sheet([{**ITEM, "title": evil}]))).active
    assert page is not None and page["C2"].data_type == "s" and page["C2"].value == evil and page["C2"].quotePrefix
    assert page["J2"].value == datetime(2026, 11, 26) and page["J2"].is_date


async def test_the_paper_names_the_case_and_who_printed_it(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    answer = await (await case_desk.log_in("zhuguan")).get(f"/cases/{number}/print.pdf")
    assert answer.content.startswith(b"%PDF-") and b"startxref" in answer.content and f"({number})".encode() in answer.content
    streams = b"".join(drawn(answer.content))
    for told in (number, "zhuguan"):
        assert "".join(f"\\000{letter}" for letter in told).encode() in streams
    assert "case.paper_made" in await acts(case_desk, number)


def drawn(pdf: bytes) -> list[bytes]:
    """The drawing commands of every page."""
    import base64

    found = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return [zlib.decompress(base64.a85decode(one.strip()[:-2])) for one in found if one.strip().endswith(b"~>")]


@pytest.mark.parametrize(("now", "due", "told"), [
    ("2026-11-25T14:30", "2026-11-26", "还剩 1 天 3 小时（工作日）"),
    ("2026-11-26T09:00", "2026-11-26", "还剩 6 小时（工作日）"),
    ("2026-11-26T18:00", "2026-11-26", "今天到期"),
    ("2026-11-21T10:00", "2026-11-23", "还剩 1 天（工作日）"),
    ("2026-11-27T09:30", "2026-11-25", "超期 2 天（工作日）"),
    ("2026-11-21T09:30", "2026-11-20", "超期不到 1 个工作日"),
])  # fmt: skip
def test_how_long_is_left(now: str, due: str, told: str) -> None:
    left = words.deadline({**ITEM, "due_on": due}, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI))
    assert left is not None and left.word == told


def test_no_clock_runs_for_what_waits_or_has_ended() -> None:
    now = datetime(2026, 11, 25, tzinfo=SHANGHAI)
    waiting = words.deadline({**ITEM, "state": "supplement"}, now)
    assert waiting is not None and "暂停" in waiting.word
    assert words.deadline({**ITEM, "state": "completed"}, now) is None and words.deadline({**ITEM, "due_on": None}, now) is None
    assert date.fromisoformat(ITEM["due_on"] or "") > now.date()
