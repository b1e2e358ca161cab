"""The projector on a real Redis and a real PostgreSQL, which is stopped and started again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from store import tables
from store.db import async_engine
from store.event_streams import ABANDONED_MS, GROUP, EventStreams
from store.keys import PARTITIONS, key, partition
from store.migrate import migrate
from store.projector import Projector, readiness
from store.redis import Redis
from store.turns import Turns, delivery_event
from weijing.engines import EmbeddedPostgres, start_postgres

T0 = int(time.time() - 3600) * 1000
USER = "o-user"


def turn(number: int, openid: str = USER, **changes: Any) -> dict[str, Any]:
    """The event of one turn, as the worker writes it."""
    event = {
        "type": "turn", "key": f"m{number}", "openid": openid, "channel": "wechat", "kind": "text", "at": T0 + number * 1000,
        "text": f"问题{number}", "bubbles": [{"text": f"回答{number}"}], "intent": "ask_guide", "confidence": 0.9, "decision": "answer",
        "candidates": [{"intent": "ask_guide"}], "service_item": "id_card_reissue", "aspect": "materials", "model": "a.tar.gz", "data": "abc", "ms": 1.7,
        "slots": {"report_place": "鼓楼区"},
        "paused": False, "handoff": None, "resumed": False, "error": None, "held": [],
    }  # fmt: skip
    return {**event, **changes}


def at(number: int) -> datetime:
    return datetime.fromtimestamp(T0 / 1000 + number, timezone.utc)


async def emit(redis: Redis, event: dict[str, Any] | str) -> str:
    """Put an event on its stream; returns the entry's id."""
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    openid = USER if isinstance(event, str) else event["openid"]
    return str(await redis.xadd(key(partition(openid), "events"), {"e": text}))


async def depth(redis: Redis) -> int:
    return sum([await redis.xlen(key(part, "events")) for part in range(PARTITIONS)])


async def pending(redis: Redis) -> int:
    return sum([(await redis.xpending(key(part, "events"), GROUP))["pending"] for part in range(PARTITIONS)])


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> str:
    migrate(postgres_server.url)
    return postgres_server.url


