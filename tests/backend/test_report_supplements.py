"""Asking back: staff's question reaches the reporter, the answer becomes a step, and nobody else gets in between."""

from __future__ import annotations

import json
from uuid import uuid4

import asyncpg

from tests.backend.conftest import Answer, Api
from tests.backend.test_reports import REPORTER

SENDER = "o-supplement"


async def filed(api: Api, **fields: object) -> Answer:
    return await api.report(content=f"示例小区有人聚众赌博 {uuid4().hex}", openid=SENDER, **fields)


async def ask(api: Api, number: str, question: str = "车是什么颜色？") -> Answer:
    return await api("POST", f"/v1/reports/{number}/questions", key=uuid4().hex, json={"question": question})


async def add(api: Api, number: str, key: str = "", **body: object) -> Answer:
    return await api("POST", f"/v1/reports/{number}/supplements", key=key or uuid4().hex, json={"openid": SENDER, **body})


async def test_an_anonymous_reporter_finds_the_question_and_answers_it(api: Api, database: asyncpg.Connection) -> None:
    report = await filed(api)
    number, code = report.json["report_no"], report.json["query_code"]
    assert (await ask(api, number)).json["told"] == 0
    assert (await api.progress(number, query_code=code)).json["question"] == "车是什么颜色？"
    added = await add(api, number, text="白色的", evidence=[{"kind": "image", "ref": "E-00000000000000aa"}])
    assert added.status == 201 and added.json == {"report_no": number, "added": 1, "evidence": 1}
    progress = (await api.progress(number, query_code=code)).json
    assert progress["question"] is None and [step["name"] for step in progress["steps"]] == ["登记", "请您补充", "补充"]
    assert "白色" not in str(progress), "what was added is not shown, as what was reported is not"
    stored = json.loads(await database.fetchval("SELECT supplements FROM backend.reports WHERE report_no = $1", number))
    assert (stored[0]["text"], stored[0]["question"]) == ("白色的", "车是什么颜色？")


async def test_who_left_a_name_hears_of_the_question_without_asking(api: Api) -> None:
    for mode in ("named", "sealed"):
        number = (await filed(api, mode=mode, reporter=REPORTER)).json["report_no"]
        assert (await ask(api, number, f"{mode}？")).json["told"] == 1
        change = (await api("GET", "/v1/changes")).json["changes"][-1]
        assert (change["openid"], change["number"], change["question"]) == (SENDER, number, f"{mode}？")


async def test_the_same_key_adds_once(api: Api) -> None:
    report, key = await filed(api), uuid4().hex
    number = report.json["report_no"]
    first, again = [await add(api, number, key, text="只加一次") for _ in range(2)]
    assert first.json == again.json and again.headers["Idempotent-Replay"] == "true"
    steps = (await api.progress(number, query_code=report.json["query_code"])).json["steps"]
    assert [step["name"] for step in steps] == ["登记", "补充"]


async def test_nobody_else_may_add_nor_learn_that_the_number_exists(api: Api) -> None:
    number = (await filed(api)).json["report_no"]
    other = await add(api, number, text="不是我的", openid="o-stranger")
    unknown = await add(api, "J2026-999999", text="没有这件")
    assert other.status == unknown.status == 404 and other.json == unknown.json


async def test_what_is_decided_asks_and_takes_nothing_and_tells_its_outcome(api: Api) -> None:
    report = await filed(api)
    number, code = report.json["report_no"], report.json["query_code"]
    await ask(api, number)
    assert (await api.progress(number, query_code=code)).json["outcome"] is None
    step = {"status": "done", "name": "办结", "note": "已依法处罚"}
    await api("POST", f"/v1/reports/{number}/steps", key=uuid4().hex, json=step)
    progress = (await api.progress(number, query_code=code)).json
    assert (progress["outcome"], progress["question"]) == ("已依法处罚", None), "nobody waits for an answer any more"
    assert (await ask(api, number)).json["code"] == (await add(api, number, text="再说一点")).json["code"] == "already_decided"


async def test_nothing_is_no_supplement(api: Api) -> None:
    number = (await filed(api)).json["report_no"]
    assert (await add(api, number)).status == (await add(api, number, text=None, evidence=[])).status == 422
