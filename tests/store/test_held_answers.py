"""Held answers: approved, edited, refused, out of time; each once, and each heard of by the user, the bot and the queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from store import desk_tables, tables
from store.db import async_engine
from store.held_answers import LATE, PASSED_ON, HeldAnswers
from store.keys import key, partition
from store.message import Message
from store.migrate import migrate
from store.redis import Redis
from tests.store.desk_fixtures import LI, USER, WANG, column, conversation, furnish, put
from weijing.deed_refused import DeedRefused
from weijing.engines import EmbeddedPostgres

ANSWER = [{"text": "国家赔偿向赔偿义务机关申请。"}]


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> str:
    migrate(postgres_server.url)
    return postgres_server.url


@pytest_asyncio.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = async_engine(database)
    await furnish(engine)
    await put(engine, owner="bot")
    yield engine
    await engine.dispose()


@pytest.fixture
def held(engine: AsyncEngine, redis: Redis) -> HeldAnswers:
    return HeldAnswers(engine, redis)


async def hold(engine: AsyncEngine, minutes: int = 60) -> None:
    now = datetime.now(timezone.utc)
    row = {"key": "m1", "openid": USER, "bubbles": ANSWER, "reason": "risk", "item": "state_compensation", "at": now, "until": now + timedelta(minutes=minutes)}
    async with engine.begin() as connection:
        await connection.execute(insert(desk_tables.held_answers), [row])


async def sent(redis: Redis) -> list[str]:
    """The texts that go to the user, in order."""
    events = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition(USER), "events"))]
    return [event["bubbles"][0]["text"] for event in events if event["type"] == "post"]


async def told(redis: Redis) -> list[str]:
    """The deeds that the bot hears of."""
    return [Message.loads(fields["m"]).data["deed"] for _, fields in await redis.xrange(key(partition(USER), "inbox"))]


async def test_of_two_who_decide_at_once_one_does_and_the_user_reads_one_answer(held: HeldAnswers, engine: AsyncEngine, redis: Redis) -> None:
    await hold(engine)
    done: list[Any] = await asyncio.gather(held.approve("m1", LI), held.edit("m1", WANG, [{"text": "请找法制大队。"}]), return_exceptions=True)
    (lost,) = [one for one in done if one is not None]
    assert isinstance(lost, DeedRefused) and lost.reason == "decided" and "处理过了" in lost.message
    states = await column(engine, desk_tables.held_answers, "state")
    assert await sent(redis) == [ANSWER[0]["text"] if states == ["sent"] else "请找法制大队。"] and await told(redis) == ["said"]
    assert (await conversation(engine)).owner == "bot", "the bot goes on"


async def test_an_edited_answer_is_kept_as_it_was_sent_and_an_empty_one_is_refused(held: HeldAnswers, engine: AsyncEngine, redis: Redis) -> None:
    await hold(engine)
    with pytest.raises(DeedRefused, match="空"):
        await held.edit("m1", LI, [{"text": " "}])
    await held.edit("m1", LI, [{"text": "请找法制大队。"}])
    assert await sent(redis) == ["请找法制大队。"]
    assert await column(engine, desk_tables.held_answers, "bubbles") == [[{"text": "请找法制大队。"}]]
    assert await column(engine, desk_tables.held_answers, "by") == [LI]


@pytest.mark.parametrize("late", [False, True])
async def test_a_refused_or_late_answer_gives_the_conversation_to_staff(held: HeldAnswers, engine: AsyncEngine, redis: Redis, *, late: bool) -> None:
    await hold(engine, minutes=-1 if late else 60)
    if late:
        with pytest.raises(DeedRefused, match="过了时限"):
            await held.approve("m1", LI)
        assert sorted(await asyncio.gather(held.expire(), held.expire())) == [0, 1]
    else:
        await held.refuse("m1", LI)
    after = await conversation(engine)
    assert (after.owner, after.handoff) == ("waiting", "m1:held") and after.waiting_since is not None
    assert await column(engine, tables.handoffs, "reason") == ["risk"] and await column(engine, tables.handoffs, "item") == ["state_compensation"]
    assert await sent(redis) == [LATE if late else PASSED_ON]
    assert await told(redis) == ["said", "released"], "so that the bot is silent now"
    assert await held.expire() == 0


async def test_a_conversation_that_staff_have_stays_theirs(held: HeldAnswers, engine: AsyncEngine, redis: Redis) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.update(tables.conversations).values(owner="staff", assignee=WANG))
    await hold(engine)
    await held.refuse("m1", LI)
    after = await conversation(engine)
    assert (after.owner, after.assignee) == ("staff", WANG) and await told(redis) == ["said"]


async def test_what_died_between_decision_and_sending_is_sent_later_once(held: HeldAnswers, engine: AsyncEngine, redis: Redis) -> None:
    await hold(engine)
    async with engine.begin() as connection:  # as a process that died right after its commit leaves it
        values = {"state": "sent", "by": LI, "decided_at": datetime.now(timezone.utc) - timedelta(minutes=1)}
        await connection.execute(sa.update(desk_tables.held_answers).values(**values))
    assert await held.resend() == 1
    await held.resend()
    assert await sent(redis) == [ANSWER[0]["text"]]
