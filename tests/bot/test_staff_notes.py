"""Notes of the desk through workers that are killed: what staff said stands in each tracker once and in order, and each user is told once of the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.staff_notes import RETURNED
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.bot.small_model import train_small
from tests.e2e.house import House, free_port
from weijing.engines import EmbeddedRedis

USERS, WORDS = 5, 3


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis) -> Iterator[House]:
    model = train_small(tmp_path, "bot.policies.IndexedRulePolicy")
    plan = "kill@before_turn=0.04,kill@before_commit=0.06,kill@during_commit=0.06,kill@after_commit=0.06"
    made = House(tmp_path, {"REDIS_URL": redis_server.url, "BOT_MODEL": str(model), "BOT_PORT": str(free_port()), "BOT_LEASE_MS": "2000", "CHAOS_PLAN": plan})
    yield made
    made.stop()


async def test_notes_of_the_desk_are_taken_once_through_kills(house: House, redis: Redis) -> None:
    turns = Turns(redis)
    for user in range(USERS):
        openid = f"oD{user}"
        said = [{"deed": "said", "by": "li", "bubbles": json.dumps([{"text": f"第{number}句"}])} for number in range(WORDS)]
        for number, data in enumerate([{"deed": "claimed", "by": "李四"}, *said, {"deed": "returned", "by": ""}]):
            note = Message(f"d{user}-{number}", openid, kind="staff", data=data, at=now_ms() + number)
            await turns.accept(note, "")
            await turns.accept(note, "")
    house.wait_ready(house.start("bot"), int(house.environment["BOT_PORT"]))
    deadline = time.monotonic() + 60
    while sum([await redis.xlen(key(part, "inbox")) for part in range(64)]):
        assert time.monotonic() < deadline, "the notes were not taken"
        await asyncio.sleep(0.1)
    assert await redis.hgetall("wj:chaos:count"), "workers were killed"
    for user in range(USERS):
        openid, part = f"oD{user}", partition(f"oD{user}")
        events = [json.loads(event) for event in await redis.lrange(key(part, "tracker", openid), 0, -1)]
        assert [event["text"] for event in events if event["event"] == "bot"] == [*(f"第{number}句" for number in range(WORDS)), RETURNED]
        assert [event["event"] for event in events if event["event"] in ("pause", "resume")] == ["pause", "resume"]
        stream = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(part, "events"))]
        mine = [event for event in stream if event["openid"] == openid]
        assert [event["type"] for event in mine] == ["staff"] * (WORDS + 2), "no message of the user's is counted"
        reply = await redis.hgetall(key(part, "turn", f"d{user}-{WORDS + 1}"))
        assert json.loads(reply["reply"]) == [{"text": RETURNED}]
        due = await redis.zscore(key(part, "due"), f"d{user}-{WORDS + 1}")
        assert due is not None and due <= now_ms(), "it goes at once: no push waits for it"
