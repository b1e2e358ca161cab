"""Letters to the director: filed once, routed, answered by a day, the answer told once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.promises import Promises
from tests.backend.conftest import Answer, Api
from tests.backend.test_follow_ups import ratable, reply
from tests.backend.test_matters import bind, changes, matters, step
from weijing.workdays import SHANGHAI, add_workdays

WRITER = {"name": "欧阳某某", "phone": "19977778888"}
WORDS = "建议在示例路小学门口早晚高峰各派一名辅警疏导交通"


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def write(api: Api, openid: str, key: str = "", **changes: object) -> Answer:
    letter = {"kind": "suggestion", "content": WORDS, "writer": WRITER, "openid": openid}
    return await api("POST", "/v1/letters", key=key or uuid4().hex, json={**letter, **changes})


async def query(api: Api, receipt: dict[str, str], code: str = "") -> Answer:
    return await api("POST", f"/v1/letters/{receipt['letter_no']}/progress-queries", json={"query_code": code or receipt["query_code"]})


async def test_a_letter_is_filed_once_and_followed_by_its_code(api: Api, openid: str, database: asyncpg.Connection) -> None:
    first = await write(api, openid, key=f"k-{openid}")
    assert first.status == 201 and (await write(api, openid, key=f"k-{openid}")).json == first.json
    again = await write(api, openid)
    assert again.status == 200 and again.json["duplicate_of"] == first.json["letter_no"] and again.json["query_code"] is None
    asked = (await query(api, first.json)).json
    assert asked["status"] == "received" and asked["office"] == "信访部门" and asked["item_name"] == "局长信箱：建议"
    assert (await query(api, first.json, "2345-6789")).status == 404
    row = str(dict(await database.fetchrow("SELECT * FROM backend.letters WHERE letter_no = $1", first.json["letter_no"])))
    assert not [secret for secret in (*WRITER.values(), openid, first.json["query_code"]) if secret in row]


def test_the_day_is_the_bureau_s_promise_and_with_a_name_never_later_than_the_law_s() -> None:
    monday, holidays = date(2026, 11, 16), date(2026, 9, 28)
    promises = Promises(follow_up=5, letter=10)
    assert promises.letter_on(monday, named=True) == promises.letter_on(monday, named=False) == add_workdays(monday, 10) == date(2026, 11, 30)
    assert promises.letter_on(holidays, named=True) == holidays + timedelta(days=15) < promises.letter_on(holidays, named=False), "National Day"
    assert Promises(5, 60).letter_on(monday, named=True) == date(2026, 12, 1)


async def test_it_is_promised_and_owned(api: Api, openid: str, database: asyncpg.Connection) -> None:
    receipt = (await write(api, openid)).json
    assert receipt["promised_on"] == Promises(5, 10).letter_on(datetime.now(SHANGHAI).date(), named=True).isoformat()
    assert await database.fetchval("SELECT unit FROM backend.letters WHERE letter_no = $1", receipt["letter_no"]) == "信访"


@pytest.mark.parametrize(
    ("kind", "content", "office"),
    [
        ("opinion", "示例派出所民警态度恶劣，对老人又吼又骂，没有人管", "督察部门"),
        ("request", "报警以后派出所一直不受理也不立案，请局长过问", "督察部门"),
        ("praise", "示例派出所的民警没有骂人也不刁难，态度特别好，谢谢", "信访部门"),
        ("suggestion", "建议派出所周末也开窗口，方便上班的人", "信访部门"),
    ],
)  # fmt: skip
async def test_what_is_really_a_complaint_goes_to_the_inspectors(api: Api, openid: str, kind: str, content: str, office: str) -> None:
    receipt = (await write(api, openid, kind=kind, content=content)).json
    assert (await query(api, receipt)).json["office"] == office
    assert ("12389" in receipt["next_step"]) == (office == "督察部门")


async def test_the_answer_reaches_the_writer_once_and_may_be_rated(api: Api, openid: str) -> None:
    receipt = (await write(api, openid)).json
    number = receipt["letter_no"]
    assert (await step(api, f"letters/{number}", "processing")).json["told"] == 1
    key = uuid4().hex
    for _ in range(2):
        assert (await reply(api, f"letters/{number}", "您的建议已采纳。", key)).json["told"] == 1
    told = await changes(api, openid)
    assert [one["status"] for one in told] == ["processing", "answered"] and told[1]["step"]["note"] == "您的建议已采纳。"  # type: ignore[index]
    asked = (await query(api, receipt)).json
    assert asked["status_text"] == "已答复" and asked["steps"][-1]["note"] == "您的建议已采纳。"
    assert await ratable(api, openid) == {number: False}


async def test_a_letter_without_a_name_is_told_to_nobody(api: Api, openid: str) -> None:
    receipt = (await write(api, openid, writer=None)).json
    assert "编号和查询码" in receipt["next_step"]
    assert (await reply(api, f"letters/{receipt['letter_no']}")).json["told"] == 0 and await changes(api, openid) == []
    await bind(api, openid)
    assert receipt["letter_no"] not in await matters(api, openid)


async def test_a_bound_writer_sees_it_among_the_matters(api: Api, openid: str) -> None:
    await bind(api, openid)
    assert (await write(api, openid)).json["letter_no"] in await matters(api, openid)


async def test_staff_list_letters_unanswered_first_and_nobody_is_named(api: Api, openid: str) -> None:
    receipt = (await write(api, openid, content=f"{WORDS}，{openid}")).json
    listed = (await api("GET", "/v1/letters?limit=200")).json["letters"]
    answered = [one["status"] == "answered" for one in listed]
    assert answered == sorted(answered)
    mine = next(one for one in listed if one["letter_no"] == receipt["letter_no"])
    assert mine["content"].startswith(WORDS) and mine["named"] and WRITER["name"] not in str(mine) and WRITER["phone"] not in str(mine)
    await reply(api, f"letters/{receipt['letter_no']}")
    assert (await api("GET", f"/v1/letters?letter_no={receipt['letter_no']}&state=received")).json["letters"] == []
    assert {one["unit"] for one in (await api("GET", "/v1/letters?unit=信访&limit=200")).json["letters"]} == {"信访"}
    assert (await api("GET", "/v1/letters?limit=0")).status == 400
