"""The queue and the transcript on two thousand conversations: order, filters, pages, numbers, and that PostgreSQL finds them by index."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.desk_seed import STAFF, seed
from store import tables
from store.db import async_engine
from store.desk_queue import DeskQueue, Filters, View
from store.migrate import migrate
from store.transcript import Transcript
from tests.store.desk_fixtures import LI, USER, conversation, furnish, put
from weijing.deed_refused import DeedRefused
from weijing.engines import EmbeddedPostgres


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> str:
    migrate(postgres_server.url)

    async def fill() -> None:
        engine = async_engine(postgres_server.url)
        await furnish(engine)
        await engine.dispose()
        await seed(postgres_server.url, 2_000, 40_000)

    asyncio.run(fill())
    return postgres_server.url


@pytest_asyncio.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(database)
    yield engine
    await engine.dispose()


@pytest.fixture
def queue(engine: AsyncEngine) -> DeskQueue:
    return DeskQueue(engine)


async def everything(queue: DeskQueue, view: View, **arguments: Any) -> list[dict[str, Any]]:
    """All pages of a view, one after the other."""
    found, after = [], ""
    while True:
        page = await queue.page(view, after=after, **arguments)
        found += page.rows
        if page.next is None:
            return found
        after = page.next


async def test_all_who_wait_come_once_the_urgent_first_then_by_how_long(queue: DeskQueue) -> None:
    rows = await everything(queue, "waiting")
    assert len({row["openid"] for row in rows}) == len(rows) == (await queue.counts(""))["waiting"] > 300
    order = [(("critical", "urgent", "normal").index(row["urgency"]), row["waiting_since"], row["openid"]) for row in rows]
    assert order == sorted(order) and {first for first, *_ in order} == {0, 1, 2}, "danger stands before haste on every page, not only within one"
    assert {row["owner"] for row in rows} == {"waiting"} and all(row["last_text"].endswith("句话") for row in rows)


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (Filters(urgency="urgent"), lambda row: row["urgency"] in ("urgent", "critical")),
        (Filters(topic="交管", area="东城区"), lambda row: (row["topic"], row["area"]) == ("交管", "东城区")),
        (Filters(intent="nlu_fallback", confidence_below=0.5), lambda row: row["intent"] == "nlu_fallback" and row["confidence"] < 0.5),
        (Filters(waited_minutes=720), lambda row: row["waiting_since"] is not None),
        (Filters(owner="staff"), lambda row: row["owner"] == "staff" and row["assignee_name"].startswith("坐席")),
        (Filters(assignee=STAFF[3]), lambda row: row["assignee"] == STAFF[3]),
        (Filters(reason="risk"), lambda row: False),
        (Filters(words="7"), lambda row: row["openid"].endswith("7")),
        (Filters(words="第7句话没人说过"), lambda row: False),
    ],
)
async def test_a_filter_leaves_those_that_fit_and_leaves_none_of_them_out(queue: DeskQueue, filters: Filters, holds: Any) -> None:
    rows, whole = await everything(queue, "all", filters=filters), await everything(queue, "all")
    assert all(holds(row) for row in rows) and len(rows) < len(whole)
    if filters.waited_minutes is None:
        assert len(rows) == sum(1 for row in whole if holds(row))


async def test_mine_are_mine_and_closed_ones_come_newest_first(queue: DeskQueue) -> None:
    mine = await everything(queue, "mine", me=STAFF[1])
    assert mine and {row["assignee"] for row in mine} == {STAFF[1]} and len(mine) == (await queue.counts(STAFF[1]))["mine"]
    closed = await everything(queue, "closed", filters=Filters(end_state="solved"))
    assert len(closed) > 100 and [row["closed_at"] for row in closed] == sorted((row["closed_at"] for row in closed), reverse=True)


async def test_a_page_does_not_shift_when_the_one_before_is_taken(queue: DeskQueue, engine: AsyncEngine) -> None:
    first = await queue.page("waiting", limit=10)
    second = [row["openid"] for row in (await queue.page("waiting", limit=10, after=first.next or "")).rows]
    async with engine.connect() as connection, connection.begin() as changes:
        taken = sa.update(tables.conversations).where(tables.conversations.c.openid == first.rows[0]["openid"]).values(owner="staff", assignee=LI)
        await connection.execute(taken)
        assert [row["openid"] for row in (await queue.page("waiting", limit=10, after=first.next or "")).rows] == second
        await changes.rollback()
    for wrong in ("nonsense", "W10=", (await queue.page("closed", limit=1)).next or ""):
        with pytest.raises(DeedRefused):
            await queue.page("waiting", after=wrong)


async def test_who_left_behind_a_call_for_help_still_waits(queue: DeskQueue, engine: AsyncEngine) -> None:
    at = await put(engine, "o-left", owner="closed", urgency="urgent")
    async with engine.begin() as connection:
        await connection.execute(sa.update(tables.conversations).where(tables.conversations.c.openid == "o-left").values(waiting_since=at))
    assert "o-left" in {row["openid"] for row in await everything(queue, "waiting")}
    async with engine.begin() as connection:
        await connection.execute(sa.delete(tables.conversations).where(tables.conversations.c.openid == "o-left"))


async def test_a_transcript_has_what_the_bot_understood_and_how_each_reply_arrived(engine: AsyncEngine) -> None:
    transcript = Transcript(engine)
    page = await transcript.page("seed-000007", limit=8)
    assert [message["text"] or message["bubbles"][0]["text"] for message in page.messages][-1] == "第19句答复" and page.before
    assert [message["direction"] for message in page.messages[:2]] == ["user", "bot"] and page.messages[0]["intent"]
    older = (await transcript.page("seed-000007", page.before, limit=50)).messages
    assert len(older) == 12 and older[-1]["at"] < page.messages[0]["at"]
    await put(engine, owner="staff")
    said = {"openid": USER, "direction": "staff", "kind": "staff", "bubbles": [{"text": "您好"}], "staff_id": LI, "text": ""}
    at = (await conversation(engine)).last_at
    async with engine.begin() as connection:
        await connection.execute(insert(tables.messages), [{**said, "key": f"r{number}", "at": at} for number in range(3)])
        gone = [("r0", "retry"), ("r0", "sent"), ("r1", "dead")]
        rows = [{"key": key, "openid": USER, "via": "customer_service", "outcome": outcome, "errcode": 45015, "at": at} for key, outcome in gone]
        await connection.execute(insert(tables.deliveries), rows)
    messages = (await transcript.page(USER)).messages
    assert [(one["key"], one["state"], one["staff_name"], len(one["deliveries"])) for one in messages] == [
        ("r0", "delivered", "李四", 2), ("r1", "dead", "李四", 1), ("r2", "sending", "李四", 0),
    ]  # fmt: skip


async def test_no_view_reads_all_messages_or_turns(queue: DeskQueue, engine: AsyncEngine) -> None:
    statements: list[tuple[str, Any]] = []
    sa.event.listen(engine.sync_engine, "before_cursor_execute", lambda *words: statements.append((words[2], words[3])))
    views: tuple[View, ...] = ("waiting", "mine", "all", "held", "closed")
    for view in views:
        await queue.page(view, me=STAFF[0], filters=Filters(topic="交管", words="第77句"))
    await queue.counts(STAFF[0])
    await Transcript(engine).page("seed-000007")
    asked = list(statements)
    assert len(asked) == 7
    async with engine.connect() as connection:
        for statement, values in asked:
            plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)).scalar_one()
            scanned = set(_scanned(json.loads(plan)[0] if isinstance(plan, str) else plan[0]))
            assert not scanned & {"messages", "turns", "deliveries"}, f"{scanned}: {statement}"


def _scanned(node: Any) -> list[str]:
    """Tables that a plan reads from end to end."""
    if isinstance(node, list):
        return [name for one in node for name in _scanned(one)]
    if not isinstance(node, dict):
        return []
    own = [node["Relation Name"]] if node.get("Node Type") == "Seq Scan" else []
    return own + [name for one in node.values() for name in _scanned(one)]
