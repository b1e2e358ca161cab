"""What the projector writes for the desk: who waits and how urgently, the staff's words, held answers, the end of a claim by the user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from store import desk_tables, tables
from store.db import async_engine
from store.migrate import migrate
from store.redis import Redis
from tests.store.desk_fixtures import LI, column, conversation, furnish
from tests.store.test_projector import T0, USER, at, projected, rows, turn
from weijing.engines import EmbeddedPostgres

HANDOFF = {"reason": "request", "urgency": "normal", "topic": "户政", "intent": "request_handoff", "confidence": 0.8, "item": "hukou", "area": "东城区"}


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> str:
    migrate(postgres_server.url)
    return postgres_server.url


@pytest_asyncio.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(database)
    await furnish(engine)
    yield engine
    await engine.dispose()


async def claimed(engine: AsyncEngine, second: int) -> None:
    async with engine.begin() as connection:
        values: dict[str, Any] = {"owner": "staff", "owner_at": at(second), "assignee": LI, "assignee_seen_at": at(second)}
        await connection.execute(sa.update(tables.conversations).values(**values))


async def test_who_waits_waits_since_the_handoff_which_says_what_it_is_about(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1, handoff=HANDOFF, paused=True))
    row = await conversation(engine)
    assert (row.owner, row.waiting_since, row.urgency, row.handoff) == ("waiting", at(1), "normal", "m1")
    assert await rows(engine, tables.handoffs, "topic", "intent", "confidence", "item", "area") == [("户政", "request_handoff", 0.8, "hukou", "东城区")]


async def test_danger_told_while_waiting_makes_it_urgent(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1, handoff=HANDOFF, paused=True), turn(2, intent="emergency", paused=True, bubbles=[]))
    assert ((row := await conversation(engine)).urgency, row.rank) == ("critical", 0)
    await projected(redis, engine, turn(3, resumed=True))
    row = await conversation(engine)
    assert (row.urgency, row.waiting_since, row.handoff) == ("normal", None, None)


async def test_going_back_to_the_bot_ends_the_claim_and_is_on_record(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1, handoff=HANDOFF, paused=True))
    await claimed(engine, 2)
    await projected(redis, engine, turn(3, resumed=True))
    row = await conversation(engine)
    assert (row.owner, row.assignee, row.assignee_seen_at, row.waiting_since) == ("bot", None, None, None)
    assert await rows(engine, desk_tables.desk_deeds, "deed", "previous", "by") == [("left", LI, None)]


async def test_a_word_from_before_the_claim_does_not_end_it(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1, handoff=HANDOFF, paused=True))
    await claimed(engine, 3)
    await projected(redis, engine, turn(2, resumed=True))
    assert (await conversation(engine)).owner == "staff"


async def test_who_unsubscribes_behind_a_call_for_help_still_waits(redis: Redis, engine: AsyncEngine) -> None:
    help_call = turn(1, intent="emergency", handoff={**HANDOFF, "urgency": "urgent"}, paused=True)
    await projected(redis, engine, help_call, {"type": "unsubscribe", "openid": USER, "at": T0 + 2000})
    row = await conversation(engine)
    assert (row.owner, row.urgency, row.waiting_since) == ("closed", "critical", at(1))
    assert await rows(engine, tables.messages, "key", "direction") != [], "what was cried for is kept until staff are done"


async def test_words_of_the_staff_and_notes_of_the_bot_are_no_messages_of_the_user(redis: Redis, engine: AsyncEngine) -> None:
    post = {"type": "post", "key": "r1", "openid": USER, "kind": "staff", "bubbles": [{"text": "您好"}], "staff_id": LI, "at": T0 + 2000}
    noted = {"type": "staff", "key": "desk:1", "openid": USER, "deed": "returned", "bubbles": [{"text": "我是微警"}], "at": T0 + 3000}
    silent = {**noted, "key": "desk:2", "deed": "claimed", "bubbles": []}
    await projected(redis, engine, turn(1), post, noted, silent)
    assert (await conversation(engine)).user_messages == 1
    assert await rows(engine, tables.messages, "key", "direction", "staff_id") == [
        ("desk:1", "bot", None), ("m1", "bot", None), ("m1", "user", None), ("r1", "staff", LI),
    ]  # fmt: skip


async def test_a_held_answer_waits_and_goes_when_the_user_does(redis: Redis, engine: AsyncEngine) -> None:
    answer = {"bubbles": [{"text": "答复"}], "reason": "risk", "item": "state_compensation", "until": "2026-11-23T11:00:00+08:00"}
    await projected(redis, engine, turn(1, decision="held", answer=answer))
    assert await rows(engine, desk_tables.held_answers, "key", "state", "asked", "item", "intent") == [
        ("m1", "waiting", "问题1", "state_compensation", "ask_guide"),
    ]  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(sa.insert(desk_tables.notes).values(openid=USER, staff_id=LI, text="备注", at=at(1)))
    await projected(redis, engine, {"type": "unsubscribe", "openid": USER, "at": T0 + 2000})
    assert await column(engine, desk_tables.held_answers, "key") == [] and await column(engine, desk_tables.notes, "text") == []
