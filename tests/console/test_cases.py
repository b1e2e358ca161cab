"""A case through the console, against the real government service API: its whole life, what is refused, and what each deed leaves behind."""

from __future__ import annotations

import asyncio

from console import audit
from store.db import async_engine
from store.evidence import Evidence, EvidenceStore
from tests.backend.conftest import Running
from tests.console.casework import REPORTER, acts, call, do, file, hidden
from tests.console.conftest import Desk

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


async def test_the_whole_life_of_a_report(case_desk: Desk, office: Running) -> None:
    filed = await file(office, mode="named", reporter=REPORTER, openid="o-life")
    number = filed["report_no"]
    boss, agent = await case_desk.log_in("zhuguan"), await case_desk.log_in("zuoxi1")
    assert number in (await boss.get(f"/cases?q={number}")).text
    assert (await agent.get(f"/cases/{number}")).status == 404
    taken = await do(boss, number, "transitions", "move-accepted", reason="材料齐全", public_note="已经受理")
    assert taken.status == 200 and "已受理。" in taken.text and "材料齐全" in taken.text
    assert (await do(boss, number, "assignments", "assign", to="desk/zuoxi1", reason="按职责分派")).status == 200
    assert number in (await agent.get("/cases")).text, "it stands among the agent's own"
    asked = await do(agent, number, "asks", "ask", question="请补一张现场照片", kind="picture")
    assert asked.status == 200 and "正在等群众补充" in asked.text and "期限暂停" in asked.text
    await call(office, "POST", f"/v1/reports/{number}/supplements", {"openid": "o-life", "text": "照片补上", "evidence": [{"kind": "image", "ref": "E-life"}]})
    page = await agent.get(f"/cases/{number}")
    assert "照片补上" in page.text and "E-life" in page.text and "正在等群众补充" not in page.text
    assert "move-completed" in page.text, "it came back to 办理 by itself"
    done = await do(agent, number, "transitions", "move-completed", reason="查实", public_note="经核查，已依法处理。")
    assert done.status == 200
    assert (await do(agent, number, "transitions", "move-followed_up", reason="电话回访，满意")).status == 200
    progress = await call(office, "POST", f"/v1/reports/{number}/progress-queries", {"query_code": filed["query_code"]})
    assert "经核查，已依法处理。" in str(progress["steps"]) and "查实" not in str(progress), "the public reads the words for it, never the reason"
    trail = await acts(case_desk, number)
    assert [act for act in trail if act in {"case.moved", "case.assigned", "case.asked"}] == [
        "case.moved", "case.assigned", "case.asked", "case.moved", "case.moved",
    ] and "case.read" in trail  # fmt: skip
    engine = async_engine(case_desk.settings.database_url)
    assert (await audit.verify(engine))[1] is None
    await engine.dispose()


