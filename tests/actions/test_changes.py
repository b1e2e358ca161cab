"""The feed of changes: each change is posted once to each subscriber, through a courier that dies and a backend that is away."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from uuid import uuid4

import pytest
from async_timeout import timeout
from cryptography.fernet import Fernet

from actions.changes import Changes
from actions.client import backend as api
from actions.courier import Courier
from store.erase import erase_user
from store.keys import CHANGES, PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from weijing.engines import EmbeddedRedis
from weijing.errors import BackendUnavailable

NUMBER = "A2026-000104"


async def step(number: str = NUMBER, status: str = "producing", name: str = "制牌") -> None:
    """What a bureau's system says."""
    path = {"A": "applications", "J": "reports"}[number[0]]
    await api()._call("POST", f"/v1/{path}/{number}/steps", {"status": status, "name": name, "next_step": "请等短信。"}, uuid4().hex)


async def posted(redis: Redis, openid: str) -> list[dict[str, object]]:
    """The bubbles that wait for this user, oldest first."""
    part = partition(openid)
    keys = await redis.zrange(key(part, "due"), 0, -1)
    turns = [await redis.hgetall(key(part, "turn", one)) for one in keys]
    assert all(turn["kind"] == "progress" for turn in turns)
    return [json.loads(turn["reply"])[0] for turn in turns if turn["openid"] == openid]


@pytest.fixture
def openid() -> str:
    return f"o-{uuid4().hex}"


async def test_a_change_is_told_once_to_each_subscriber(redis: Redis, backend: BackendProcess, openid: str) -> None:
    twin = next(name for number in range(9999) if partition(name := f"{openid}{number}") == partition(openid))
    for user in (openid, twin):
        await api().subscribe(user, NUMBER)
    await step()
    item = (await api().application_progress(NUMBER, "phone", "19900000004"))["item_name"]
    changes = Changes(redis)
    assert await changes.follow(api()) >= 2
    assert await changes.follow(api()) == 0
    for user in (openid, twin):
        (bubble,) = await posted(redis, user)
        text = str(bubble["text"])
        assert f"（{NUMBER}）有新进展：制证中" in text and "· 制牌\n下一步：请等短信。" in text and "评价" not in text
        assert bubble["custom"] == {"notice": {"item": item, "number": NUMBER, "status": "制证中"}}


