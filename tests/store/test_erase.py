"""Who leaves: what he said is nowhere in Redis and in no column of PostgreSQL any more; a filed report stands; who follows again begins anew."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp.test_utils import TestServer
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine

import store.keys
from backend.app import init_app as init_backend
from store import jobs, tables
from store.commits import Commit, Commits
from store.consents import note_consents
from store.erase import GONE, KEPT, erase_user
from store.erasure import sweep
from store.keys import PARTITIONS, key, partition
from store.leases import Leases
from store.ledger import contact_arguments
from store.message import Message
from store.redis import Redis
from store.turns import Turns, dumps, now_ms
from store.workbench_tables import labels, review
from tests.channels.conftest import settings_with
from tests.channels.doctor.conftest import new_database
from tests.store.test_projector import database, engine, projected  # noqa: F401  fixtures
from weijing.engines import EmbeddedPostgres
from weijing.errors import CommitRefused

MARKER = "红色雨伞七号"
USER = "o-who-leaves"
OTHER = next(name for name in (f"o-neighbour-{number}" for number in range(10_000)) if partition(name) == partition(USER))
"""In the same partition: nothing of his may go."""
PART = partition(USER)


def of(openid: str, name: str) -> str:
    """A message's key: as WeChat's digests it names nobody."""
    return f"{name}-{'mine' if openid == USER else 'his'}"


def said(name: str, openid: str = USER, **changes: Any) -> Message:
    return Message(of(openid, name), openid, text=f"{MARKER} {name}", at=now_ms(), **changes)


class Life:
    """A user's life in the house, by the real scripts."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.turns = Turns(redis)
        self.commits = Commits(redis, "w")
        self.leases = Leases(redis, "w", 600_000)

    async def accept(self, message: Message) -> str:
        return (await self.turns.accept(message, "e", contact_arguments("message", message.at))).entry

    async def answer(self, message: Message, entry: str, **changes: Any) -> None:
        state = await self.commits.read(message.openid)
        event = {
            "type": "turn", "key": message.key, "openid": message.openid, "text": message.text, "bubbles": [{"text": f"您说{MARKER}"}], "at": message.at,
            **dict.fromkeys(("intent", "confidence", "decision", "service_item", "aspect", "model", "data", "ms", "error", "handoff")), **changes,
        }  # fmt: skip
        tracker = [dumps({"event": "user", "text": message.text})]
        vault = {"a1b2c3d4": f"sealed {MARKER}"}
        await self.commits.commit(
            Commit(message, entry, state.length, [{"text": f"您说{MARKER}"}], tracker, vault=vault, header=[dumps({"slot": MARKER})], events=[dumps(event)])
        )

    async def live(self, openid: str) -> None:
        """Leave something in every place that there is."""
        for name in ("delivered", "due", "sent"):
            message = said(name, openid)
            await self.answer(message, await self.accept(message))
        await self.turns.claim(openid, of(openid, "delivered"))
        await self.turns.confirm(openid, of(openid, "delivered"))
        await self.redis.zadd(key(PART, "due"), {of(openid, "sent"): 1})
        assert await self.turns.take(PART, of(openid, "sent"))
        assert await self.turns.settle(openid, of(openid, "sent"), "sent", via="customer_service")
        for outcome in ("held", "dead"):
            await self.turns.post(openid, of(openid, outcome), [{"text": f"{outcome} {MARKER}"}], kind="notice")
            await self.redis.zrem(key(PART, "due"), of(openid, "due"))
            await self.redis.zadd(key(PART, "due"), {of(openid, outcome): 1})
            assert await self.turns.take(PART, of(openid, outcome))
            assert await self.turns.settle(openid, of(openid, outcome), outcome, via="customer_service")
        await self.redis.zadd(key(PART, "due"), {of(openid, "due"): now_ms() + 60_000})
        await self.redis.xadd(key(PART, "dead"), {"d": dumps({"key": "x", "openid": openid, "cause": "c", "message": MARKER})})
        await self.redis.xadd(key(PART, "events:bad"), {"e": dumps({"type": "turn", "openid": openid, "text": MARKER}), "id": "1-1", "why": "w"})
        await note_consents(self.redis, Message("c", openid, data={f"template {MARKER}": "accept"}))
        await self.accept(said("waiting", openid))


@pytest_asyncio.fixture
async def life(redis: Redis) -> AsyncIterator[Life]:
    made = Life(redis)
    await made.leases.balance()
    yield made


async def leave(redis: Redis, name: str = "goodbye") -> bool:
    return await erase_user(redis, Message(name, USER, kind="event", event="unsubscribe", at=now_ms()))


async def everything(redis: Redis) -> dict[str, str]:
    """Every key with its value, whatever its type, as text."""
    found = {}
    async for name in redis.scan_iter(count=1000):
        kind = await redis.type(name)
        read = {"string": redis.get, "hash": redis.hgetall}.get(kind)
        value = await read(name) if read else await {"list": redis.lrange, "zset": redis.zrange}[kind](name, 0, -1) if kind in ("list", "zset") else None
        found[name] = str(value if kind != "stream" else await redis.xrange(name))
    return found