@pytest_asyncio.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on empty tables."""
    engine = async_engine(database)
    async with engine.begin() as connection:
        names = ", ".join(f"weijing.{table.name}" for table in tables.metadata.tables.values())
        await connection.execute(sa.text(f"TRUNCATE {names}"))
    yield engine
    await engine.dispose()


@contextlib.asynccontextmanager
async def running(redis: Redis, engine: AsyncEngine, name: str = "p1") -> AsyncIterator[Projector]:
    projector = Projector(EventStreams(redis, name), engine)
    task = asyncio.create_task(projector.run())
    try:
        yield projector
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def projected(redis: Redis, engine: AsyncEngine, *events: dict[str, Any] | str) -> None:
    """Emit, run a projector until the streams are empty, stop it."""
    for event in events:
        await emit(redis, event)
    async with running(redis, engine):
        await until(lambda: _is(depth(redis), 0))
        await until(lambda: _is(pending(redis), 0))


async def _is(value: Awaitable[int], wanted: int) -> bool:
    return await value == wanted


async def rows(engine: AsyncEngine, table: sa.Table, *columns: str) -> list[Any]:
    """The rows (of these columns) in the order of the first two."""
    chosen = [table.c[name] for name in columns] or list(table.c)
    async with engine.connect() as connection:
        found = (await connection.execute(sa.select(chosen).order_by(*chosen[:2]))).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in found]


async def test_a_turn_becomes_a_conversation_two_messages_and_a_turn_and_leaves_the_stream(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1))
    assert await rows(engine, tables.conversations, "openid", "channel", "owner", "user_messages", "replies", "first_at", "last_user_at") == [
        (USER, "wechat", "bot", 1, 1, at(1), at(1))
    ]
    assert await rows(engine, tables.messages, "direction", "key", "kind", "text", "bubbles", "at") == [
        ("bot", "m1", "text", "", [{"text": "回答1"}], at(1)),
        ("user", "m1", "text", "问题1", [], at(1)),
    ]
    understood = ("ask_guide", 0.9, "answer", [{"intent": "ask_guide"}], "id_card_reissue", "materials")
    assert await rows(engine, tables.turns) == [("m1", USER, *understood, "a.tar.gz", "abc", 1.7, None, at(1), {"report_place": "鼓楼区"})]


async def test_an_event_that_comes_again_is_written_once(redis: Redis, engine: AsyncEngine) -> None:
    """The crash between commit and XACK: the second projector of the same name finds it unfinished."""
    entry = await emit(redis, turn(1))
    streams = EventStreams(redis, "p1")
    await streams.join()
    taken = await streams.fresh(10, 200)
    await redis.xadd(key(partition(USER), "events"), {"e": "later"})
    real_finish, streams.finish = streams.finish, _nothing  # type: ignore[method-assign]
    await Projector(streams, engine).write(taken)
    streams.finish = real_finish  # type: ignore[method-assign]
    assert [raw.id for raw in await streams.unfinished(10)] == [entry]
    await projected(redis, engine)
    assert await rows(engine, tables.conversations, "user_messages", "replies") == [(1, 1)]


async def _nothing(done: object) -> None:
    return None


async def test_events_that_a_dead_projector_had_taken_are_taken_over(redis: Redis, engine: AsyncEngine) -> None:
    entry = await emit(redis, turn(1))
    dead = EventStreams(redis, "dead")
    await dead.join()
    assert len(await dead.fresh(10, 200)) == 1
    stream = key(partition(USER), "events")
    await redis.execute_command("XCLAIM", stream, GROUP, "dead", 0, entry, "IDLE", ABANDONED_MS + 1000, "JUSTID")
    await projected(redis, engine)
    assert await rows(engine, tables.turns, "key") == ["m1"]


async def test_two_projectors_share_the_work_and_count_each_event_once(redis: Redis, engine: AsyncEngine) -> None:
    users = [f"o-{number}" for number in range(10)]
    async with running(redis, engine, "p1"), running(redis, engine, "p2"):
        for number in range(500):
            await emit(redis, turn(number, users[number % 10]))
        await until(lambda: _is(depth(redis), 0))
        await until(lambda: _is(pending(redis), 0))
    assert await rows(engine, tables.conversations, "user_messages") == [50] * 10
    assert len(await rows(engine, tables.turns, "key")) == 500


async def test_a_malformed_event_is_set_aside_and_the_others_are_written(redis: Redis, engine: AsyncEngine, caplog: pytest.LogCaptureFixture) -> None:
    private = "我的秘密"
    bad = ['{"type":"turn","openid":"x"}', f'{{"type": "turn", "text": "{private}"', "[" * 5000]
    bad += [json.dumps({"type": "who", "text": private}), json.dumps([private])]
    too_long = turn(3, intent="".join(chr(0x4E00 + number * 7 % 20000) for number in range(9000)))  # more than an index takes: only PostgreSQL knows
    await projected(redis, engine, turn(1), *bad, too_long, turn(2))
    assert await rows(engine, tables.turns, "key") == ["m1", "m2"]
    aside = await redis.xrange(key(partition(USER), "events", "bad"))
    assert {fields["e"] for _, fields in aside} == {*bad, json.dumps(too_long, ensure_ascii=False)}
    assert "cannot be written" in caplog.text and private not in caplog.text and "问题3" not in caplog.text


async def test_nul_and_half_surrogates_do_not_cost_the_message(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, json.dumps(turn(1, text="a\0b\ud800c", bubbles=[{"text": "\0"}])))
    assert await rows(engine, tables.messages, "direction", "text", "bubbles") == [("bot", "", [{"text": ""}]), ("user", "ab?c", [])]


async def test_postgresql_down_keeps_the_events_and_says_so_and_nothing_is_lost(redis: Redis, engine: AsyncEngine, postgres_server: EmbeddedPostgres) -> None:
    async with running(redis, engine) as projector:

        async def ready() -> bool:
            return all((await readiness(projector, redis, engine)).values())

        await emit(redis, turn(0))
        await until(lambda: _is(ready(), True))
        await until(lambda: _is(depth(redis), 0))
        postgres_server.stop()
        try:
            for number in range(1, 301):
                await emit(redis, turn(number))
            await until(lambda: _is(ready(), False))
            body = await readiness(projector, redis, engine)
            assert body["redis"] and not body["postgres"] and await depth(redis) == 300
        finally:
            postgres_server.server = start_postgres(postgres_server.server.pgdata).server
        await until(lambda: _is(depth(redis), 0))
        await until(lambda: _is(ready(), True))
    assert await rows(engine, tables.conversations, "user_messages") == [301]


async def test_redis_losing_its_groups_is_healed(redis: Redis, engine: AsyncEngine) -> None:
    async with running(redis, engine):
        await until(lambda: _exists(redis))
        await redis.flushall()
        await emit(redis, turn(1))
        await until(lambda: _is(depth(redis), 0))
    assert await rows(engine, tables.turns, "key") == ["m1"]


async def _exists(redis: Redis) -> bool:
    return bool(await redis.exists(key(PARTITIONS - 1, "events")))


HANDOFF = {"reason": "request", "urgency": "normal"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_owner_and_handoff_follow_the_newest_event_in_whatever_order_they_come(redis: Redis, engine: AsyncEngine, order: tuple[int, ...]) -> None:
    events = [turn(1, handoff=HANDOFF, paused=True), turn(2, paused=True, bubbles=[]), turn(3, resumed=True)]
    for number in order:
        await projected(redis, engine, events[number])
    assert await rows(engine, tables.conversations, "owner", "owner_at") == [("bot", at(3))]
    assert await rows(engine, tables.handoffs, "key", "state", "opened_at", "closed_at") == [("m1", "returned", at(1), at(3))]


async def test_a_handoff_opens_and_staff_keep_the_conversation(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1, handoff={"reason": "failure", "urgency": "urgent"}))
    assert await rows(engine, tables.conversations, "owner") == ["waiting"]
    assert await rows(engine, tables.handoffs, "reason", "urgency", "state") == [("failure", "urgent", "waiting")]
    async with engine.begin() as connection:
        await connection.execute(sa.update(tables.conversations).values(owner="staff", owner_at=at(2)))
    await projected(redis, engine, turn(3, paused=True, bubbles=[]))
    assert await rows(engine, tables.conversations, "owner") == ["staff"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_who_leaves_is_closed_and_forgotten_and_may_come_back(redis: Redis, engine: AsyncEngine, order: tuple[int, ...]) -> None:
    events = [turn(1, handoff=HANDOFF), {"type": "unsubscribe", "key": "u", "openid": USER, "at": T0 + 2000}, turn(3)]
    for number in order:
        await projected(redis, engine, events[number])
    assert await rows(engine, tables.messages, "key", "text") == [("m3", ""), ("m3", "问题3")]
    assert await rows(engine, tables.turns, "key", "openid", "slots") == [("m1", "", {}), ("m3", USER, {"report_place": "鼓楼区"})], "counted, and nobody's"
    assert await rows(engine, tables.conversations, "owner", "user_messages") == [("bot", 2)]
    assert await rows(engine, tables.handoffs, "state", "openid") == [("returned", "")]


async def test_leaving_closes_the_conversation(redis: Redis, engine: AsyncEngine) -> None:
    await projected(redis, engine, turn(1), {"type": "unsubscribe", "openid": USER, "at": T0 + 2000})
    assert await rows(engine, tables.conversations, "owner", "erased_at") == [("closed", at(2))]


async def test_evidence_of_an_erased_filing_goes_at_once_and_kept_days_are_kept(redis: Redis, engine: AsyncEngine) -> None:
    mine = {"id": "E-0123456789abcdef", "kind": "image", "report_no": "B2026-000001", "days": 0}
    await projected(
        redis, engine, turn(1, evidence=[mine, {**mine, "id": "E-fedcba9876543210", "report_no": "B2026-000002", "days": 30}]),
        turn(2, openid="o-thief", released=["B2026-000001"]),
    )  # fmt: skip
    async with engine.connect() as connection:
        found = (await connection.execute(sa.text("SELECT report_no, keep_until::text FROM weijing.evidence ORDER BY id"))).all()
    assert tuple(found[0]) == ("B2026-000001", "infinity"), "only who filed it lets it go"
    assert found[1][0] == "B2026-000002" and found[1][1].startswith(f"{at(1) + timedelta(days=30):%Y-%m-%d}")
    await projected(redis, engine, turn(3, released=["B2026-000001"]), turn(4, evidence=[{**mine, "id": "E-fedcba9876543210", "report_no": ""}]))
    async with engine.connect() as connection:
        after = (await connection.execute(sa.text("SELECT report_no, keep_until::text FROM weijing.evidence ORDER BY id"))).all()
    assert after[0][0] is None and after[0][1].startswith(f"{at(3):%Y-%m-%d}")
    assert tuple(after[1]) == tuple(found[1]), "a draft's claim moves nothing that was filed"


async def test_deliveries_held_replies_and_posts(redis: Redis, engine: AsyncEngine) -> None:
    """The events as the turn's own scripts write them."""
    assert await Turns(redis).post(USER, "n1", [{"text": "办件已受理"}], kind="report")
    await redis.xadd(key(partition(USER), "events"), {"e": delivery_event(USER, "n1", "customer_service", "held", 45015)})
    await projected(redis, engine, turn(1, held=["n1"]), {**turn(2), "type": "post", "kind": "staff", "key": "s1"})
    assert await rows(engine, tables.deliveries, "via", "outcome", "errcode", "key") == [
        ("customer_service", "held", 45015, "n1"), ("next_turn", "delivered", 0, "n1"),
    ]  # fmt: skip
    assert await rows(engine, tables.messages, "direction", "key", "kind") == [
        ("bot", "m1", "text"), ("notice", "n1", "report"), ("staff", "s1", "staff"), ("user", "m1", "text"),
    ]  # fmt: skip
    assert await rows(engine, tables.conversations, "replies") == [3]


