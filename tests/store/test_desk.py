"""The desk's deeds over every state of a conversation, two at once, and what the bot hears of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from store import desk_tables, tables
from store.db import async_engine
from store.desk import Desk
from store.desk_checks import Ownership
from store.keys import key, partition
from store.message import Message
from store.migrate import migrate
from store.redis import Redis
from tests.store.desk_fixtures import LI, USER, WANG, ZHAO, column, conversation, furnish, put
from weijing.deed_refused import DeedRefused
from weijing.engines import EmbeddedPostgres


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


@pytest.fixture
def desk(engine: AsyncEngine, redis: Redis) -> Desk:
    return Desk(engine, redis)


async def notes_to_the_bot(redis: Redis, openid: str = USER) -> list[Message]:
    return [Message.loads(fields["m"]) for _, fields in await redis.xrange(key(partition(openid), "inbox"))]


Deed = Callable[[Desk], Awaitable[Any]]
DEEDS: dict[str, Deed] = {
    "claim": lambda desk: desk.claim(USER, LI),
    "to a colleague": lambda desk: desk.transfer(USER, LI, to=WANG),
    "to a unit": lambda desk: desk.transfer(USER, LI, unit="east"),
    "give back": lambda desk: desk.give_back(USER, LI),
    "close": lambda desk: desk.close(USER, LI, "solved"),
    "reply": lambda desk: desk.reply(USER, LI, [{"text": "您好"}], "r1"),
    "seen": lambda desk: desk.seen(USER, LI),
    "release": lambda desk: desk.release_silent(1),
}
LEGAL = {
    ("waiting", "claim"): "staff", ("staff", "to a colleague"): "staff", ("staff", "to a unit"): "waiting", ("staff", "give back"): "bot",
    ("staff", "close"): "closed", ("staff", "reply"): "staff", ("staff", "seen"): "staff", ("staff", "release"): "waiting",
    ("bot", "release"): "bot", ("waiting", "release"): "waiting", ("closed", "release"): "closed",
}  # fmt: skip


@pytest.mark.parametrize("deed", list(DEEDS))
@pytest.mark.parametrize("owner", ["bot", "waiting", "staff", "closed"])
async def test_every_deed_in_every_state_is_legal_or_refused_with_a_reason(desk: Desk, engine: AsyncEngine, redis: Redis, owner: str, deed: str) -> None:
    await put(engine, owner=owner)
    before = await conversation(engine)
    if (owner, deed) in LEGAL:
        await DEEDS[deed](desk)
        after = await conversation(engine)
        assert after.owner == LEGAL[owner, deed]
        assert (after.assignee is not None) == (after.owner == "staff") and (after.waiting_since is not None) == (after.owner in ("waiting", "staff"))
        assert after.version == before.version or after.owner_at > before.owner_at
    else:
        with pytest.raises(DeedRefused) as refused:
            await DEEDS[deed](desk)
        assert refused.value.reason in {"taken", "not_waiting", "not_yours"} and refused.value.message.endswith("。")
        assert await conversation(engine) == before and not await notes_to_the_bot(redis) and not await column(engine, desk_tables.desk_deeds, "id")


async def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(desk: Desk, engine: AsyncEngine) -> None:
    for number in range(10):
        await furnish(engine)
        await put(engine, f"o{number}")
        done = await asyncio.gather(desk.claim(f"o{number}", LI), desk.claim(f"o{number}", WANG), return_exceptions=True)
        won = [one for one in done if isinstance(one, Ownership)]
        lost = [one for one in done if isinstance(one, DeedRefused)]
        assert len(won) == len(lost) == 1
        assert lost[0].who == {LI: "李四", WANG: "王五"}[str(won[0].assignee)] and lost[0].who in lost[0].message


async def test_nobody_takes_more_than_he_may_not_even_at_once(desk: Desk, engine: AsyncEngine) -> None:
    for number in range(6):
        await put(engine, f"o{number}")
    done = await asyncio.gather(*(desk.claim(f"o{number}", LI) for number in range(6)), return_exceptions=True)
    assert sorted(getattr(one, "reason", "won") for one in done) == ["full"] * 4 + ["won"] * 2
    with pytest.raises(DeedRefused, match="李四手上已有 2 个会话"):
        await desk.claim("o5", LI)
    await desk.claim(next(f"o{number}" for number, one in enumerate(done) if isinstance(one, DeedRefused)), WANG)


async def test_a_conversation_goes_only_to_a_colleague_who_is_there_and_a_unit_that_exists(desk: Desk, engine: AsyncEngine) -> None:
    await put(engine, owner="staff")
    for words, reason in (({"to": ZHAO}, "no_colleague"), ({"to": "nobody"}, "no_colleague"), ({"unit": "nowhere"}, "no_unit"), ({}, "no_unit")):
        with pytest.raises(DeedRefused) as refused:
            await desk.transfer(USER, LI, **words)
        assert refused.value.reason == reason
    with pytest.raises(DeedRefused, match="李四"):
        await desk.transfer(USER, WANG, unit="east")
    await desk.transfer(USER, WANG, unit="east", note="涉及户籍", any_one=True)
    after = await conversation(engine)
    assert (after.owner, after.unit_id, after.assignee) == ("waiting", "east", None)
    assert await column(engine, tables.handoffs, "state") == ["waiting"] and await column(engine, desk_tables.desk_deeds, "note") == ["涉及户籍"]


async def test_the_whole_way_is_on_record_and_told_to_the_bot_in_order(desk: Desk, engine: AsyncEngine, redis: Redis) -> None:
    await put(engine)
    await desk.claim(USER, LI)
    await desk.reply(USER, LI, [{"text": "您好，我是民警，电话 13912345678"}], "r1")
    await desk.reply(USER, LI, [{"text": "您好，我是民警，电话 13912345678"}], "r1")
    await desk.transfer(USER, LI, to=WANG)
    await desk.note(USER, LI, "他很着急")
    await desk.close(USER, WANG, "solved")
    told = await notes_to_the_bot(redis)
    assert [(one.kind, one.data["deed"], one.data["by"]) for one in told] == [
        ("staff", "claimed", "李四"), ("staff", "said", LI), ("staff", "claimed", "王五"), ("staff", "closed", ""),
    ]  # fmt: skip
    assert [one.at for one in told] == sorted(one.at for one in told)
    assert await column(engine, desk_tables.desk_deeds, "deed") == ["claimed", "transferred", "closed"]
    assert await column(engine, desk_tables.desk_deeds, "previous") == [None, LI, WANG]
    async with engine.connect() as connection:
        handoff = (await connection.execute(sa.select([tables.handoffs]))).one()
    assert (handoff.state, handoff.closed_by, handoff.end_state) == ("done", WANG, "solved") and handoff.closed_at is not None
    posts = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition(USER), "events"))]
    assert [(post["type"], post["kind"], post["staff_id"], post["key"]) for post in posts] == [("post", "staff", LI, "r1")], "once"
    assert "13912345678" not in json.dumps(posts)


async def test_who_gives_no_sign_of_life_loses_it_and_the_supervisor_sees_it(desk: Desk, engine: AsyncEngine, redis: Redis) -> None:
    await put(engine, "silent", owner="staff")
    await put(engine, "lively", owner="staff")
    await desk.seen("lively", LI)
    since = (await conversation(engine, "silent")).waiting_since
    released = await asyncio.gather(desk.release_silent(2), desk.release_silent(2))
    assert [one.openid for some in released for one in some] == ["silent"], "once, by whichever console"
    after = await conversation(engine, "silent")
    assert (after.owner, after.waiting_since) == ("waiting", since), "who waited so long does not wait behind the others"
    assert (await column(engine, desk_tables.desk_deeds, "deed"), await column(engine, desk_tables.desk_deeds, "previous")) == (["released"], [LI])
    assert [one.data["deed"] for one in await notes_to_the_bot(redis, "silent")] == ["released"]


async def test_an_open_console_holds_every_conversation_of_its_owner(desk: Desk, engine: AsyncEngine) -> None:
    await put(engine, "one", owner="staff")
    await put(engine, "two", owner="staff")
    await desk.attend(LI)
    assert await desk.release_silent(2) == [] and (await conversation(engine, "two")).owner == "staff"
    async with engine.begin() as connection:
        await connection.execute(sa.update(desk_tables.staff).values(attended_at=sa.func.now() - timedelta(minutes=3)))
    assert {one.openid for one in await desk.release_silent(2)} == {"one", "two"}


async def test_a_deed_that_nobody_could_tell_the_bot_is_told_later_once(desk: Desk, engine: AsyncEngine, redis: Redis) -> None:
    await put(engine)
    owned = await desk.claim(USER, LI)
    await redis.flushall()  # as if the process had died between the commit and the note
    async with engine.begin() as connection:
        await connection.execute(sa.update(desk_tables.desk_deeds).values(told_at=None))
    assert await desk.notes.repeat() == 0, "it may still be under way"
    async with engine.begin() as connection:
        await connection.execute(sa.update(desk_tables.desk_deeds).values(at=datetime.now(timezone.utc) - timedelta(minutes=1)))
    assert (await desk.notes.repeat(), await desk.notes.repeat()) == (1, 0)
    (told,) = await notes_to_the_bot(redis)
    assert (told.key, told.data["deed"], told.data["by"]) == (f"desk:{owned.deed}", "claimed", "李四")


async def test_whoever_listens_hears_of_deeds_at_their_commit(desk: Desk, engine: AsyncEngine, database: str) -> None:
    heard: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    listener = await asyncpg.connect(database)
    await listener.add_listener("weijing_desk", lambda *words: heard.put_nowait(json.loads(words[3])))
    await put(engine)
    await desk.claim(USER, LI)
    await desk.note(USER, LI, "一条备注")
    assert [await asyncio.wait_for(heard.get(), 10) for _ in range(2)] == [{"openid": USER, "what": "owner"}, {"openid": USER, "what": "note"}]
    await listener.close()


async def test_nothing_empty_is_said_or_noted(desk: Desk, engine: AsyncEngine) -> None:
    await put(engine, owner="staff")
    with pytest.raises(DeedRefused, match="空"):
        await desk.reply(USER, LI, [{"text": "  "}], "r1")
    with pytest.raises(DeedRefused, match="空"):
        await desk.note(USER, LI, " ")
    with pytest.raises(DeedRefused, match="没有这个会话"):
        await desk.note("nobody", LI, "备注")