async def words_of_postgres(engine: AsyncEngine) -> str:  # noqa: F811
    """Every row of every table of the house, as text."""
    async with engine.connect() as connection:
        found = [(await connection.execute(sa.text(f"SELECT t::text FROM weijing.{name.name} t"))).scalars().all() for name in tables.metadata.tables.values()]
    return "\n".join(row for rows in found for row in rows)


async def test_nothing_that_was_said_is_left_and_the_neighbour_keeps_everything(life: Life, redis: Redis, engine: AsyncEngine) -> None:  # noqa: F811
    await life.live(USER)
    await life.live(OTHER)
    places = {name for name, value in (await everything(redis)).items() if MARKER in value and (USER in name or USER in value or name.endswith("-mine"))}
    assert len(places) >= 9, places
    await projected(redis, engine)
    assert f"{MARKER} due" in await words_of_postgres(engine) and USER in await words_of_postgres(engine)

    assert await leave(redis)
    assert not await leave(redis), "a repeat of the push erases nothing twice"
    for name, value in (await everything(redis)).items():
        assert (USER not in name and not name.endswith("-mine")) or MARKER not in value, f"{name}: {value}"
        assert not re.search(rf"{USER}[^{{}}]*{MARKER}|{MARKER}[^{{}}]*{USER}", value) or name == key(PART, "events"), f"{name}: {value}"
    kept = {name for name in await everything(redis) if USER in name or name.endswith("-mine")}
    assert kept <= {key(PART, "turn", of(USER, name)) for name in ("delivered", "due", "sent", "held", "dead", "waiting")}, "tombstones of pushes alone"
    assert {await redis.hkeys(name) == ["state"] for name in kept} == {True}

    await projected(redis, engine)
    assert {name for name, value in (await everything(redis)).items() if USER in value} == {key(PART, "inbox"), key(PART, "deferred")}, "what tells the others"
    left = await words_of_postgres(engine)
    assert left.count(USER) == 1, "the row that keeps late events erased; it goes after a week"
    mine = [line for line in left.splitlines() if MARKER in line]
    assert mine and all(OTHER in line for line in mine)
    state = await life.commits.read(OTHER)
    assert state.length == 3 and state.vault and state.held, "the neighbour's life goes on"
    assert await redis.zscore(key(PART, "due"), of(OTHER, "due")) and await redis.xlen(key(PART, "dead")) == 2


async def test_who_follows_again_begins_anew(life: Life, redis: Redis, engine: AsyncEngine) -> None:  # noqa: F811
    await life.live(USER)
    await leave(redis)
    state = await life.commits.read(USER)
    assert (state.length, state.events, state.header, state.vault, state.held) == (0, (), (), {}, ())
    again = replace(said("again"), text="我又来了", at=now_ms() + 5)
    entry = await life.accept(again)
    await life.answer(again, entry)
    assert (await life.commits.read(USER)).length == 1
    await projected(redis, engine)
    async with engine.connect() as connection:
        rows = (await connection.execute(sa.text("SELECT owner FROM weijing.conversations WHERE openid = :o"), {"o": USER})).all()
        texts = (await connection.execute(sa.text("SELECT text FROM weijing.messages WHERE openid = :o AND direction = 'user'"), {"o": USER})).scalars().all()
    assert [row.owner for row in rows] == ["bot"] and texts == ["我又来了"]
    assert await leave(redis, "goodbye again")


async def test_a_turn_under_way_is_refused_and_his_worker_and_the_courier_are_told(life: Life, redis: Redis) -> None:
    message = said("under way")
    entry = await life.accept(message)
    await leave(redis)
    with pytest.raises(CommitRefused):
        await life.answer(message, entry)
    assert (await life.commits.read(USER)).length == 0
    (told,) = [Message.loads(fields["m"]) for _, fields in await redis.xrange(key(PART, "inbox"))]
    assert (told.openid, told.event, told.text) == (USER, GONE, "")
    assert [fields for _, fields in await redis.xrange(key(PART, "deferred"))] == [{"gone": USER}]


async def test_a_cry_for_help_that_nobody_answered_goes_to_staff_until_they_are_done(life: Life, redis: Redis, engine: AsyncEngine) -> None:  # noqa: F811
    await life.accept(said("help", emergency=True))
    await leave(redis)
    await projected(redis, engine)
    async with engine.begin() as connection:
        handoff = (await connection.execute(sa.select(tables.handoffs))).one()
        assert (handoff.urgency, handoff.state, handoff.openid) == ("urgent", "waiting", USER)
        assert MARKER in str((await connection.execute(sa.text("SELECT text FROM weijing.messages"))).scalars().all())
        await sweep(connection)
        assert MARKER in str((await connection.execute(sa.text("SELECT text FROM weijing.messages"))).scalars().all()), "staff are not done"
        await connection.execute(sa.text("UPDATE weijing.handoffs SET state = 'done'"))
        await sweep(connection)
    assert MARKER not in await words_of_postgres(engine)
    assert (await words_of_postgres(engine)).count(USER) == 1


