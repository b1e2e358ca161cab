"""The supervisor's board: the figures mean what stands beside them, come as files, and go on without the backend."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone
from typing import Any

import openpyxl
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.board.daily import count_days
from console.board.words import span
from store.db import async_engine
from tests.console.bureau import bureau, service
from tests.console.conftest import Desk
from weijing.workdays import SHANGHAI

__all__ = ["bureau", "service"]
NOON = datetime.now(SHANGHAI).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=10)
_TURN = text("INSERT INTO weijing.turns (key, openid, intent, decision, service_item, at) VALUES (:key, :openid, :intent, :decision, :item, :at)")
_SAID = text("INSERT INTO weijing.messages (key, openid, direction, kind, text, at) VALUES (:key, :openid, :direction, 'text', :text, :at)")
_HANDOFF = text("""
    INSERT INTO weijing.handoffs (key, openid, reason, urgency, state, opened_at, closed_at) VALUES (:key, :openid, 'request', 'normal', 'done', :at, :end)""")
_EMPTY = [text(f"DELETE FROM weijing.{name}") for name in ("turns", "messages", "handoffs", "daily_visits", "daily_desk", "conversations")]
"""Row by row: the console that counts beside us reads these tables, and a TRUNCATE would wait for it in a ring."""


async def turn(connection: AsyncConnection, openid: str, at: datetime, words: str = "怎么办", item: str | None = "passport_first", **more: Any) -> str:
    key = f"{openid}-{at.timestamp()}"
    await connection.execute(_TURN, {"key": key, "openid": openid, "at": at, "item": item, "intent": "ask_guide", "decision": "answer", **more})
    await connection.execute(_SAID, {"key": key, "openid": openid, "at": at, "text": words, "direction": "user"})
    return key


@pytest_asyncio.fixture
async def past(bureau: Desk) -> Desk:
    """Ten days ago: one was content, one came back for the same item, one for another, one called it bad, one was handed over and answered after 40 s."""
    engine = async_engine(bureau.settings.database_url)
    hour, day = timedelta(hours=1), timedelta(days=1)
    async with engine.begin() as connection:
        for empty in _EMPTY:
            await connection.execute(empty)
        await turn(connection, "o-content", NOON)
        await turn(connection, "o-content", NOON + timedelta(minutes=20))
        await turn(connection, "o-back", NOON)
        await turn(connection, "o-back", NOON + 2 * day)
        await turn(connection, "o-other", NOON)
        await turn(connection, "o-other", NOON + 2 * day, item="id_card_replacement")
        await turn(connection, "o-bad", NOON)
        await turn(connection, "o-bad", NOON + 5 * hour, words="态度差", intent="rate_service", item=None)
        key = await turn(connection, "o-handed", NOON)
        given = NOON + 23 * hour
        await connection.execute(_HANDOFF, {"key": key, "openid": "o-handed", "at": given, "end": given + hour})
        await connection.execute(_SAID, {"key": "s", "openid": "o-handed", "direction": "staff", "text": "您好", "at": given + timedelta(seconds=40)})
        await turn(connection, "o-lost", NOON + 3 * hour, words="=1+1 是什么", decision="fallback", item=None, intent="find_office")
    await count_days(engine)
    await engine.dispose()
    return bureau


async def test_a_visit_is_contained_and_satisfied_as_the_page_says(past: Desk) -> None:
    engine = async_engine(past.settings.database_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM weijing.daily_visits WHERE day = :day AND intent = 'ask_guide'"), {"day": NOON.date()})).all()
        desk = (await connection.execute(text("SELECT * FROM weijing.daily_desk"))).one()
    await count_days(engine)
    async with engine.connect() as connection:
        again = (await connection.execute(text("SELECT sum(visits) FROM weijing.daily_visits"))).scalar_one()
    await engine.dispose()
    (row,) = rows
    assert (row.visits, row.turns, row.handed, row.contained, row.satisfied) == (5, 6, 1, 4, 2), "content and other are satisfied"
    assert (desk.handoffs, desk.answered, desk.in_60s, desk.answer_s, desk.ended, desk.end_s) == (1, 1, 1, 40, 1, 3600)
    assert again == 9, "counting twice changes nothing"


async def test_the_page_prints_what_is_counted_and_a_figure_is_a_file(past: Desk) -> None:
    chief = await past.log_in("zhuguan")
    page = await chief.get("/board/history?days=30")
    assert page.status == 200 and "72 小时内没有再来问同一事项" in page.text and "投诉举报：地区与时段" in page.text and "差评" in page.text
    async with chief.http.get(f"{past.base}/board/history/file?days=30&figure=missed&form=csv") as answer:
        rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert rows[0][:2] == ["原话", "次数"] and rows[1][0] == "'=1+1 是什么", "no formula"
    async with chief.http.get(f"{past.base}/board/history/file?days=30&figure=containment&form=xlsx") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    found = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    assert found[NOON.date().isoformat()] == (85.7, 42.9, 7), "a rating five hours later is a visit of its own"
    assert (await chief.get("/board/history/file?figure=nothing&form=csv")).status == 404
    engine = async_engine(past.settings.database_url)
    async with engine.connect() as connection:
        exported = (await connection.execute(text("SELECT object FROM weijing.audit WHERE act = 'figure.exported' ORDER BY seq"))).scalars().all()
    await engine.dispose()
    assert exported[-2:] == ["missed", "containment"]


async def test_a_topic_is_looked_at_alone(past: Desk) -> None:
    chief = await past.log_in("zhuguan")
    page = await chief.get("/board/history?days=30&topic=投诉举报")
    assert page.status == 200 and "这段时间还没有数据" in page.text


async def test_now_shows_who_waits_and_whose_silence_gave_somebody_back(bureau: Desk) -> None:
    engine, since = async_engine(bureau.settings.database_url), datetime.now(timezone.utc) - timedelta(minutes=9)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE weijing.conversations, weijing.desk_deeds"))
        await connection.execute(text("""
            INSERT INTO weijing.conversations (openid, channel, first_at, last_at, owner, waiting_since, urgency)
            VALUES ('o-now-000777', 'wechat', now(), now(), 'waiting', :since, 'urgent')"""), {"since": since})  # fmt: skip
        await connection.execute(text("INSERT INTO weijing.desk_deeds (openid, deed, previous) VALUES ('o-now-000777', 'released', 'zuoxi1')"))
    await engine.dispose()
    chief = await bureau.log_in("zhuguan")
    page = await chief.get("/board")
    assert "危急 1" in page.text and "9:0" in page.text and "林坐席 没有回应" in page.text and "…000777" in page.text and "o-now" not in page.text
    part = await chief.get("/board/now", htmx=True)
    assert "危急 1" in part.text and "<html" not in part.text


async def test_overdue_matters_stand_with_their_level_and_come_as_a_file(bureau: Desk) -> None:
    chief = await bureau.log_in("zhuguan")
    page = await chief.get("/board/overdue")
    assert page.status == 200 and "督办" in page.text and "/cases/" in page.text
    async with chief.http.get(f"{bureau.base}/board/overdue/file?form=xlsx") as answer:
        rows = list(openpyxl.load_workbook(io.BytesIO(await answer.read())).worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "编号" and len(rows) > 1 and all(str(row[6]) < datetime.now(SHANGHAI).date().isoformat() for row in rows[1:])


async def test_without_the_backend_the_conversations_figures_stay(desk: Desk) -> None:
    chief = await desk.log_in("zhuguan")
    page = await chief.get("/board/history")
    assert page.status == 200 and "政务服务接口暂时连不上" in page.text and "独立解决率" in page.text
    assert (await chief.get("/board/overdue")).status == 503


@pytest.mark.parametrize(("seconds", "words"), [(None, "—"), (42, "42 秒"), (185, "3 分 5 秒"), (7200, "2 小时"), (90_000, "1 天 1 小时")])
def test_a_length_of_time_reads_as_people_say_it(seconds: float | None, words: str) -> None:
    assert span(seconds) == words
