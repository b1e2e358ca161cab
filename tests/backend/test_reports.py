"""Filing reports: once, to the right unit, with honest words; and following them by query code."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.retention import forget
from tests.backend.conftest import TIP, Api, Running

REPORTER = {"name": "示例甲", "phone": "19900000077"}


async def count(database: asyncpg.Connection) -> int:
    return int(await database.fetchval("SELECT count(*) FROM backend.reports"))


async def test_a_report_gets_a_number_and_a_query_code_that_opens_it(api: Api) -> None:
    filed = await api.report(occurred_at="每晚十点", place="示例路1号", evidence=[{"kind": "image", "ref": "media-1"}], openid="o-1")
    assert filed.status == 201
    assert re.fullmatch(r"J\d{4}-\d{6}", filed.json["report_no"])
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", filed.json["query_code"])
    assert filed.json["duplicate_of"] is None and filed.json["promised_on"] is None
    progress = await api.progress(filed.json["report_no"], query_code=filed.json["query_code"].lower().replace("-", " "))
    assert progress.status == 200
    assert progress.json["status"] == "received" and progress.json["office"] == "治安部门"
    assert progress.json["item_name"] == "举报：赌博"
    assert progress.json["received_at"] == filed.json["received_at"] == progress.json["steps"][0]["at"]
    assert TIP["content"] not in str(progress.json), "the progress does not show what was reported"


async def test_what_is_not_known_may_be_null_or_left_out(api: Api) -> None:
    nothing = {"occurred_at": None, "place": None, "evidence": None, "reporter": None, "openid": None}
    assert (await api.report(**nothing)).status == 201
    assert (await api.report()).status == 201


async def test_numbers_follow_each_other(api: Api) -> None:
    numbers = [int((await api.report(openid=f"o-{n}")).json["report_no"][-6:]) for n in ("a", "b", "c")]
    assert numbers == sorted(set(numbers))


async def test_the_same_key_and_body_replays_the_same_answer(api: Api, database: asyncpg.Connection) -> None:
    key = uuid4().hex
    first, before = await api.report(key), await count(database)
    again = await api("POST", "/v1/reports", key=key, json=dict(reversed(TIP.items())))
    assert (again.status, again.json) == (201, first.json)
    assert "Idempotent-Replay" not in first.headers and again.headers["Idempotent-Replay"] == "true"
    assert await count(database) == before


async def test_the_same_key_with_another_body_is_refused(api: Api, database: asyncpg.Connection) -> None:
    key = uuid4().hex
    first = await api.report(key)
    before = await count(database)
    other = await api.report(key, content="别的内容")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert first.json["report_no"] not in str(other.json)
    assert await count(database) == before


async def test_twenty_at_once_with_one_key_make_one_report(api: Api, database: asyncpg.Connection) -> None:
    key, before = uuid4().hex, await count(database)
    answers = await asyncio.gather(*(api.report(key, content="同时提交的内容") for _ in range(20)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["query_code"] for answer in answers}) == 1
    assert sum("Idempotent-Replay" not in answer.headers for answer in answers) == 1
    assert await count(database) == before + 1


async def test_twenty_at_once_with_twenty_keys_and_one_sender_make_one_report(api: Api, database: asyncpg.Connection) -> None:
    before = await count(database)
    answers = await asyncio.gather(*(api.report(content="同一个人连点", openid="o-twenty") for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json["report_no"] for answer in answers}) == 1
    assert await count(database) == before + 1


async def test_a_key_whose_first_request_still_runs_answers_409(api: Api, database: asyncpg.Connection) -> None:
    async with database.transaction():
        await database.execute("INSERT INTO backend.idempotency_keys (key, fingerprint, expires_at) VALUES ('held', '', now() + interval '1 day')")
        held = await api.report("held")
    assert (held.status, held.json["code"]) == (409, "in_progress")
    assert int(held.headers["Retry-After"]) > 0


async def test_a_key_that_is_past_its_time_counts_as_new_and_is_deleted(api: Api, backend: Running, database: asyncpg.Connection) -> None:
    key = uuid4().hex
    first = await api.report(key)
    await database.execute("UPDATE backend.idempotency_keys SET expires_at = now() - interval '1 s' WHERE key = $1", key)
    second = await api.report(key, content="新内容")
    assert second.status == 201 and second.json["report_no"] != first.json["report_no"]
    await database.execute("UPDATE backend.idempotency_keys SET expires_at = now() - interval '1 s' WHERE key = $1", key)
    async with asyncpg.create_pool(backend.settings.database_url, min_size=1, max_size=1) as pool:
        await forget(pool, 30)
    assert not await database.fetchval("SELECT count(*) FROM backend.idempotency_keys WHERE key = $1", key)


async def test_the_same_words_within_ten_minutes_return_the_earlier_number(api: Api, database: asyncpg.Connection) -> None:
    first = await api.report(content="楼上 每晚 打牌", openid="o-again")
    again = await api.report(content="楼上每晚打牌 ", openid="o-again")
    assert again.status == 200
    assert again.json["report_no"] == again.json["duplicate_of"] == first.json["report_no"]
    assert again.json["query_code"] is None
    assert first.json["report_no"] in again.json["next_step"]
    await database.execute("UPDATE backend.reports SET received_at = received_at - interval '11 minutes' WHERE report_no = $1", first.json["report_no"])
    later = await api.report(content="楼上每晚打牌", openid="o-again")
    assert later.status == 201 and later.json["report_no"] != first.json["report_no"]


@pytest.mark.parametrize(
    "other",
    [{"openid": "o-else"}, {"openid": None}, {"kind": "complaint"}, {"mode": "named", "reporter": REPORTER}, {"content": "另一件事"}],
    ids=["another sender", "no sender", "another kind", "now by name", "other words"],
)
async def test_what_is_not_a_repeat_is_filed(api: Api, other: dict[str, object]) -> None:
    fields = {"content": f"一件事{uuid4().hex}", "openid": "o-same"}
    await api.report(**fields)
    assert (await api.report(**(fields | other))).status == 201


async def test_a_named_complaint_goes_to_the_inspectors_and_is_answered_within_the_law(api: Api, database: asyncpg.Connection) -> None:
    filed = await api.report(kind="complaint", topic="治安大队态度恶劣", content="投诉治安大队某民警", mode="named", reporter=REPORTER)
    assert filed.status == 201
    received = datetime.fromisoformat(filed.json["received_at"]).date()
    assert date.fromisoformat(filed.json["promised_on"]) == received + timedelta(days=15)  # 信访工作条例 art. 23
    text = filed.json["next_step"]
    assert all(word in text for word in ("督察", "12389", "第二十三条", "第三十四条", "15日", "60日"))
    assert await database.fetchval("SELECT unit FROM backend.reports WHERE report_no = $1", filed.json["report_no"]) == "督察"
    progress = await api.progress(filed.json["report_no"], query_code=filed.json["query_code"])
    assert (progress.json["office"], progress.json["phone"]) == ("督察部门", "12389")
    assert progress.json["promised_on"] == filed.json["promised_on"]


async def test_an_anonymous_complaint_promises_no_answer_that_cannot_be_given(api: Api) -> None:
    filed = await api.report(kind="complaint", topic="不作为", content="匿名投诉")
    assert filed.json["promised_on"] is None
    assert "督察" in filed.json["next_step"] and "匿名" in filed.json["next_step"]


@pytest.mark.parametrize(
    ("topic", "unit"),
    [("赌博", "治安"), ("噪声", "治安"), ("其他", "治安"), ("毒品", "刑侦"), ("涉黑", "刑侦"), ("枪爆", "刑侦"), ("电信诈骗", "反诈"), ("刷单被骗", "反诈")],
)
async def test_a_tip_goes_to_the_unit_of_its_topic_and_is_called_a_clue(api: Api, topic: str, unit: str) -> None:
    filed = await api.report(topic=topic)
    assert f"转{unit}部门" in filed.json["next_step"] and "不等于立案" in filed.json["next_step"]
    assert (await api.progress(filed.json["report_no"], query_code=filed.json["query_code"])).json["office"] == f"{unit}部门"


async def test_what_happens_now_names_the_number_to_call_first(api: Api) -> None:
    fraud = await api.report(topic="诈骗", happening_now=True)
    assert "110" in fraud.json["next_step"][:30] and "96110" in fraud.json["next_step"]
    other = await api.report(topic="斗殴", happening_now=True, content="正在打架", openid="o-now")
    assert "110" in other.json["next_step"][:20] and "12110" in other.json["next_step"]
    again = await api.report(topic="斗殴", happening_now=True, content="正在打架", openid="o-now")
    assert again.json["duplicate_of"] and "110" in again.json["next_step"][:20]


async def test_an_anonymous_report_keeps_nobody(api: Api, database: asyncpg.Connection) -> None:
    filed = await api.report(content="匿名但填了联系人", reporter=REPORTER, openid="o-anonymous")
    row = await database.fetchrow("SELECT * FROM backend.reports WHERE report_no = $1", filed.json["report_no"])
    assert row["contact"] is None
    assert "o-anonymous" not in str(dict(row))
