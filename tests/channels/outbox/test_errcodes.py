"""What becomes of a message by the platform's errcode."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise

import pytest

from channels.outbox import AT_ONCE, Sender
from channels.wechat.delivery import SHORTER
from store.keys import key, partition
from store.ledger import Ledger
from store.redis import Redis
from store.turns import now_ms
from tests.channels.outbox.conftest import MakeSender, Platform, again, held, post, scan, state


@pytest.mark.parametrize("errcode", [45015, 45047, 48002, 43004])
async def test_what_may_not_go_is_kept_until_the_user_writes(sender: Sender, platform: Platform, redis: Redis, openid: str, errcode: int) -> None:
    platform.errcodes = [errcode]
    await Ledger(redis).note(openid, "message")
    await post(redis, openid, "kept")
    await post(redis, openid, "kept too")
    await scan(sender)
    assert [await state(redis, openid, name) for name in ("kept", "kept too")] == ["held", "held"]
    assert await held(redis, openid) == ["kept", "kept too"]
    assert len(platform.calls) == 1, "after the first refusal the ledger says no without a call"


@pytest.mark.parametrize("errcode", [-1, 40013])
async def test_a_passing_fault_is_tried_again_and_the_order_stays(sender: Sender, platform: Platform, redis: Redis, openid: str, errcode: int) -> None:
    platform.errcodes = [errcode]
    await post(redis, openid, "first")
    await post(redis, openid, "second")
    await scan(sender)
    assert await redis.zscore(key(partition(openid), "due"), "first") > now_ms() + 500
    await scan(sender)
    assert platform.sent == [], "the second waits for the first"
    assert await state(redis, openid, "second") == "ready"
    await redis.zadd(key(partition(openid), "due"), {"first": now_ms(), "second": 1})
    await scan(sender)
    assert platform.texts() == ["first"], "whatever their times"
    await again(sender, redis, openid, "second")
    assert platform.texts() == ["first", "second"]


async def test_another_sender_keeps_the_order_too(make_sender: MakeSender, platform: Platform, redis: Redis, openid: str) -> None:
    one, part = await make_sender("one"), partition(openid)
    platform.errcodes = [-1]
    await post(redis, openid, "first")
    await post(redis, openid, "second")
    await scan(one)
    await one._leases.leave()
    two = await make_sender("two")
    assert part in two.parts
    await scan(two)
    assert platform.sent == []
    assert await redis.zscore(key(part, "due"), "second") > await redis.zscore(key(part, "due"), "first")


async def test_the_pauses_grow_with_the_failures(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.broken = True
    await post(redis, openid, "waits")
    pauses = []
    for _ in range(4):
        await again(sender, redis, openid, "waits")
        pauses.append(await redis.zscore(key(partition(openid), "due"), "waits") - now_ms())
    assert all(later > 1.2 * earlier for earlier, later in pairwise(pauses)), pauses
    assert await state(redis, openid, "waits") == "sending"
    platform.broken = False
    await again(sender, redis, openid, "waits")
    assert await state(redis, openid, "waits") == "sent"


async def test_failures_take_nothing_from_the_ledger(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await Ledger(redis).note(openid, "message")
    platform.errcodes = [-1] * 7
    await post(redis, openid, "waits")
    for _ in range(8):
        await again(sender, redis, openid, "waits")
    assert await state(redis, openid, "waits") == "sent"
    assert (await Ledger(redis).read(openid)).left == 4


async def test_an_unknown_errcode_is_given_up_after_five_attempts(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.errcodes = [47001] * 9
    await post(redis, openid, "bad")
    for _ in range(7):
        await again(sender, redis, openid, "bad")
    assert await state(redis, openid, "bad") == "dead"
    assert len(platform.errcodes) == 4


async def test_a_strange_openid_is_given_up_at_once(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.errcodes = [40003]
    await post(redis, openid, "bad")
    await scan(sender)
    assert await state(redis, openid, "bad") == "dead"
    assert await redis.xlen(key(partition(openid), "dead")) == 1


async def test_what_is_too_long_is_cut_smaller_once(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    text = "".join(f"第{number}条说明，请您仔细阅读。" for number in range(40))
    await post(redis, openid, "long", {"text": text})
    platform.errcodes = [45002]
    await scan(sender)
    await again(sender, redis, openid, "long")
    assert "".join(platform.texts()) == text
    assert len(platform.sent) == 2 and all(len(part.encode()) <= SHORTER for part in platform.texts())
    await post(redis, openid, "hopeless", {"text": text})
    platform.errcodes = [45002, 45002]
    await scan(sender)
    await again(sender, redis, openid, "hopeless")
    assert await state(redis, openid, "hopeless") == "dead"


async def test_an_account_without_the_right_asks_once_and_says_so_once(
    sender: Sender, platform: Platform, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    platform.always = 48001
    await post(redis, "user-0", "first")
    await scan(sender)
    for number in range(1, 6):
        await post(redis, f"user-{number}", f"kept-{number}")
    await scan(sender)
    assert len(platform.calls) == 1
    assert [await state(redis, f"user-{number}", f"kept-{number}") for number in range(1, 6)] == ["held"] * 5
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1


@pytest.mark.parametrize(("errcode", "seconds"), [(45009, 600), (45011, 60)])
async def test_a_quota_stops_the_account_not_the_message(
    make_sender: MakeSender, platform: Platform, redis: Redis, errcode: int, seconds: int
) -> None:
    one, two = await make_sender("one"), await make_sender("two")
    for sender in (one, two, one, two):
        await sender.balance()
    platform.always = errcode
    users = [f"user-{number}" for number in range(160)]
    for user in users:
        await post(redis, user, f"to-{user}")
    for _ in range(3):
        await asyncio.gather(scan(one), scan(two))
    assert 1 <= len(platform.calls) <= 2 * AT_ONCE, "those under way when it was said, and no more"
    due = [await redis.zscore(key(partition(user), "due"), f"to-{user}") - now_ms() for user in users]
    assert min(due) > 700 * seconds and max(due) < 1300 * seconds
    assert {await state(redis, user, f"to-{user}") for user in users} == {"sending"}

    platform.always = 0
    await redis.delete("wj:{wx2c2769f8efd9abc2}:pace")  # the pause is over
    for user in users:
        await redis.zadd(key(partition(user), "due"), {f"to-{user}": 1})
    await asyncio.gather(scan(one), scan(two))
    assert len(platform.sent) == 160


async def test_an_unverified_account_keeps_everything_without_a_call(make_sender: MakeSender, redis: Redis, platform: Platform, openid: str) -> None:
    await post(redis, openid, "kept")
    await scan(await make_sender(verified=False))
    assert await state(redis, openid, "kept") == "held"
    assert platform.calls == []