async def test_killed_between_post_and_cursor_repeats_nothing(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await Changes(redis).follow(api())
    before = await redis.get(CHANGES)
    await step(name="第一步")
    await step(name="第二步")
    (first, second) = [one for one in (await api().changes(int((before or "0").split()[0])))["changes"] if one["openid"] == openid]
    await Changes(redis)._post(first)  # and then it was killed: the cursor stands where it stood
    assert await redis.get(CHANGES) == before
    await Changes(redis).follow(api())
    assert ["第一步" in str(one["text"]) for one in await posted(redis, openid)] == [True, False]
    assert int((await redis.get(CHANGES)).split()[0]) >= int(second["id"])
    await redis.set(CHANGES, before or 0)  # an older cursor, as after the loss of the last write
    await Changes(redis).follow(api())
    assert len(await posted(redis, openid)) == 2


async def test_a_feed_begun_anew_is_read_from_its_beginning_and_nothing_is_told_twice(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await step(name="第一步")
    await Changes(redis).follow(api())
    _, told, _ = str(await redis.get(CHANGES)).split()
    await step(name="第二步")
    await redis.set(CHANGES, f"999999 {told} 0")  # as if ids had begun again: the newest lies below
    await Changes(redis).follow(api())
    await step(name="第三步")
    await Changes(redis).follow(api())
    assert [str(one["text"]).partition("· ")[2][:3] for one in await posted(redis, openid)] == ["第一步", "第二步", "第三步"]
    await redis.delete(*await redis.keys(key(partition(openid), "turn", "change:*")), key(partition(openid), "due"))  # delivered, and forgotten after an hour
    number, told, _ = str(await redis.get(CHANGES)).split()
    await redis.set(CHANGES, f"{int(number) + 1} {told} 0")
    assert await Changes(redis).follow(api()) == 0 and await posted(redis, openid) == [], "a backup that was brought back tells nothing twice"


async def test_health_follows_the_feed(redis: Redis, backend: BackendProcess) -> None:
    changes = Changes(redis)
    backend.kill()
    running = asyncio.create_task(changes.run())
    try:
        async with timeout(30):
            while changes.healthy:  # noqa: ASYNC110  the task runs beside us
                await asyncio.sleep(0.05)
    finally:
        running.cancel()


async def test_two_couriers_at_once_tell_once(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await step()
    await asyncio.gather(*(Changes(redis).follow(api()) for _ in range(3)))
    assert len(await posted(redis, openid)) == 1


async def test_while_the_backend_is_away_nothing_moves_and_nothing_is_lost(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await step()
    backend.kill()
    with pytest.raises(BackendUnavailable):
        await Changes(redis).follow(api())
    assert await posted(redis, openid) == []
    backend.start()
    await Changes(redis).follow(api())
    assert len(await posted(redis, openid)) == 1


async def test_a_report_s_change_names_no_topic_on_a_lock_screen_and_its_end_brings_the_rating(redis: Redis, backend: BackendProcess, openid: str) -> None:
    filed = await api().submit_report({"kind": "tip", "topic": "毒品", "content": f"示例路{openid}", "mode": "anonymous"}, uuid4().hex)
    await api().subscribe(openid, filed["report_no"])
    await step(filed["report_no"], "done", "办结")
    await Changes(redis).follow(api())
    (bubble,) = await posted(redis, openid)
    assert "毒品" not in str(bubble) and f"/h5/rate?m={filed['report_no']}" in str(bubble["text"])
    assert bubble["custom"] == {"notice": {"item": "", "number": filed["report_no"], "status": "已办结"}}


async def test_who_leaves_is_told_nothing(redis: Redis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await step()
    await erase_user(redis, Message("bye", openid, kind="event", event="unsubscribe"))
    await Courier(redis, Fernet(Fernet.generate_key())).deliver_all(api())
    await Changes(redis).follow(api())
    await step()
    await Changes(redis).follow(api())
    assert await posted(redis, openid) == []
    assert sum([await redis.xlen(key(part, "deferred")) for part in range(PARTITIONS)]) == 0


class Process:
    """`weijing courier` on this Redis and this backend."""

    def __init__(self, redis_url: str, backend_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        env = {**os.environ, "REDIS_URL": redis_url, "BACKEND_URL": backend_url, "COURIER_PORT": port}
        self._process = subprocess.Popen([sys.executable, "-m", "weijing", "courier"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


async def test_a_courier_killed_on_its_way_tells_everything_once(redis: Redis, redis_server: EmbeddedRedis, backend: BackendProcess, openid: str) -> None:
    await api().subscribe(openid, NUMBER)
    await Changes(redis).follow(api())
    for number in range(40):
        await step(name=f"第{number:02d}步")
    for enough in (1, 40):
        process = Process(redis_server.url, backend.url)
        try:
            async with timeout(60):
                while len(await posted(redis, openid)) < enough:  # noqa: ASYNC110  another process posts
                    await asyncio.sleep(0.002)
        finally:
            process.kill()
    steps = [str(one["text"]).partition("· ")[2][:4] for one in await posted(redis, openid)]
    assert steps == [f"第{number:02d}步" for number in range(40)]


async def test_a_question_reaches_who_left_a_name_and_a_tap_begins_the_answer(redis: Redis, backend: BackendProcess, openid: str) -> None:
    reporter = {"name": "示例甲", "phone": "19900000077"}
    report = {"kind": "tip", "topic": "毒品", "content": f"示例路{openid}", "mode": "sealed", "reporter": reporter, "openid": openid}
    number = (await api().submit_report(report, uuid4().hex))["report_no"]
    await api().deliver("POST", f"/v1/reports/{number}/questions", {"question": "车是什么颜色？"}, uuid4().hex)
    await Changes(redis).follow(api())
    (bubble,) = await posted(redis, openid)
    assert "办理人员想问您：车是什么颜色？" in bubble["text"] and bubble["buttons"] == [{"title": "回答", "payload": f"补充{number}"}]
    assert "颜色" not in str(bubble["custom"]) and "示例甲" not in str(bubble)