async def test_an_illegal_step_is_refused_with_what_is_possible(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    boss = await case_desk.log_in("zhuguan")
    refused = await do(boss, number, "transitions", "move-accepted", to="completed", reason="x", public_note="x")
    assert refused.status == 409 and "现在不能办结" in refused.text and "受理" in refused.text
    assert (await do(boss, number, "transitions", "move-accepted", to="unheard-of", reason="x")).status == 422
    told = await do(boss, number, "transitions", "move-refused", reason="不属于公安")
    assert told.status == 422 and "告知群众的话" in told.text
    nothing = await do(boss, number, "transitions", "move-accepted", reason=" ")
    assert nothing.status == 422 and "还没有填写理由" in nothing.text
    long = await do(boss, number, "transitions", "move-accepted", reason="长" * 501)
    assert long.status == 422 and "最多 500 字" in long.text


async def test_who_comes_second_reads_what_changed_and_loses_no_words(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    first, second = await case_desk.log_in("zhuguan"), await case_desk.log_in("ducha")
    seen = hidden(await second.get(f"/cases/{number}"), "move-refused")
    assert (await do(first, number, "transitions", "move-accepted", reason="先受理了")).status == 200
    late = await second.post(f"/cases/{number}/transitions", {**seen, "to": "processing", "reason": "我想直接办", "public_note": "写给群众的话"})
    assert late.status == 409
    nonsense = await second.post(f"/cases/{number}/transitions", {**seen, "seen": "x", "key": "5" * 32, "reason": "x", "to": "processing"})
    assert nonsense.status == 422
    for words in ("没有办成", "周主管", "先受理了", "我想直接办", "写给群众的话"):
        assert words in late.text
    assert (await call(office, "GET", f"/v1/work/{number}"))["state"] == "accepted"


async def test_a_deed_sent_twice_is_done_once(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    boss = await case_desk.log_in("zhuguan")
    sent = {**hidden(await boss.get(f"/cases/{number}"), "note"), "text": "已电话联系"}
    await asyncio.gather(*(boss.post(f"/cases/{number}/notes", sent) for _ in range(3)))
    history = (await call(office, "GET", f"/v1/work/{number}"))["history"]
    assert [line["reason"] for line in history if line["act"] == "note"] == ["已电话联系"]


async def test_supervision_is_the_supervisors(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    boss, agent = await case_desk.log_in("zhuguan"), await case_desk.log_in("zuoxi1")
    assert "二级督办" in (await do(boss, number, "supervisions", "supervise", level="2", reason="领导批示")).text
    assert (await boss.post(f"/cases/{number}/supervisions", {"level": "9", "reason": "x", "key": "0" * 32})).status == 422
    await do(boss, number, "assignments", "assign", to="desk/zuoxi1", reason="分派")
    assert (await agent.post(f"/cases/{number}/supervisions", {"level": "0", "reason": "x", "key": "0" * 32})).status == 403


async def test_names_and_numbers_are_hidden_until_opened_with_a_reason(case_desk: Desk, office: Running) -> None:
    number = (await file(office, mode="named", reporter=REPORTER, content="对方电话13900000088，住8栋301室，说好还钱"))["report_no"]
    boss = await case_desk.log_in("zhuguan")
    page = await boss.get(f"/cases/{number}")
    assert "199****0077" in page.text and "示**" in page.text
    for raw in ("示例甲", "19900000077", "13900000088"):
        assert raw not in page.text
    assert (await boss.post(f"/cases/{number}/facts", {"reason": ""})).status == 422
    opened = await boss.post(f"/cases/{number}/facts", {"reason": "电话核实"})
    assert "示例甲" in opened.text and "13900000088" in opened.text
    assert "case.facts_opened" in await acts(case_desk, number)


async def test_evidence_shows_its_hash_and_is_opened_by_who_may_see_the_case(case_desk: Desk, office: Running) -> None:
    store = await EvidenceStore.open(case_desk.settings.database_url, case_desk.settings.derived_key("evidence"))
    digest = await store.keep(Evidence("E-case", "o-1", "k-case", "image", received_at=0), PNG)
    await store.close()
    number, other = (await file(office, evidence=[{"kind": "image", "ref": "E-case"}]))["report_no"], (await file(office))["report_no"]
    boss, agent = await case_desk.log_in("zhuguan"), await case_desk.log_in("zuoxi1")
    assert digest in (await boss.get(f"/cases/{number}")).text
    file_ = await boss.get(f"/cases/{number}/evidence/E-case")
    assert file_.content == PNG and file_.headers["Content-Type"] == "image/png" and file_.headers["X-Content-Type-Options"] == "nosniff"
    assert "evidence.read" in await acts(case_desk, number)
    assert (await boss.get(f"/cases/{other}/evidence/E-case")).status == 404, "a file is opened through its own case"
    assert (await agent.get(f"/cases/{number}/evidence/E-case")).status == 404


async def test_two_reports_of_one_thing_are_compared_and_merged(case_desk: Desk, office: Running) -> None:
    story = "示例广场东侧棋牌室每晚十点以后聚众赌博，门口有人望风放哨"
    main = (await file(office, content=story, place="示例区示例路"))["report_no"]
    number = (await file(office, content=story + "，很吵", place="示例区示例路"))["report_no"]
    boss = await case_desk.log_in("zhuguan")
    assert f"/cases/{number}/compare/{main}" in (await boss.get(f"/cases/{number}")).text
    page = await boss.get(f"/cases/{number}/compare/{main}")
    assert page.text.count("棋牌室每晚") == 2
    form = dict(hidden_in_merge(page.text))
    merged = await boss.post(f"/cases/{number}/merges", {**form, "reason": "同一地点同一事由"})
    assert merged.status == 200 and f"已并入 {main}" in merged.text
    assert (await call(office, "GET", f"/v1/work/{number}"))["merged_into"] == main
    assert "case.compared" in await acts(case_desk, main), "who looked at it beside another one has read it"
    again = await boss.post(f"/cases/{number}/merges", {**form, "key": "1" * 32, "into": "J1999-000001", "reason": "x"})
    assert again.status == 422 and "没有这个编号" in again.text


def hidden_in_merge(page: str) -> list[tuple[str, str]]:
    import re

    return re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index('class="card stack merge"') :])
