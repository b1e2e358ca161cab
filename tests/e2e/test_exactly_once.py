"""Promise 1, by breaking the real thing: workers are killed and frozen while 30 users write, and nothing is lost, doubled or out of order.

The last test is the control: with the three conditions of the commit removed the same checks must fail, or they prove nothing.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis
from store.turns import Turns
from tests.e2e.house import House, Process, free_port
from tests.e2e.storm import Backend, start_backend
from weijing.engines import EmbeddedPostgres, EmbeddedRedis

USERS = 30
LEASE_MS = 2000
KILLS = "kill@before_turn=0.02,kill@in_action=0.03,kill@before_commit=0.02,kill@during_commit=0.03,kill@after_commit=0.02"
FREEZES = "freeze@before_commit=0.02,freeze@in_action=0.01"

REPORT = ["我要举报有人开赌场", "{place}有人开设赌场，每天晚上聚众打牌赌钱，编号{user}", "昨天晚上十点", "{place}", "不是正在发生", "没有", "匿名", "确认"]
TALK = ["身份证丢了怎么补办", "要多少钱", "你好", "护照怎么办", "谢谢", "居住证怎么签注", "要带什么材料", "驾驶证到期换证", "在哪里办", "帮助"]


def script(user: int, random_: random.Random) -> list[str]:
    """Twenty messages of one user: a report with digressions, then questions."""
    report = [line.format(user=user, place=f"幸福路{user}号") for line in REPORT]
    talk = [random_.choice(TALK) for _ in range(22 - len(report))]
    cut = random_.randrange(len(talk))
    return talk[:cut] + report + talk[cut:]


@pytest.fixture
def backend(tmp_path: Path, postgres_server: EmbeddedPostgres) -> Iterator[Backend]:
    """A real backend on an empty database."""
    made = start_backend(tmp_path, postgres_server.url)
    yield made
    made.house.stop()


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis, model_path: Path, backend: Backend) -> Iterator[House]:
    """A house with the real backend; each test starts its own bot."""
    environment = {"REDIS_URL": redis_server.url, "BOT_MODEL": str(model_path), "BOT_PORT": str(free_port()), "BOT_LEASE_MS": str(LEASE_MS)}
    made = House(tmp_path, {**environment, **backend.environment})
    yield made
    made.stop()


async def thaw(bot: Process, stop: asyncio.Event) -> int:
    """Wake frozen workers once their leases have run out and others have taken over; returns how many."""
    seen: dict[int, float] = {}
    woken = 0
    while not stop.is_set():
        for child in bot.children():
            if child.status() != psutil.STATUS_STOPPED:
                seen.pop(child.pid, None)
            elif time.monotonic() - seen.setdefault(child.pid, time.monotonic()) > LEASE_MS / 1000 * 2:
                child.send_signal(signal.SIGCONT)
                seen.pop(child.pid)
                woken += 1
        await asyncio.sleep(0.1)
    return woken


async def talk(turns: Turns, user: int) -> list[str]:
    """Send a user's messages, 20 % of them repeated as WeChat does, pausing a little; returns the keys in order."""
    random_ = random.Random(user)
    keys = []
    for number, text in enumerate(script(user, random_)):
        message = Message(key=f"u{user}-{number:02d}", openid=f"openid-{user}", text=text, at=int(time.time() * 1000))
        for _ in range(2 if random_.random() < 0.2 else 1):
            await turns.accept(message, "edge")
        keys.append(message.key)
        await asyncio.sleep(random_.random() * 0.4)
    return keys


async def until_empty(redis: Redis, seconds: float) -> int:
    """Wait until every inbox is empty; returns what is left."""
    deadline = time.monotonic() + seconds
    left = -1
    while time.monotonic() < deadline:
        left = sum([await redis.xlen(key(part, "inbox")) for part in range(PARTITIONS)])
        if left == 0:
            return 0
        await asyncio.sleep(0.2)
    return left