async def test_the_workbench_forgets_too(life: Life, redis: Redis, engine: AsyncEngine) -> None:  # noqa: F811
    """Labels that no commit holds, words taken along with another's, and replays of a conversation; what others said stays."""
    async with engine.begin() as connection:
        for number, openid in enumerate((USER, OTHER), start=1):
            values = {"id": number, "key": of(openid, "r"), "openid": openid, "text": f"{MARKER} {openid}", "at": sa.func.now()}
            await connection.execute(sa.insert(review).values(**values, reason="fallback"))
            handed = {"key": of(openid, "h"), "openid": openid, "reason": "fallback", "urgency": "normal", "opened_at": sa.func.now()}
            await connection.execute(sa.insert(tables.handoffs).values(handed))
            for state in ("proposed", "committed"):
                await connection.execute(sa.insert(labels).values(review_id=number, text=f"{MARKER} {openid}", intent="greet", by="xunlian", state=state))
        await connection.execute(sa.insert(labels).values(text="别的话", taken=[f"{MARKER} {USER}", "又一句"], intent="greet", by="xunlian", state="proposed"))
        cases = [{"key": of(one, "h"), "handoff": of(one, "h"), "text": f"{MARKER} {one}", "intent": "greet"} for one in (USER, OTHER)]
        await jobs.add(connection, "replay", "xunlian", cases=cases)
        await jobs.add(connection, "train", "xunlian")
    await life.live(USER)
    await leave(redis)
    await projected(redis, engine)
    async with engine.connect() as connection:
        kept = [(row.text, row.taken, row.state, row.review_id) for row in await connection.execute(sa.select(labels).order_by(labels.c.id))]
        args = [row.args for row in await connection.execute(sa.text("SELECT args FROM weijing.jobs ORDER BY id"))]
    his = f"{MARKER} {OTHER}"
    assert kept == [("", [], "committed", None), (his, [], "proposed", 2), (his, [], "committed", 2), ("别的话", ["又一句"], "proposed", None)]
    assert args == [{"cases": cases[1:]}, {}]
    assert not [line for line in (await words_of_postgres(engine)).splitlines() if f"{MARKER} {USER}" in line]


async def test_the_last_trace_goes_after_a_week(life: Life, redis: Redis, engine: AsyncEngine) -> None:  # noqa: F811
    await life.live(USER)
    await leave(redis)
    await projected(redis, engine)
    async with engine.begin() as connection:
        await sweep(connection)
        assert (await connection.execute(sa.text("SELECT count(*) FROM weijing.conversations"))).scalar() == 1
        await connection.execute(sa.text("UPDATE weijing.conversations SET erased_at = erased_at - interval '8 days', last_at = last_at - interval '9 days'"))
        await sweep(connection)
    assert USER not in await words_of_postgres(engine)


async def test_the_filed_report_stands(life: Life, redis: Redis, postgres_server: EmbeddedPostgres) -> None:
    settings = settings_with("", database_url=new_database(postgres_server, "erase_backend"), backend_token="t", vault_key=Fernet.generate_key().decode())
    server = TestServer(init_backend(settings))
    await server.start_server()
    import aiohttp

    report = {"kind": "tip", "topic": "赌博", "content": f"示例小区有人聚众赌博，{MARKER}", "mode": "anonymous", "openid": USER}
    async with aiohttp.ClientSession(str(server.make_url("")), headers={"Authorization": "Bearer t"}) as session:
        async with session.post("/v1/reports", json=report, headers={"Idempotency-Key": "k"}) as response:
            filed = await response.json()
            assert response.status == 201, filed
        await life.live(USER)
        await leave(redis)
        async with session.post(f"/v1/reports/{filed['report_no']}/progress-queries", json={"query_code": filed["query_code"]}) as response:
            assert response.status == 200 and (await response.json())["report_no"] == filed["report_no"]
    await server.close()


def test_every_key_of_a_user_is_erased() -> None:
    """The list of keys is the place where a new one is written down; who forgets to erase it is told here."""
    assert store.keys.__doc__
    by_openid = set(re.findall(r"wj:\{p\}:(\w+):<openid>", store.keys.__doc__))
    assert by_openid - {"left"} == set(KEPT)


async def test_events_that_are_not_his_survive_a_name_that_is_quoted(life: Life, redis: Redis) -> None:
    """Somebody else's words may hold his openid in whatever form."""
    message = Message("quoting", OTHER, text=f'"openid":"{USER}"', at=now_ms())
    await life.accept(message)
    await redis.xadd(key(PART, "events:bad"), {"e": json.dumps([USER]), "id": "1-1", "why": "w"})
    await redis.xadd(key(PART, "events:bad"), {"e": f'{{"openid": "{USER}', "id": "1-2", "why": "no JSON"})
    await leave(redis)
    texts = [Message.loads(fields["m"]).text for _, fields in await redis.xrange(key(PART, "inbox"))]
    assert texts == [message.text, ""] and await redis.xlen(key(PART, "events:bad")) == 2
    assert sum([await redis.xlen(key(part, "inbox")) for part in range(PARTITIONS)]) == 2