async def test_evidence_is_claimed_for_a_report_and_never_let_go_again(redis: Redis, engine: AsyncEngine) -> None:
    claim, other = {"id": "E-0123456789abcdef", "kind": "image", "report_no": "", "days": 30}, {"id": "E-fedcba9876543210", "kind": "voice"}
    await projected(
        redis, engine, turn(1, evidence=[claim, {**other, "days": 30}]), turn(2, evidence=[{**claim, "report_no": "L-1", "days": 0}, {**other, "days": 0}]),
        {"type": "post", "key": "kept:1", "openid": USER, "kind": "report", "at": T0, "evidence": [{**claim, "report_no": "J2026-000001", "days": 0}]},
        turn(3, evidence=[{**claim, "days": 0}]), turn(4, openid="o-thief", evidence=[{**claim, "report_no": "J2026-000666"}]),
    )  # fmt: skip
    async with engine.connect() as connection:
        found = (await connection.execute(sa.text("SELECT id, state, report_no, keep_until::text FROM weijing.evidence ORDER BY id"))).all()
    assert tuple(found[0]) == ("E-0123456789abcdef", "wanted", "J2026-000001", "infinity")
    assert found[1][2] is None and found[1][3].startswith(f"{at(2):%Y-%m-%d}"), "let go at the time of the turn"