async def committed(redis: Redis) -> dict[str, list[str]]:
    """User -> message keys in the order in which their turns were committed (a doubled turn stands twice)."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in range(PARTITIONS):
        for _, fields in await redis.xrange(key(part, "events")):
            event = json.loads(fields["e"])
            if event["type"] == "turn":
                found[event["openid"]].append(event["key"])
    return found


async def no_message_set_aside(redis: Redis, bot: Process) -> None:
    """The test spares a message in its last try, so nothing may be set aside; if something is, show its story."""
    for part in range(PARTITIONS):
        for _, fields in await redis.xrange(key(part, "dead")):
            name = json.loads(fields["d"])["key"]
            story = [line for line in bot.text().splitlines() if name in line or "worker " in line]
            raise AssertionError(f"{name} was set aside:\n" + "\n".join(story))


async def storm(redis: Redis, house: House, **environment: str) -> tuple[dict[str, list[str]], dict[str, list[str]], Counter[str]]:
    """Run the storm; returns (sent, committed, strikes)."""
    bot = house.start("bot", BOT_WORKERS="3", **environment)
    house.wait_ready(bot, int(house.environment["BOT_PORT"]))
    turns, stop = Turns(redis), asyncio.Event()
    thawing = asyncio.create_task(thaw(bot, stop))
    lists = await asyncio.gather(*[talk(turns, user) for user in range(USERS)])
    left = await until_empty(redis, 90)
    await asyncio.sleep(LEASE_MS / 1000 * 3)  # a frozen worker wakes up and tries to commit
    stop.set()
    await thawing
    if "CHAOS_UNFENCED" not in environment:
        await no_message_set_aside(redis, bot)
    assert left == 0, f"{left} messages still in the inbox:\n{bot.text()[-3000:]}"
    strikes = Counter({name: int(count) for name, count in (await redis.hgetall("wj:chaos:count")).items()})
    return {f"openid-{user}": keys for user, keys in enumerate(lists)}, await committed(redis), strikes


async def replies(redis: Redis, sent: dict[str, list[str]]) -> int:
    """How many messages have a reply that the sender or the edge can give."""
    count = 0
    for openid, keys in sent.items():
        for message_key in keys:
            state, reply = await redis.hmget(key(partition(openid), "turn", message_key), "state", "reply")
            count += state == "ready" and bool(json.loads(reply))
    return count


@pytest.mark.timeout(240)
async def test_nothing_is_lost_doubled_or_out_of_order_while_workers_are_killed_and_frozen(redis: Redis, house: House, backend: Backend) -> None:
    sent, done, strikes = await storm(redis, house, CHAOS_PLAN=f"{KILLS},{FREEZES}")
    total = sum(len(keys) for keys in sent.values())
    print(f"\n{total} messages of {USERS} users; strikes: {dict(strikes)}")
    assert total >= 600
    points = {name.split("@")[1] for name in strikes if name.startswith("SIGKILL")}
    assert points == {"before_turn", "in_action", "before_commit", "during_commit", "after_commit"}, "every point must have been struck"
    assert any(name.startswith("SIGSTOP") for name in strikes)
    assert done == sent, "each message is committed once, in the order in which its user sent it"
    assert await replies(redis, sent) == total
    filed = await backend.reports()
    assert len(filed) == USERS, f"{USERS} users filed one report each, {len(filed)} arrived"
    assert max(Counter(filed).values()) == 1


@pytest.mark.timeout(240)
async def test_without_the_three_conditions_the_same_storm_doubles_turns(redis: Redis, house: House) -> None:
    _, done, strikes = await storm(redis, house, CHAOS_PLAN="freeze@before_commit=0.03", CHAOS_UNFENCED="true")
    assert strikes, "no worker was frozen, so the control shows nothing"
    doubled = [name for keys in done.values() for name, count in Counter(keys).items() if count > 1]
    assert doubled, "the control must show doubled turns; otherwise the storm proves nothing"
