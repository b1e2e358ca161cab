"""What the bureau says to everybody and answers, by the pages of content against the real backend."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from actions.catalogue_feed import follow
from actions.client import Backend
from bot.desk_hours import read_hours
from store.catalogue import Catalogue
from store.db import async_engine
from tests.console.bureau import bureau, service
from tests.console.conftest import Desk
from weijing.desk_hours import USUAL, DeskHours, next_answer, take_over
from weijing.workdays import SHANGHAI

__all__ = ["bureau", "service"]
ROOT = "/admin/content"
NOTICE = {"kind": "traffic", "title": "示例路夜间施工", "body": "示例路 22:00 至次日 5:00 半幅施工，请绕行。", "key": "k-notice"}


async def api(desk: Desk, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {desk.settings.backend_token.get_secret_value()}", "Idempotency-Key": more.pop("key", "")}
    async with aiohttp.request(method, desk.settings.backend_base + path, headers=headers, **more) as answer:
        return await answer.json()


async def acts(desk: Desk, act: str) -> list[Any]:
    engine = async_engine(desk.settings.database_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT object, detail FROM weijing.audit WHERE act = :act ORDER BY seq"), {"act": act})).all()
    await engine.dispose()
    return list(rows)


async def test_a_notice_is_published_once_previewed_as_told_and_withdrawn_with_its_reason(bureau: Desk) -> None:
    chief = await bureau.log_in("zhuguan")
    preview = await chief.post(f"{ROOT}/notices/preview", NOTICE)
    assert "【交通管制】示例路夜间施工\n" in preview.text and "不要再发公告了" in preview.text
    for _ in range(2):
        assert (await chief.post(f"{ROOT}/notices", NOTICE, htmx=False)).status == 303
    found = [one for one in (await api(bureau, "GET", "/v1/notices?limit=50"))["notices"] if one["title"] == NOTICE["title"]]
    assert len(found) == 1
    number = found[0]["id"]
    assert (await chief.post(f"{ROOT}/notices/{number}/withdrawals", {"reason": " "})).status == 422
    assert (await chief.post(f"{ROOT}/notices/{number}/withdrawals", {"reason": "时间有误"}, htmx=False)).status == 303
    assert NOTICE["title"] not in (await chief.get(f"{ROOT}/notices")).text
    assert (await acts(bureau, "notice.withdrawn"))[-1] == (str(number), {"reason": "时间有误"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "请填写"), ({"body": "长" * 601}, "最多 600 个字，现在是 601 个"), ({"kind": "news"}, "请选一项"),
        ({"link": "http://x"}, "要以 https:// 开头"), ({"expires_at": "2020-01-01T10:00"}, "要晚于现在"), ({"title": "<b>粗</b>", "body": ""}, "&lt;b&gt;粗"),
    ],
)  # fmt: skip
async def test_a_fault_stands_beside_its_field_and_nothing_is_published(bureau: Desk, change: dict[str, str], words: str) -> None:
    chief = await bureau.log_in("zhuguan")
    page = await chief.post(f"{ROOT}/notices", {**NOTICE, "key": "k-bad", **change}, htmx=False)
    assert page.status == 422 and words in page.text and "<b>粗" not in page.text


async def test_a_letter_is_answered_once_and_what_is_said_of_the_police_is_read_by_inspectors_alone(bureau: Desk) -> None:
    letter = {"kind": "suggestion", "content": "建议在示例路小学门口派人疏导", "openid": "o-writer", "writer": {"name": "示例", "phone": "19900000000"}}
    plain = await api(bureau, "POST", "/v1/letters", key="k-plain", json=letter)
    police = await api(bureau, "POST", "/v1/letters", key="k-police", json={**letter, "kind": "opinion", "content": "示例派出所民警态度恶劣骂人"})
    chief, inspector = await bureau.log_in("zhuguan"), await bureau.log_in("ducha")
    for person, sees in ((chief, False), (inspector, True)):
        assert (police["letter_no"] in (await person.get(f"{ROOT}/letters")).text) is sees
        assert (await person.get(f"{ROOT}/letters/{police['letter_no']}")).status == (200 if sees else 404)
        assert (await person.get(f"{ROOT}/letters/{plain['letter_no']}")).status == 200
    assert (await chief.post(f"{ROOT}/letters/{police['letter_no']}/replies", {"words": "x"}, htmx=False)).status == 404
    assert (await chief.post(f"{ROOT}/letters/{plain['letter_no']}/replies", {"words": " "}, htmx=False)).status == 422
    for _ in range(2):
        assert (await chief.post(f"{ROOT}/letters/{plain['letter_no']}/replies", {"words": "下周起安排。", "key": "k-once"}, htmx=False)).status == 303
    (now,) = (await api(bureau, "GET", f"/v1/letters?letter_no={plain['letter_no']}"))["letters"]
    assert now["status"] == "answered" and [step["note"] for step in now["steps"]].count("下周起安排。") == 1


async def test_follow_ups_are_for_inspectors(bureau: Desk) -> None:
    chief, inspector = await bureau.log_in("zhuguan"), await bureau.log_in("ducha")
    assert "只有督察能看" in (await chief.get(f"{ROOT}/follow-ups")).text
    listed = (await inspector.get(f"{ROOT}/follow-ups")).text
    number = (await api(bureau, "GET", "/v1/follow-ups"))["follow_ups"][0]["follow_up_no"]
    assert "群众的话只有督察能看" in (await chief.get("/board/history")).text and number in (await inspector.get("/board/history")).text
    assert number in listed and (await chief.get(f"{ROOT}/follow-ups/{number}")).status == 404
    assert (await inspector.post(f"{ROOT}/follow-ups/{number}/replies", {"words": "已向您了解情况，谢谢。"}, htmx=False)).status == 303


async def test_an_item_switched_off_leaves_the_catalogue_that_the_bot_links_by(bureau: Desk) -> None:
    chief, catalogue = await bureau.log_in("zhuguan"), Catalogue(bureau.redis)
    headers = {"Authorization": f"Bearer {bureau.settings.backend_token.get_secret_value()}"}
    async with aiohttp.ClientSession(bureau.settings.backend_base, headers=headers) as session:
        backend = Backend(session)
        await follow(backend, catalogue)
        off = await chief.post(f"{ROOT}/items/passport_first/switch", {"active": "false"})
        assert off.status == 200 and "已停用" in off.text
        assert await follow(backend, catalogue) and "passport_first" not in {item.id for item in (await catalogue.read())[1]}
        assert "停用" in (await chief.get(f"{ROOT}/items?q=护照")).text
        await chief.post(f"{ROOT}/items/passport_first/switch", {"active": "true"})
        assert await follow(backend, catalogue) and "passport_first" in {item.id for item in (await catalogue.read())[1]}
    before_after = [(detail["before"], detail["after"]) for _, detail in await acts(bureau, "item.switched")]
    assert before_after == [(True, False), (False, True)]


async def test_a_survey_is_made_shown_and_stopped(bureau: Desk) -> None:
    chief = await bureau.log_in("zhuguan")
    days = {"opens_on": date.today().isoformat(), "closes_on": "2099-01-01"}
    survey = {"title": "夜间照明", "unit": "示例支队", **days, "text_1": "够亮吗？", "kind_1": "one", "options_1": "够"}
    assert (await chief.post(f"{ROOT}/surveys", survey, htmx=False)).status == 422
    assert (await chief.post(f"{ROOT}/surveys", {**survey, "options_1": "够\n不够"}, htmx=False)).status == 303
    made = next(one for one in (await api(bureau, "GET", "/v1/surveys"))["surveys"] if one["title"] == "夜间照明")
    assert "还没有人回答" in (await chief.get(f"{ROOT}/surveys/{made['id']}")).text
    await api(bureau, "PUT", f"/v1/surveys/{made['id']}/answers", json={"openid": "o-one", "answers": {"q1": "够"}})
    assert "1 人回答" in (await chief.get(f"{ROOT}/surveys/{made['id']}")).text
    assert (await chief.post(f"{ROOT}/surveys/{made['id']}/days", {"stop": "1"}, htmx=False)).status == 303
    assert made["id"] not in {one["id"] for one in (await api(bureau, "GET", "/v1/surveys?openid=o-two"))["surveys"]}
    assert (await chief.get(f"{ROOT}/surveys/nothing")).status == 404


async def test_the_desks_hours_reach_the_words_of_a_handoff(bureau: Desk) -> None:
    chief = await bureau.log_in("zhuguan")
    assert (await chief.post(f"{ROOT}/hours", {"morning_1_opens": "09:00"}, htmx=False)).status == 422
    assert (await chief.post(f"{ROOT}/hours", {"morning_6_opens": "10:00", "morning_6_closes": "11:00"}, htmx=False)).status == 303
    try:
        await read_hours(bureau.redis)
        assert next_answer(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)) == datetime(2026, 11, 28, 10, tzinfo=SHANGHAI), "Saturdays alone"
        await bureau.redis.delete("wj:hours")
        await read_hours(bureau.redis)
        assert next_answer(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)) == datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    finally:
        take_over(DeskHours(USUAL))
    assert 'value="10:00"' in (await chief.get(f"{ROOT}/hours")).text
