"""Real worker processes on a small model: answers, slow users, poison, clean stops, and a dead worker's quick return."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis
from store.turns import Claim, Turns
from tests.bot.small_model import train_small
from tests.e2e.house import House, free_port
from weijing.engines import EmbeddedRedis

SLOW = "请慢慢来"


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_small(tmp_path_factory.mktemp("small"), "bot.policies.IndexedRulePolicy")


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis, small_model: Path) -> Iterator[House]:
    made = House(tmp_path, {"REDIS_URL": redis_server.url, "BOT_MODEL": str(small_model), "BOT_PORT": str(free_port()), "BOT_LEASE_MS": "2000"})
    yield made
    made.stop()


@pytest_asyncio.fixture
async def turns(redis: Redis) -> AsyncIterator[Turns]:
    yield Turns(redis)


def start(house: House, **environment: str) -> None:
    house.wait_ready(house.start("bot", **environment), int(house.environment["BOT_PORT"]))


async def answer(turns: Turns, message: Message, seconds: float = 15.0) -> Claim:
    """Wait for the reply of an accepted message."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        claim = await turns.claim(message.openid, message.key)
        if claim.state != "pending":
            return claim
        await asyncio.sleep(0.02)
    raise AssertionError(f"{message.key} was not answered in {seconds} s")


async def test_a_message_is_answered_with_what_rasa_says(house: House, turns: Turns, redis: Redis) -> None:
    start(house)
    message = Message(key="a1", openid="oA", text="谢谢")
    await turns.accept(message, "e")
    assert (await answer(turns, message)).bubbles == ({"text": "不客气"},)
    events = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition("oA"), "events"))]
    assert [event["key"] for event in events if event["type"] == "turn"] == ["a1"]
    assert events[0]["model"] and events[0]["intent"] == "thank"


async def test_rasa_payload_syntax_is_only_words(house: House, turns: Turns) -> None:
    start(house)
    for number, text in enumerate(["举报", "/restart", '/cancel{"content":"x"}', "\u3000/cancel", "/ \n/cancel", "\u200b／cancel"]):
        message = Message(key=f"s{number}", openid="oS", text=text)
        await turns.accept(message, "e")
        assert "已取消" not in (await answer(turns, message)).bubbles[0]["text"], repr(text)


async def test_a_reply_that_came_too_late_is_given_first_with_the_next_message(house: House, turns: Turns, redis: Redis) -> None:
    """An account without the customer-service right: the question was answered "later"; the user asks to see it while the turn has not even begun."""
    question, ask, more = (Message(key=f"h{number}", openid="oH", text=text) for number, text in enumerate(["怎么办", "查看。", "谢谢"]))
    await turns.accept(question, "e")
    assert (await turns.claim("oH", question.key, late=True, hold=True)).state == "pending"
    await turns.accept(ask, "e")
    start(house)
    kept = (await answer(turns, ask)).bubbles
    said = ["之前没能及时发给您的消息，先补在这里：", "事项 None，地点 None"]
    assert [bubble["text"] for bubble in kept] == said, "what he waited for and a sentence that says so, and no answer to 查看"
    assert (await turns.claim("oH", question.key)).state == "late", "given: nobody sends it"
    assert not await redis.exists(key(partition("oH"), "held", "oH"))
    await turns.accept(more, "e")
    assert (await answer(turns, more)).bubbles == ({"text": "不客气"},), "once"
    outcomes = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(partition("oH"), "events"))]
    assert [event["outcome"] for event in outcomes if event["type"] == "delivery" and event["key"] == question.key] == ["held"]
    assert [event["held"] for event in outcomes if event["type"] == "turn"] == [[], [question.key], []]


