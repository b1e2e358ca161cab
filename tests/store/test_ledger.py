"""What the platform still allows."""

from __future__ import annotations

import pytest

from store.keys import key, partition
from store.ledger import Allowance, Ledger
from store.redis import Redis
from store.turns import now_ms

OPENID = "o-user"


async def test_a_message_sent_counts_in_every_open_window(redis: Redis) -> None:
    ledger = Ledger(redis)
    assert await ledger.take(OPENID) is None, "no contact is known: the platform decides"
    await ledger.note(OPENID, "tap")
    assert [await ledger.take(OPENID) for _ in range(4)] == [2, 1, 0, -1]
    await ledger.note(OPENID, "message")
    assert [await ledger.take(OPENID) for _ in range(6)] == [4, 3, 2, 1, 0, -1]
    await ledger.note(OPENID, "message", at=now_ms() - 49 * 3600 * 1000)
    assert await ledger.take(OPENID) == -1, "the window of 48 h is over"
    await ledger.note(OPENID, "message")
    await ledger.note(OPENID, "tap", at=now_ms() - 61_000)
    assert await ledger.take(OPENID) == 4
    await ledger.empty(OPENID)
    assert await ledger.take(OPENID) == -1


async def test_reading_takes_nothing(redis: Redis) -> None:
    ledger, at = Ledger(redis), now_ms()
    assert await ledger.read(OPENID) == Allowance(None)
    await ledger.note(OPENID, "tap", at=at)
    assert [await ledger.read(OPENID) for _ in range(2)] == [Allowance(3, at + 60_000)] * 2
    await ledger.note(OPENID, "message", at=at)
    assert await ledger.read(OPENID) == Allowance(5, at + 48 * 3600 * 1000)
    await ledger.take(OPENID)
    assert (await ledger.read(OPENID)).left == 4


@pytest.mark.parametrize("ended", ["over", "empty"])
async def test_where_nothing_may_go_there_is_no_until(redis: Redis, ended: str) -> None:
    ledger = Ledger(redis)
    await ledger.note(OPENID, "message", at=now_ms() - (49 * 3600 * 1000 if ended == "over" else 0))
    if ended == "empty":
        await ledger.empty(OPENID)
    assert await ledger.read(OPENID) == Allowance(0)
    assert 0 < await redis.ttl(key(partition(OPENID), "quota", OPENID)) <= 48 * 3600
