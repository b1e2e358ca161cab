"""Overdue rides: the passenger first, the contact twenty minutes later, each once, and nobody after a word of the passenger."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from async_timeout import timeout

from actions.changes import Changes
from actions.client import backend as api
from actions.ride_watch import TELL_MIN, watch
from channels.wechat.notices import notice_data
from store.keys import key, partition
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from tests.actions.test_changes import Process
from weijing.engines import EmbeddedRedis
from weijing.errors import BackendUnavailable
from weijing.reach import plain_url
from weijing.workdays import SHANGHAI

PLACE = {"text": "示例车站", "lat": None, "lng": None}


def now(**later: float) -> datetime:
    return datetime.now(SHANGHAI) + timedelta(**later)


class Ride:
    """A ride that was expected fifteen minutes ago, with a friend who agreed."""

    def __init__(self, database_url: str) -> None:
        self.openid, self.friend = f"o-{uuid4().hex}", f"o-{uuid4().hex}"
        self.number = ""
        self._database_url = plain_url(database_url)

    async def file(self, *, contact: bool = True) -> Ride:
        """File it, let the friend agree, and let time pass."""
        fields = {"name": "李小明", "plate": "京A12345", "from": PLACE, "to": PLACE, "expected_at": now(hours=1).isoformat(), "contact": "要"}
        self.number = (await api().submit_filing({"kind": "ride", "openid": self.openid, "fields": fields}, uuid4().hex))["filing_no"]
        if contact:
            code = await api().invite_contact(self.number, self.openid, uuid4().hex)
            await api().agree_as_contact(self.number, self.friend, code, uuid4().hex)
        await self.pass_time()
        return self

    async def pass_time(self) -> None:
        connection = await asyncpg.connect(self._database_url)
        await connection.execute("UPDATE backend.rides SET expected_at = now() - interval '15 minutes' WHERE filing_no = $1", self.number)
        await connection.close()

    async def stage(self) -> str:
        return str((await api().own_rides(self.openid))[0]["stage"])


@pytest.fixture
async def ride(database_url: str, backend: BackendProcess) -> Ride:
    return await Ride(database_url).file()


async def told(redis: Redis, openid: str) -> list[dict[str, object]]:
    """The bubbles that wait for this user, oldest first."""
    part = partition(openid)
    turns = [await redis.hgetall(key(part, "turn", one)) for one in await redis.zrange(key(part, "due"), 0, -1)]
    return [json.loads(turn["reply"])[0] for turn in turns if turn["openid"] == openid]


async def test_the_passenger_is_reminded_once_then_the_contact_once(redis: Redis, ride: Ride) -> None:
    for _ in range(2):
        await watch(redis, api(), now())
    (reminder,) = await told(redis, ride.openid)
    assert "您到了吗" in str(reminder["text"]) and "20 分钟后还没有您的消息，会告诉您的联系人" in str(reminder["text"]) and "12110" in str(reminder["text"])
    assert [button["title"] for button in reminder["buttons"]] == ["平安到达", "晚点到"]  # type: ignore[attr-defined]
    assert await told(redis, ride.friend) == []
    await watch(redis, api(), now(minutes=TELL_MIN - 1))
    assert await told(redis, ride.friend) == [], "twenty minutes after the reminder, not after the ride"
    for _ in range(2):
        await watch(redis, api(), now(minutes=TELL_MIN + 1))
    (alarm,) = await told(redis, ride.friend)
    text = str(alarm["text"])
    assert all(words in text for words in ("李小明", "京A12345", "示例车站", "先给李小明打电话", "打 110", "没有派人", "我不当联系人了"))
    shown = notice_data("progress", [alarm])
    assert "李小明" not in str(shown) and "京A" not in str(shown) and shown["phrase3"]["value"] == "未报平安"
    await redis.flushall()
    await watch(redis, api(), now(minutes=TELL_MIN + 1))
    assert await told(redis, ride.friend) == await told(redis, ride.openid) == [], "the backend knows, also when the outbox has forgotten"


async def test_without_a_contact_it_ends_with_the_reminder(redis: Redis, database_url: str, backend: BackendProcess) -> None:
    ride = await Ride(database_url).file(contact=False)
    for minutes in (0, TELL_MIN + 1, 120):
        await watch(redis, api(), now(minutes=minutes))
    (reminder,) = await told(redis, ride.openid)
    assert "没有联系人，之后不会再提醒" in str(reminder["text"])


async def test_who_arrives_or_comes_later_is_left_alone_and_who_is_late_again_is_asked_again(redis: Redis, ride: Ride) -> None:
    await watch(redis, api(), now())
    await api().check_in(ride.number, ride.openid, uuid4().hex, now(hours=2).isoformat())
    await watch(redis, api(), now(minutes=TELL_MIN + 1))
    assert await told(redis, ride.friend) == []
    await ride.pass_time()
    await watch(redis, api(), now())
    assert len(await told(redis, ride.openid)) == 2
    await api().check_in(ride.number, ride.openid, uuid4().hex)
    await watch(redis, api(), now(minutes=TELL_MIN + 1))
    assert await told(redis, ride.friend) == []


async def test_an_alarmed_contact_hears_that_all_is_well(redis: Redis, ride: Ride) -> None:
    await watch(redis, api(), now())
    await watch(redis, api(), now(minutes=TELL_MIN + 1))
    await api().check_in(ride.number, ride.openid, uuid4().hex)
    await Changes(redis).follow(api())
    texts = [str(bubble["text"]) for bubble in await told(redis, ride.friend)]
    assert len(texts) == 2 and "平安到达" in texts[1] and ride.number in texts[1]


async def test_an_arrival_between_the_list_and_the_alarm_calms_at_once(redis: Redis, ride: Ride) -> None:
    await watch(redis, api(), now())
    posting = api()
    marked = posting.mark_ride

    async def arrive_first(number: str, stage: str, expected_at: str) -> dict[str, object]:
        await posting.check_in(number, ride.openid, uuid4().hex)
        return await marked(number, stage, expected_at)

    posting.mark_ride = arrive_first  # type: ignore[method-assign]  # the moment between
    await watch(redis, posting, now(minutes=TELL_MIN + 1))
    del posting.mark_ride
    texts = [str(bubble["text"]) for bubble in await told(redis, ride.friend)]
    assert len(texts) == 2 and "刚刚有了消息" in texts[1]


async def test_a_process_that_died_between_post_and_note_tells_once(redis: Redis, ride: Ride) -> None:
    posting = api()

    async def die(number: str, stage: str, expected_at: str) -> dict[str, object]:
        raise BackendUnavailable(number)

    posting.mark_ride = die  # type: ignore[method-assign]  # the crash
    with pytest.raises(BackendUnavailable):
        await watch(redis, posting, now())
    del posting.mark_ride
    await watch(redis, api(), now())
    assert len(await told(redis, ride.openid)) == 1 and await ride.stage() == "reminded"


async def test_the_courier_watches_and_one_that_was_killed_repeats_nothing(
    redis: Redis, redis_server: EmbeddedRedis, ride: Ride, backend: BackendProcess
) -> None:
    process = Process(redis_server.url, backend.url)
    try:
        async with timeout(60):
            while not await told(redis, ride.openid):  # noqa: ASYNC110  another process tells
                await asyncio.sleep(0.002)
    finally:
        process.kill()
    await watch(redis, api(), now())
    assert len(await told(redis, ride.openid)) == 1 and await ride.stage() == "reminded"
