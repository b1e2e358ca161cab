"""Work items: opened with their matter, brought from state to state by staff, the bureau's own system and the citizen."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from ruamel.yaml import YAML

from backend.supervision import climb
from backend.time_limits import PATH, resumed, yellow_on
from backend.work_states import LEGAL, STATE, STATES, STATUS
from tests.backend.conftest import Answer, Api, Running
from tests.backend.test_filings import file
from tests.backend.test_reports import REPORTER
from weijing.filing import load_filings
from weijing.law_texts import load_law_texts
from weijing.workdays import add_workdays

COMPLAINT = {"kind": "complaint", "topic": "不作为", "mode": "named", "reporter": REPORTER}


async def filed(api: Api, **fields: Any) -> Any:
    return (await api.report(content=f"示例小区有人聚众赌博 {uuid4().hex}", **fields)).json


async def read(api: Api, number: str) -> Any:
    answer = await api("GET", f"/v1/work/{number}")
    assert answer.status == 200
    return answer.json


async def do(api: Api, number: str, deed: str, key: str = "", **body: Any) -> Answer:
    if deed in {"transitions", "assignments", "asks", "merges"} and "version" not in body:
        body["version"] = (await read(api, number))["version"]
    body = {"staff": "s-1", **({"reason": "按规定"} if deed not in {"asks", "notes"} else {}), **body}
    return await api("POST", f"/v1/work/{number}/{deed}", key=key or uuid4().hex, json=body)


async def bring(api: Api, number: str, *states: str) -> Any:
    for state in states:
        answer = await do(api, number, "transitions", to=state, public_note=f"{STATES[state]}了")
        assert answer.status == 201, answer.json
    return answer.json


async def test_a_report_is_work_from_its_first_moment_and_goes_to_its_end(api: Api) -> None:
    report = await filed(api, mode="named", reporter=REPORTER, openid="o-work")
    number = report["report_no"]
    work = await read(api, number)
    assert (work["kind"], work["state"], work["title"], work["version"], work["openid"]) == ("report", "received", "举报：赌博", 1, "o-work")
    assert work["contact"] == REPORTER and work["next_states"] == ["accepted", "refused", "supplement"]
    await bring(api, number, "accepted", "processing", "completed", "followed_up")
    work = await read(api, number)
    assert [(line["act"], line["from"], line["to"]) for line in work["history"]] == [
        ("transition", "received", "accepted"), ("transition", "accepted", "processing"), ("transition", "processing", "completed"),
        ("transition", "completed", "followed_up"),
    ]  # fmt: skip
    progress = (await api.progress(number, query_code=report["query_code"])).json
    assert progress["status"] == "done" and [step["name"] for step in progress["steps"]] == ["登记", "受理", "办理", "办结", "回访"]
    changes = [one for one in (await api("GET", "/v1/changes")).json["changes"] if one["number"] == number]
    assert [one["step"]["name"] for one in changes] == ["受理", "办理", "办结", "回访"]


async def test_the_public_never_reads_the_internal_reason(api: Api) -> None:
    report = await filed(api)
    await do(api, report["report_no"], "transitions", to="refused", reason="涉及另一起侦查", public_note="不属于公安机关职责")
    await do(api, report["report_no"], "notes", text="内部备注")
    progress = str((await api.progress(report["report_no"], query_code=report["query_code"])).json)
    assert "不属于公安机关职责" in progress and "侦查" not in progress and "备注" not in progress


async def test_what_is_not_legal_is_refused_with_a_sentence(api: Api) -> None:
    number = (await filed(api))["report_no"]
    for to in ("completed", "followed_up", "withdrawn", "received", "delivered", "supplement"):
        refused = await do(api, number, "transitions", to=to, public_note="说明")
        assert (refused.status, refused.json["code"]) == (409, "illegal_transition"), to
    assert (await do(api, number, "transitions", to="refused")).status == 422, "whoever is refused is told why"
    assert (await do(api, "J2026-999999", "transitions", to="accepted", version=1)).status == 404


async def test_two_who_saw_the_same_version_do_not_both_win(api: Api) -> None:
    number = (await filed(api))["report_no"]
    assert (await do(api, number, "transitions", to="accepted", version=1)).status == 201
    late = await do(api, number, "transitions", to="refused", public_note="不受理", version=1)
    assert (late.status, late.json["code"]) == (409, "version_conflict")


async def test_one_key_moves_once(api: Api) -> None:
    number, key = (await filed(api))["report_no"], uuid4().hex
    first, again = [await do(api, number, "transitions", key, to="accepted", version=1) for _ in range(2)]
    assert first.json == again.json and again.headers["Idempotent-Replay"] == "true"
    assert len((await read(api, number))["history"]) == 1


def test_every_state_has_a_status_and_every_status_a_state() -> None:
    for kind, legal in LEGAL.items():
        reached = {"received", *legal, *(to for states in legal.values() for to in states)}
        assert reached <= STATUS[kind].keys()
        assert set(STATUS[kind].values()) <= STATE[kind].keys() and set(STATE[kind].values()) <= STATES.keys()
        assert "withdrawn" not in reached, "a matter is withdrawn by the public alone"


async def test_the_bureaus_own_system_and_a_withdrawal_take_the_item_along(api: Api) -> None:
    report = await filed(api)
    number = report["report_no"]
    await api("POST", f"/v1/reports/{number}/steps", key=uuid4().hex, json={"status": "processing", "name": "核查"})
    assert (await read(api, number))["state"] == "processing"
    await api("POST", f"/v1/reports/{number}/withdraw", key=uuid4().hex, json={"query_code": report["query_code"]})
    work = await read(api, number)
    assert (work["state"], work["next_states"], work["warning"]) == ("withdrawn", [], "none")
    assert [(line["staff"], line["act"]) for line in work["history"]] == [("", "step"), ("", "step")]


async def test_a_letter_is_ended_with_an_answer(api: Api) -> None:
    letter = (await api("POST", "/v1/letters", key=uuid4().hex, json={"kind": "question", "content": f"怎么办 {uuid4().hex}"})).json
    await bring(api, letter["letter_no"], "accepted", "processing", "completed")
    found = await api("POST", f"/v1/letters/{letter['letter_no']}/progress-queries", json={"query_code": letter["query_code"]})
    assert (found.json["status"], found.json["steps"][-1]["name"], found.json["steps"][-1]["note"]) == ("answered", "答复", "办结了")


async def test_a_reporter_who_is_asked_stops_the_clock_and_starts_it_by_answering(api: Api, database: asyncpg.Connection) -> None:
    report = await filed(api, openid="o-asked", **COMPLAINT)
    number = report["report_no"]
    await bring(api, number, "accepted", "processing")
    before = await read(api, number)
    asked = await do(api, number, "asks", question="请补拍门牌", kind="picture")
    assert (asked.json["state"], asked.json["warning"]) == ("supplement", "none")
    assert (await read(api, number))["ask"] == "请补拍门牌"
    await database.execute("UPDATE backend.work SET waiting_since = waiting_since - 3 WHERE number = $1", number)
    body = {"openid": "o-asked", "evidence": [{"kind": "image", "ref": "E-00000000000000ab"}]}
    assert (await api("POST", f"/v1/reports/{number}/supplements", key=uuid4().hex, json=body)).status == 201
    after = await read(api, number)
    assert (after["state"], after["ask"], after["evidence"]) == ("processing", None, [{"id": "E-00000000000000ab", "kind": "image"}])
    days = await database.fetchval("SELECT $1::text::date - $2::text::date", after["legal_on"], before["legal_on"])
    assert days == 3, "a limit in calendar days grows by the calendar days that it stood"


async def test_a_picture_sent_in_the_chat_answers_what_was_asked(api: Api) -> None:
    number = (await filed(api, openid="o-asked-too", **COMPLAINT))["report_no"]
    await bring(api, number, "accepted")
    await do(api, number, "asks", question="请补拍门牌", kind="picture")
    body = {"openid": "o-asked-too", "evidence": [{"kind": "image", "ref": "E-00000000000000ac"}]}
    assert (await api("POST", f"/v1/reports/{number}/evidence", key=uuid4().hex, json=body)).status == 200
    after = await read(api, number)
    assert (after["state"], after["ask"], after["evidence"]) == ("processing", None, [{"id": "E-00000000000000ac", "kind": "image"}])


async def test_a_filer_is_asked_in_the_chat_and_answers_all(api: Api) -> None:
    openid = f"o-{uuid4().hex}"
    number = (await file(api, openid)).json["filing_no"]
    await do(api, number, "asks", question="请补户口本照片", kind="picture")
    await do(api, number, "asks", question="哪天丢的", kind="text")
    (waiting,) = (await api("GET", f"/v1/users/{openid}/supplements")).json["supplements"]
    assert [(one["text"], one["type"]) for one in waiting["asks"]] == [("请补户口本照片", "pictures"), ("哪天丢的", "text")]
    answers = [{"id": one["id"], "text": "答"} for one in waiting["asks"]]
    assert (await api("POST", f"/v1/filings/{number}/supplements", key=uuid4().hex, json={"openid": openid, "answers": answers})).status == 200
    work = await read(api, number)
    assert (work["state"], work["ask"], work["supplements"][0]["answers"][1]["text"]) == ("processing", None, "答")


async def test_who_cannot_be_asked_is_not(api: Api) -> None:
    letter = (await api("POST", "/v1/letters", key=uuid4().hex, json={"kind": "praise", "content": f"谢谢 {uuid4().hex}"})).json
    assert (await do(api, letter["letter_no"], "asks", question="哪天？", kind="text")).json["code"] == "cannot_ask"
    number = (await filed(api))["report_no"]
    await bring(api, number, "refused")
    assert (await do(api, number, "asks", question="哪天？", kind="text")).json["code"] == "illegal_transition"


@pytest.mark.parametrize("unit", ["public_order", "station_1", "desk"])
async def test_a_complaint_never_goes_where_it_could_reach_who_is_complained_of(api: Api, unit: str) -> None:
    complaint, tip = (await filed(api, **COMPLAINT))["report_no"], (await filed(api))["report_no"]
    refused = await do(api, complaint, "assignments", unit=unit)
    assert (refused.status, refused.json["code"]) == (409, "unit_complained_of")
    assert (await do(api, tip, "assignments", unit=unit, assignee="s-2")).json["unit"] == unit


async def test_what_is_said_of_the_inspectors_goes_above_them(api: Api) -> None:
    report = (await api.report(content=f"投诉督察不作为 {uuid4().hex}", **COMPLAINT)).json
    assert (await read(api, report["report_no"]))["unit"] == "supervision_above"
    assert (await do(api, report["report_no"], "assignments", unit="supervision")).json["code"] == "unit_complained_of"
    assert (await do(api, report["report_no"], "assignments", unit="petitions", assignee="s-3")).json["assignee"] == "s-3"
    assert (await do(api, report["report_no"], "assignments", unit="no_such_unit")).status == 422


async def test_deadlines_warn_and_climb_the_ladder(api: Api, backend: Running, database: asyncpg.Connection) -> None:
    number = (await filed(api, **COMPLAINT))["report_no"]
    work = await read(api, number)
    assert (work["warning"], work["due_on"], work["supervision"]) == ("none", work["promised_on"], 0)
    today = await database.fetchval("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    async with asyncpg.create_pool(backend.settings.database_url, min_size=1, max_size=1) as pool:
        for due, yellow, warning, level in (
            (add_workdays(today, 1), today, "yellow", 1), (today - timedelta(days=1), today, "red", 2), (add_workdays(today, -6), today, "red", 3),
        ):  # fmt: skip
            await database.execute("UPDATE backend.work SET promised_on = $2, yellow_on = $3 WHERE number = $1", number, due, yellow)
            await climb(pool)
            await climb(pool)
            work = await read(api, number)
            assert (work["warning"], work["supervision"]) == (warning, level)
        assert [line["to"] for line in work["history"]] == ["1", "2", "3"], "each level is written down once"
        assert (await do(api, number, "supervisions", level=1, reason="已约谈")).json["supervision"] == 1


async def test_the_merged_reporter_hears_the_main_ones_result(api: Api) -> None:
    main, double = await filed(api), await filed(api, mode="named", reporter=REPORTER, openid="o-merged")
    assert [one["number"] for one in (await read(api, double["report_no"]))["duplicates"]][:1] != [double["report_no"]]
    merged = await do(api, double["report_no"], "merges", into=main["report_no"])
    assert merged.status == 201 and merged.json["merged_into"] == main["report_no"]
    assert (await read(api, main["report_no"]))["merged"] == [double["report_no"]]
    assert (await do(api, double["report_no"], "transitions", to="accepted")).json["code"] == "illegal_transition"
    await bring(api, main["report_no"], "accepted", "processing", "completed")
    progress = (await api.progress(double["report_no"], query_code=double["query_code"])).json
    assert (progress["status"], progress["outcome"]) == ("done", "办结了")
    assert main["report_no"] not in str(progress), "one reporter never learns the number of another"
    heard = [one["step"]["name"] for one in (await api("GET", "/v1/changes")).json["changes"] if one["number"] == double["report_no"]]
    assert heard == ["并案办理", "受理", "办理", "办结"]


async def test_what_cannot_be_one_thing_is_not_merged(api: Api) -> None:
    tip, complaint = (await filed(api))["report_no"], (await filed(api, **COMPLAINT))["report_no"]
    for one, other in ((tip, complaint), (complaint, tip), (tip, tip)):
        assert (await do(api, one, "merges", into=other)).json["code"] == "cannot_merge"
    assert (await do(api, tip, "merges", into="J2026-999999")).status == 404


async def test_the_same_story_told_by_another_is_offered_as_a_duplicate(api: Api) -> None:
    place = uuid4().hex[:6]
    first = (await api.report(topic=place, content="河边有人开着大灯电鱼，每晚都来")).json
    second = (await api.report(topic=place, content="每晚都有人在河边电鱼，开着大灯")).json
    await api.report(topic=place, content="门口的路灯坏了很久")
    assert [one["number"] for one in (await read(api, second["report_no"]))["duplicates"]] == [first["report_no"]]


async def test_a_forgotten_filing_leaves_no_work(api: Api, database: asyncpg.Connection) -> None:
    openid = f"o-{uuid4().hex}"
    number = (await file(api, openid)).json["filing_no"]
    await do(api, number, "notes", text="看过")
    erased = await api("DELETE", f"/v1/filings/{number}?openid={openid}")
    if erased.status == 200:
        assert (await api("GET", f"/v1/work/{number}")).status == 404
    assert erased.status == 200


async def test_two_merges_crosswise_make_one(api: Api) -> None:
    one, other = (await filed(api))["report_no"], (await filed(api))["report_no"]
    pair = await asyncio.gather(do(api, one, "merges", into=other, version=1), do(api, other, "merges", into=one, version=1))
    assert sorted(answer.status for answer in pair) == [201, 409]


async def test_staff_and_citizen_at_once_wait_for_each_other(api: Api) -> None:
    number = (await filed(api, openid="o-at-once"))["report_no"]
    await do(api, number, "asks", question="哪天？", kind="text")
    body = {"openid": "o-at-once", "text": "昨天"}
    answers = [api("POST", f"/v1/reports/{number}/supplements", key=uuid4().hex, json=body) for _ in range(5)]
    done = await asyncio.gather(*answers, *(do(api, number, "notes", text="看") for _ in range(5)))
    assert {answer.status for answer in done} == {201}
    assert (await read(api, number))["state"] == "processing"


async def test_a_matter_without_work_gets_it_at_the_next_start(api: Api, database: asyncpg.Connection, backend: Running) -> None:
    report = await filed(api, **COMPLAINT)
    before = await read(api, report["report_no"])
    await database.execute("DELETE FROM backend.work WHERE number = $1", report["report_no"])
    with Running(backend.settings):
        assert await read(api, report["report_no"]) == before


def test_every_limit_is_in_force_by_an_article_that_exists(shared: Path) -> None:
    rules = YAML(typ="safe").load(PATH.read_text(encoding="utf-8"))
    texts = load_law_texts(shared)
    for rule in rules:
        assert rule.get("unconfirmed") is True or (texts.knows(rule["law"], rule["article"]) and rule["days"] > 0), rule
        assert set(rule.get("topics", ())) <= {*load_filings(), "建议", "咨询", "求助", "表扬", "意见"}


def test_a_limit_grows_by_the_days_that_it_stood_and_warns_at_a_quarter() -> None:
    friday, monday = date(2026, 11, 13), date(2026, 11, 16)
    assert resumed(date(2026, 11, 20), friday, monday, workdays=False) == date(2026, 11, 23)
    assert resumed(date(2026, 11, 20), friday, monday, workdays=True) == date(2026, 11, 23), "one workday stood, and the next is a Monday"
    assert resumed(None, friday, monday, workdays=True) is None
    assert yellow_on(date(2026, 11, 2), add_workdays(date(2026, 11, 2), 20)) == add_workdays(date(2026, 11, 2), 15)
    assert yellow_on(friday, add_workdays(friday, 3)) == monday, "never less than two workdays before"
