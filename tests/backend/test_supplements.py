"""Supplements 补正: told once and completely, brought in parts or at once, by the filer alone."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from tests.backend.conftest import Answer, Api
from tests.backend.test_filings import TODAY, file, progress, step
from weijing.workdays import add_workdays

ASKS = [{"id": "lease", "text": "租房合同照片", "type": "pictures"}, {"id": "landlord", "text": "房东的姓名和电话", "type": "text"}]
LEASE = {"id": "lease", "evidence": [{"kind": "image", "ref": "E-0123456789abcdef"}]}
LANDLORD = {"id": "landlord", "text": "钱示例 19900000088"}


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def bring(api: Api, number: str, openid: str, *answers: object, key: str = "") -> Answer:
    return await api("POST", f"/v1/filings/{number}/supplements", key=key or uuid4().hex, json={"openid": openid, "answers": answers})


async def open_asks(api: Api, openid: str) -> list[dict[str, object]]:
    return list((await api("GET", f"/v1/users/{openid}/supplements")).json["supplements"])


@pytest.fixture
async def asked(api: Api, openid: str) -> str:
    """The number of a filing that lacks two things."""
    number = str((await file(api, openid, "residence_self")).json["filing_no"])
    assert (await step(api, number, "supplement", asks=ASKS, days=10)).status == 201
    return number


async def test_all_that_lacks_is_told_in_one_change(api: Api, openid: str, asked: str) -> None:
    until = add_workdays(TODAY, 10)
    assert await open_asks(api, openid) == [{"number": asked, "item_name": "居住登记（本人）", "asks": ASKS, "until": until.isoformat()}]
    (change,) = [one for one in (await api("GET", "/v1/changes")).json["changes"] if one["openid"] == openid]
    assert change["status_text"] == "待补正" and f"{until.month}月{until.day}日" in change["next_step"]
    assert all(one["text"] in change["next_step"] for one in ASKS)


async def test_brought_in_parts_it_goes_on_when_nothing_is_left(api: Api, openid: str, asked: str, database: asyncpg.Connection) -> None:
    key = uuid4().hex
    for _ in range(2):
        assert (await bring(api, asked, openid, LEASE, key=key)).json == {"number": asked, "status": "supplement", "left": 1}
    assert [one["asks"] for one in await open_asks(api, openid)] == [ASKS[1:]]
    assert (await bring(api, asked, openid, LANDLORD)).json == {"number": asked, "status": "processing", "left": 0}
    assert await open_asks(api, openid) == []
    found = (await progress(api, asked, "phone", "19900000077")).json
    assert (found["status_text"], found["asks"], found["until"]) == ("办理中", [], None)
    assert [one["note"] for one in found["steps"][-2:]] == ["已补：租房合同照片", "已补：房东的姓名和电话"]
    rows = [str(dict(row)) for row in await database.fetch("SELECT * FROM backend.filing_supplements WHERE filing_no = $1", asked)]
    assert len(rows) == 2 and "钱示例" not in "".join(rows)
    assert (await bring(api, asked, openid, LEASE)).json["code"] == "nothing_asked"


async def test_others_and_empty_or_strange_answers_are_refused(api: Api, openid: str, asked: str) -> None:
    assert (await bring(api, asked, "o-else", LEASE)).status == 404
    for answer in ({"id": "lease"}, {"id": "lease", "text": "  ", "evidence": []}, {"id": "colour", "text": "红"}):
        refused = await bring(api, asked, openid, answer)
        assert (refused.status, refused.json["code"]) == (422, "invalid_filing") and refused.json["detail"].startswith(answer["id"])
    assert len((await open_asks(api, openid))[0]["asks"]) == 2  # type: ignore[arg-type]  # a list


async def test_another_step_ends_what_was_asked(api: Api, openid: str, asked: str) -> None:
    await step(api, asked, "completed", next_step="已登记。")
    assert await open_asks(api, openid) == []
    found = (await progress(api, asked, "phone", "19900000077")).json
    assert (found["status"], found["asks"], found["next_step"]) == ("completed", [], "已登记。")


@pytest.mark.parametrize("body", [{"status": "supplement"}, {"status": "processing", "asks": ASKS}, {"status": "supplement", "asks": [ASKS[0], ASKS[0]]}])
async def test_asks_and_supplement_belong_together(api: Api, asked: str, body: dict[str, object]) -> None:
    answer = await api("POST", f"/v1/filings/{asked}/steps", key=uuid4().hex, json={"name": "新进展", **body})
    assert (answer.status, answer.json["code"]) == (422, "invalid_body")