async def test_a_slow_turn_of_one_user_delays_no_other(house: House, turns: Turns) -> None:
    start(house, CHAOS_SLOW_TEXT=SLOW)
    part = partition("slow")
    neighbour = next(name for name in (f"n{number}" for number in range(10_000)) if partition(name) == part)
    slow = Message(key="slow1", openid="slow", text=SLOW)
    await turns.accept(slow, "e")
    await asyncio.sleep(0.3)
    started = time.monotonic()
    for number, openid in enumerate([neighbour, "other1", "other2"]):
        message = Message(key=f"q{number}", openid=openid, text="谢谢")
        await turns.accept(message, "e")
        await answer(turns, message)
    assert time.monotonic() - started < 4, "the neighbour in the same partition does not wait for the slow turn"
    assert (await turns.claim("slow", "slow1")).state == "pending"
    assert (await answer(turns, slow)).state == "reply"


async def test_a_message_that_kills_its_worker_is_set_aside_after_three_tries(house: House, turns: Turns, redis: Redis) -> None:
    start(house, CHAOS_PLAN="kill@before_turn=0")
    for part in range(PARTITIONS):  # a message that lay there before its first worker came would have one try less
        while not await redis.exists(key(part, "lease")):  # noqa: ASYNC110  another process sets it
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    poison = Message(key="poison1", openid="oP", text="你好")
    others = [Message(key=f"i{number}", openid=f"innocent{number}", text="谢谢") for number in range(12)]
    for message in [*others[:6], poison, *others[6:]]:
        await turns.accept(message, "e")
    claim = await answer(turns, poison, 30)
    assert "没能处理好" in claim.bubbles[0]["text"]
    for message in others:
        assert (await answer(turns, message)).bubbles == ({"text": "不客气"},)
    strikes = await redis.hgetall("wj:chaos:count")
    assert strikes == {"SIGKILL@before_turn": "3"}, "three tries, then no more"
    dead = await redis.xrange(key(partition("oP"), "dead"))
    assert len(dead) == 1 and "你好" not in json.dumps(dead, ensure_ascii=False), "kept for operators, not in clear"
    after = Message(key="p2", openid="oP", text="谢谢")
    await turns.accept(after, "e")
    assert (await answer(turns, after)).state == "reply"


async def test_a_clean_stop_frees_the_leases_and_the_next_start_finds_the_conversation(house: House, turns: Turns, redis: Redis) -> None:
    start(house)
    first = Message(key="c1", openid="oC", text="举报")
    await turns.accept(first, "e")
    assert (await answer(turns, first)).bubbles == ({"text": "什么事？"},)
    assert house.processes[0].stop() == 0
    assert await redis.get(key(partition("oC"), "lease")) is None
    second = Message(key="c2", openid="oC", text="取消")
    await turns.accept(second, "e")
    start(house)
    assert "已取消" in (await answer(turns, second)).bubbles[0]["text"], "the form was still active"


async def test_a_killed_worker_is_back_at_once(house: House, turns: Turns) -> None:
    start(house)
    bot = house.processes[0]
    first = Message(key="k1", openid="oK", text="谢谢")
    await turns.accept(first, "e")
    await answer(turns, first)
    for child in bot.children()[-1:]:
        child.kill()
    second = Message(key="k2", openid="oK", text="谢谢")
    await turns.accept(second, "e")
    started = time.monotonic()
    await answer(turns, second)
    assert time.monotonic() - started < 5, "not the seconds that loading a model takes, nor the lease"


async def test_a_partition_given_up_is_served_again_long_before_the_deadline(house: House, turns: Turns, redis: Redis) -> None:
    house.environment["BOT_LEASE_MS"] = "15000"
    start(house, BOT_WORKERS="1")
    house.environment["BOT_PORT"] = str(free_port())
    start(house, BOT_WORKERS="1")  # a second machine joins: half of the partitions change hands now
    worst, deadline, number, owners = 0.0, time.monotonic() + 20, 0, set[str | None]()
    while number < 60 or (len(owners - {None}) < 2 and time.monotonic() < deadline):
        message = Message(key=f"h{number}", openid=f"oH{number}", text="谢谢")
        await turns.accept(message, "e")
        started = time.monotonic()
        await answer(turns, message)
        worst, number = max(worst, time.monotonic() - started), number + 1
        owners = {await redis.get(key(part, "lease")) for part in range(64)}
    assert len(owners - {None}) == 2, "both serve"
    assert worst < 3.0, f"a user would have waited {worst:.1f} s"
