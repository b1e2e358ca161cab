"""The feed of notices: each is posted once to each subscriber, by day, in pages, at a bounded pace; who leaves hears nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from async_timeout import timeout
from cryptography.fernet import Fernet

from actions.client import backend as api
from actions.courier import Courier
from actions.notice_feed import MOST_DUE, NoticeFeed
from channels.wechat.notices import notice_data
from store.erase import erase_user
from store.keys import NOTICES, PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.actions.conftest import BackendProcess
from tests.actions.test_changes import Process
from tests.actions.test_notice import publish
from weijing.engines import EmbeddedRedis
from weijing.errors import BackendUnavailable
from weijing.notice_text import BRIEF, brief
from weijing.workdays import SHANGHAI

WISH, HERE = ["safety"], ["黄浦区"]
DAY, NIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=SHANGHAI), datetime(2026, 11, 22, 21, 0, tzinfo=SHANGHAI)


async def posted(redis: Redis, openid: str) -> list[dict[str, object]]:
    """The bubbles that wait for this user, oldest first."""
    part = partition(openid)
    turns = [await redis.hgetall(key(part, "turn", one)) for one in await redis.zrange(key(part, "due"), 0, -1)]
    return [json.loads(turn["reply"])[0] for turn in turns if turn["openid"] == openid and turn["kind"] == "notice"]


async def warn(**fields: object) -> int:
    """Publish a safety notice of that district; its id."""
    return await publish(kind="safety", areas=HERE, **fields)


async def follow_all(redis: Redis, now: datetime = DAY) -> int:
    """Post until nothing is left."""
    feed, dealt = NoticeFeed(redis), 0
    while found := await feed.follow(api(), now):
        dealt += found
    return dealt


@pytest_asyncio.fixture
async def openid(redis: Redis, backend: BackendProcess) -> AsyncIterator[str]:
    """A subscriber to the safety notices of a district that no other test subscribes to; what was published before is behind the cursors."""
    for lane in ("plain", "urgent"):
        while page := await api().notice_deliveries(int(await redis.hget(NOTICES, lane) or 0), urgent=lane == "urgent"):
            await redis.hset(NOTICES, lane, int(page[-1]["id"]))
    openid = f"o-{uuid4().hex}"
    await api().subscribe_notices(openid, WISH, HERE)
    yield openid
    if backend.process and backend.process.poll() is None:
        await api().unsubscribe_notices(openid)


async def test_a_notice_is_told_once_to_each_subscriber_briefly(redis: Redis, openid: str) -> None:
    twin = next(name for number in range(9999) if partition(name := f"{openid}{number}") == partition(openid))
    await api().subscribe_notices(twin, WISH, [])
    number = await warn(title="电动车别进楼", body="电池在楼道充电容易起火。" * 20)
    assert await follow_all(redis) == 2 and await follow_all(redis) == 0
    for user in (openid, twin):
        (bubble,) = await posted(redis, user)
        text = str(bubble["text"])
        assert text.startswith("【治安提醒】电动车别进楼（黄浦区）\n电池在楼道") and "不要再发公告了" in text and len(text) < BRIEF + 60
        assert bubble["buttons"] == [{"title": "看全文", "payload": f"看通知{number}"}]
        assert notice_data("notice", [bubble])["thing1"] == {"value": "电动车别进楼"}, "the subscription notice tells the title"
    await api().unsubscribe_notices(twin)


async def test_at_night_only_the_urgent_goes_and_the_rest_waits_for_the_morning(redis: Redis, openid: str) -> None:
    await warn(title="不急的")
    await warn(title="要紧的", urgent=True)
    assert await follow_all(redis, NIGHT) == 1
    assert ["要紧的" in str(one["text"]) for one in await posted(redis, openid)] == [True]
    assert await follow_all(redis, DAY) == 1
    assert "不急的" in str((await posted(redis, openid))[1]["text"])


async def test_killed_between_post_and_cursor_and_two_at_once_tell_once(redis: Redis, openid: str) -> None:
    before = await redis.hgetall(NOTICES)
    await warn(title="第一条")
    await warn(title="第二条")
    await asyncio.gather(*(NoticeFeed(redis).follow(api(), DAY) for _ in range(3)))
    await redis.delete(NOTICES)
    if before:
        await redis.hset(NOTICES, mapping=before)  # an older cursor, as after a kill before the last writes
    await follow_all(redis)
    assert [str(one["text"])[6:9] for one in await posted(redis, openid)] == ["第一条", "第二条"]


async def test_withdrawn_and_stopped_before_it_was_sent_is_not_sent(redis: Redis, openid: str) -> None:
    number = await warn()
    await api()._call("POST", f"/v1/notices/{number}/withdraw", {"reason": "有误"}, uuid4().hex)
    assert await follow_all(redis) == 0
    await warn()
    await api().unsubscribe_notices(openid, "safety")
    assert await follow_all(redis) == 0 and await posted(redis, openid) == []


async def test_while_many_replies_are_due_no_page_is_posted_and_a_page_is_bounded(redis: Redis, openid: str) -> None:
    many = [f"{openid}-{number}" for number in range(MOST_DUE + 5)]
    await asyncio.gather(*(api().subscribe_notices(one, WISH, HERE) for one in many))
    await warn()
    feed = NoticeFeed(redis)
    assert await feed.follow(api(), DAY) == 100, "one page"
    assert await feed.follow(api(), DAY) == 0, "the senders come first"
    for part in range(PARTITIONS):
        await redis.delete(key(part, "due"))  # all delivered
    assert await feed.follow(api(), DAY) == 6
    later = await Turns(redis).post(openid, "later", [{"text": "好"}], kind="staff")
    await redis.zadd(key(partition(openid), "due"), {"later": now_ms() + 60_000})
    assert later and await feed._due() == 6, "what is due later holds up nobody"
    await asyncio.gather(*(api().unsubscribe_notices(one) for one in many))


async def test_while_the_backend_is_away_nothing_moves_and_nothing_is_lost(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await warn()
    backend.kill()
    with pytest.raises(BackendUnavailable):
        await NoticeFeed(redis).follow(api(), DAY)
    backend.start()
    assert await follow_all(redis) == 1 and len(await posted(redis, openid)) == 1


async def test_who_leaves_is_told_nothing_and_forgotten(redis: Redis, openid: str) -> None:
    await warn()
    await erase_user(redis, Message("bye", openid, kind="event", event="unsubscribe"))
    await Courier(redis, Fernet(Fernet.generate_key())).deliver_all(api())
    assert await api().notice_subscriptions(openid) == []
    assert await follow_all(redis) == 0 and await posted(redis, openid) == []


async def test_a_courier_killed_on_its_way_tells_everything_once(redis: Redis, redis_server: EmbeddedRedis, backend: BackendProcess, openid: str) -> None:
    for number in range(40):
        await warn(title=f"第{number:02d}条", urgent=True)
    for enough in (1, 40):
        process = Process(redis_server.url, backend.url)
        try:
            async with timeout(60):
                while len(await posted(redis, openid)) < enough:  # noqa: ASYNC110  another process posts
                    await asyncio.sleep(0.002)
        finally:
            process.kill()
    assert [str(one["text"])[6:10] for one in await posted(redis, openid)] == [f"第{number:02d}条" for number in range(40)]


def test_the_brief_ends_at_a_sentence_where_one_does() -> None:
    assert brief("短。") == "短。"
    assert brief("第一句。" * 30).endswith("第一句。") and len(brief("第一句。" * 30)) == BRIEF
    assert brief("没有句号" * 40).endswith("…") and len(brief("没有句号" * 40)) == BRIEF
