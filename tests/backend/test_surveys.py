"""Surveys: defined by staff, answered without a name, changed while open, counted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.demo_surveys import DEMO_SURVEYS
from tests.backend.conftest import Answer, Api

QUESTIONS: list[dict[str, Any]] = [
    {"id": "safe", "kind": "mark", "text": "安全吗？"},
    {"id": "seen", "kind": "one", "text": "见过巡逻吗？", "options": ["经常", "偶尔"]},
    {"id": "worry", "kind": "several", "text": "担心什么？", "options": ["诈骗", "盗窃", "噪声"]},
    {"id": "words", "kind": "words", "text": "还想说什么？", "optional": True},
]  # fmt: skip
ANSWERS: dict[str, Any] = {"safe": 4, "seen": "偶尔", "worry": ["诈骗", "噪声"], "words": "路灯坏了"}


@pytest.fixture
def survey() -> str:
    return f"s{uuid4().hex[:12]}"


async def define(api: Api, survey: str, **changes: Any) -> Answer:
    body = {"title": "示例问卷", "intro": "", "unit": "治安", "questions": QUESTIONS, "opens_on": "2026-01-01", "closes_on": "2099-12-31"}
    return await api("PUT", f"/v1/surveys/{survey}", json={**body, **changes})


async def answer(api: Api, survey: str, openid: str, **changes: Any) -> Answer:
    return await api("PUT", f"/v1/surveys/{survey}/answers", json={"openid": openid, "answers": {**ANSWERS, **changes}})


async def results(api: Api, survey: str) -> dict[str, Any]:
    found = (await api("GET", f"/v1/surveys/{survey}/results")).json
    return {"answered": found["answered"]} | {one["id"]: one for one in found["questions"]}


async def test_the_demo_survey_is_open(api: Api) -> None:
    listed = (await api("GET", "/v1/surveys?openid=o-1")).json["surveys"]
    assert DEMO_SURVEYS[0][0] in [one["id"] for one in listed]


async def test_answers_are_changed_and_counted_once_a_person(api: Api, survey: str) -> None:
    assert (await define(api, survey)).status == 200
    assert (await answer(api, survey, "o-1", safe=1)).json == {"id": survey, "changed": False}
    assert (await answer(api, survey, "o-1")).json["changed"] is True
    await answer(api, survey, "o-2", safe=5, worry=["诈骗"], words="")
    counted = await results(api, survey)
    assert counted["answered"] == 2 and counted["safe"]["mean"] == 4.5 and counted["safe"]["counts"]["4"] == 1
    assert counted["worry"]["counts"] == {"诈骗": 2, "盗窃": 0, "噪声": 1} and counted["seen"]["counts"] == {"经常": 0, "偶尔": 2}
    assert counted["words"]["words"] == ["路灯坏了"] and counted["words"]["answered"] == 1
    mine = (await api("GET", "/v1/surveys?openid=o-1")).json["surveys"]
    assert [one["answered"] for one in mine if one["id"] == survey] == [True]
    assert not [one for one in (await api("GET", "/v1/surveys?openid=o-3")).json["surveys"] if one["answered"]]


async def test_nobody_can_be_told_from_the_tables(api: Api, survey: str, database: asyncpg.Connection) -> None:
    other = f"{survey}b"
    for one in (survey, other):
        await define(api, one)
        await answer(api, one, "o-very-private", words="我的电话13912345678")
    rows = await database.fetch("SELECT * FROM backend.survey_answers WHERE survey_id = ANY($1)", [survey, other])
    text = str([dict(row) for row in rows])
    assert len(rows) == 2 and "o-very-private" not in text and "13912345678" not in text
    assert rows[0]["person"] != rows[1]["person"], "two surveys cannot be linked"


@pytest.mark.parametrize(
    "wrong", [{"safe": 6}, {"safe": "4"}, {"seen": "从不"}, {"seen": ["偶尔"]}, {"worry": []}, {"worry": ["诈骗", "诈骗"]}, {"more": 1}, {"words": 3}]
)
async def test_what_does_not_fit_the_questions_is_refused(api: Api, survey: str, wrong: dict[str, Any]) -> None:
    await define(api, survey)
    assert (await answer(api, survey, "o-1", **wrong)).status == 422 and (await results(api, survey))["answered"] == 0


async def test_only_what_is_optional_may_be_left_out(api: Api, survey: str) -> None:
    await define(api, survey)
    path = f"/v1/surveys/{survey}/answers"
    assert (await api("PUT", path, json={"openid": "o-1", "answers": {"safe": 1}})).json["code"] == "invalid_answers"
    given = {name: value for name, value in ANSWERS.items() if name != "words"}
    assert (await api("PUT", path, json={"openid": "o-1", "answers": given})).status == 200


async def test_a_closed_survey_takes_no_answer_and_an_answered_one_keeps_its_questions(api: Api, survey: str) -> None:
    await define(api, survey)
    await answer(api, survey, "o-1")
    assert (await define(api, survey, questions=QUESTIONS[:1])).json["code"] == "already_answered"
    assert (await define(api, survey, closes_on="2026-01-02")).status == 200
    assert (await answer(api, survey, "o-2")).json["code"] == "survey_closed"
    assert survey not in [one["id"] for one in (await api("GET", "/v1/surveys?openid=o-1")).json["surveys"]]
    assert (await answer(api, "s_unknown", "o-1")).status == 404


@pytest.mark.parametrize(
    "wrong", [{"closes_on": "2025-01-01"}, {"questions": QUESTIONS[:1] * 2}, {"questions": [{"id": "a", "kind": "one", "text": "?"}]}, {"title": "长" * 21}]
)
async def test_a_survey_that_cannot_be_is_refused(api: Api, survey: str, wrong: dict[str, Any]) -> None:
    assert (await define(api, survey, **wrong)).status == 422


async def test_staff_see_all_surveys_and_whether_anybody_answered(api: Api) -> None:
    listed = (await api("GET", "/v1/surveys")).json["surveys"]
    assert listed and [one["closes_on"] for one in listed] == sorted((one["closes_on"] for one in listed), reverse=True)
