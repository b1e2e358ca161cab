"""Real processes change models under load: nothing lost, nothing doubled, nothing answered by a model that does not own the partition."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from store.keys import PARTITIONS, RULE, key, partition
from store.message import Message
from store.redis import Redis
from store.release import Release, Releases
from store.turns import Turns
from tests.bot.small_model import train_small
from tests.bot.test_worker import answer
from tests.e2e.house import House, Process, free_port
from weijing.engines import EmbeddedRedis

USERS = 12
PATIENCE_S = 150.0
"""Loading a model takes 6 s on a quiet machine."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder with two models."""
    folder = tmp_path_factory.mktemp("models")
    first, second = (train_small(folder, "bot.policies.IndexedRulePolicy").name for _ in range(2))
    return folder, first, second


@pytest.fixture
def house(tmp_path: Path, redis_server: EmbeddedRedis, models: tuple[Path, str, str]) -> Iterator[House]:
    environment = {"REDIS_URL": redis_server.url, "BOT_MODEL": str(models[0]), "BOT_PORT": str(free_port()), "BOT_LEASE_MS": "4000", "BOT_WORKERS": "2"}
    made = House(tmp_path, environment)
    yield made
    made.stop()


def start(house: House) -> Process:
    bot = house.start("bot")
    house.wait_ready(bot, int(house.environment["BOT_PORT"]), PATIENCE_S)
    return bot


async def in_force(releases: Releases, release: Release, seconds: float = PATIENCE_S) -> None:
    """Wait until every partition follows the release."""
    deadline, redis = time.monotonic() + seconds, releases._redis
    while {await redis.hget(key(part, "rule"), "epoch") for part in range(PARTITIONS)} != {str(release.epoch)}:
        assert time.monotonic() < deadline, f"{release} is not in force: {await releases.bots()}"
        await asyncio.sleep(0.05)


@dataclass
class Load:
    """Users who each write the next message when the last is answered."""

    turns: Turns
    sent: list[str] = field(default_factory=list)
    answered: int = 0
    slowest: float = 0.0
    stopping: bool = False

    async def user(self, name: str) -> None:
        number = 0
        while not self.stopping:
            message = Message(key=f"{name}-{number}", openid=name, text="谢谢")
            await self.turns.accept(message, "e")
            self.sent.append(message.key)
            started = time.monotonic()
            while (await self.turns.claim(name, message.key)).state == "pending":
                assert time.monotonic() - started < 60, f"{message.key} is lost"
                await asyncio.sleep(0.05)
            self.slowest = max(self.slowest, time.monotonic() - started)
            self.answered += 1
            number += 1


@dataclass
class Epochs:
    """What each partition must have been answered by, from the rules as they were."""

    redis: Redis
    borders: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: {part: [] for part in range(PARTITIONS)})

    async def note(self) -> None:
        """The rules of now: from which event on which model."""
        for part in range(PARTITIONS):
            since, model = await self.redis.hmget(key(part, "rule"), "since", "model")
            self.borders[part].append((str(since), str(model)))

    async def wrong(self, ids: dict[str, str]) -> list[str]:
        """Turns of a model that did not own the partition; `ids` are the models' ids by file."""
        found = []
        for part, borders in self.borders.items():
            for entry, fields in await self.redis.xrange(key(part, "events")):
                event = json.loads(fields["e"])
                owner = [model for since, model in borders if _order(entry) > _order(since)]
                if event["type"] == "turn" and owner and event["model"] != ids[owner[-1]]:
                    found.append(f"{event['key']} in {part} by {event['model']}")
        return found


def _order(entry: str) -> tuple[int, ...]:
    return tuple(int(number) for number in entry.split("-"))


async def turn_events(redis: Redis) -> list[dict[str, Any]]:
    events = [json.loads(fields["e"]) for part in range(PARTITIONS) for _, fields in await redis.xrange(key(part, "events"))]
    return [event for event in events if event["type"] == "turn"]


async def model_ids(releases: Releases) -> dict[str, str]:
    """File -> id of the models that are loaded."""
    return {name: one["model_id"] for bot in (await releases.bots()).values() for name, one in bot["models"].items() if one["state"] == "ready"}


async def words_of_failure(releases: Releases, model: str) -> str:
    """Why a model did not load, once a keeper has said so."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for bot in (await releases.bots()).values():
            if bot["models"].get(model, {}).get("state") == "failed":
                return str(bot["models"][model]["words"])
        await asyncio.sleep(0.1)
    raise AssertionError(f"{model} was not reported")


async def test_models_change_under_load(house: House, redis: Redis, models: tuple[Path, str, str]) -> None:
    _, one, two = models
    start(house)
    releases, load, epochs, ids = Releases(redis), Load(Turns(redis)), Epochs(redis), dict[str, str]()
    users = [asyncio.create_task(load.user(f"o{number}")) for number in range(USERS)]
    for released, canary, share in [(one, "", 0), (one, two, 20), (two, "", 0), (one, "", 0)]:  # a canary, its release, a rollback
        before = load.answered
        release = await releases.wish(released, canary, share)
        await in_force(releases, release)
        await epochs.note()
        while not {released, *([canary] if canary else [])} <= (ids := ids | await model_ids(releases)).keys() or load.answered < before + 3 * USERS:
            assert not any(user.done() for user in users), [user.exception() for user in users if user.done()]
            await asyncio.sleep(0.05)
    load.stopping = True
    await asyncio.gather(*users)
    done = Counter(event["key"] for event in await turn_events(redis))
    assert set(done) == set(load.sent), "lost"
    assert set(done.values()) == {1}, "doubled"
    assert ids[one] != ids[two] and await epochs.wrong(ids) == []
    assert {event["model"] for event in await turn_events(redis)} == {ids[one], ids[two]}, "both have answered"
    print(f"{load.answered} turns, the slowest {load.slowest:.1f} s")


async def test_a_model_that_will_not_load_leaves_the_released_one_serving(house: House, redis: Redis, models: tuple[Path, str, str]) -> None:
    folder, one, _ = models
    start(house)
    (folder / "broken.tar.gz").write_bytes(b"no model")
    releases, turns = Releases(redis), Turns(redis)
    await in_force(releases, await releases.wish(one))
    await releases.wish("broken.tar.gz")
    assert "cannot be read" in await words_of_failure(releases, "broken.tar.gz")
    assert (rule := await releases.in_force()) and rule.released == one
    message = Message(key="m1", openid="oM", text="谢谢")
    await turns.accept(message, "e")
    assert (await answer(turns, message, PATIENCE_S)).bubbles == ({"text": "不客气"},)
    (folder / "broken.tar.gz").unlink()


async def test_a_worker_that_has_not_heard_of_the_release_can_neither_take_nor_commit(redis: Redis) -> None:
    from store.commits import Commit, Commits
    from store.leases import Leases
    from weijing.errors import CommitRefused

    releases, turns = Releases(redis), Turns(redis)
    old, part = Leases(redis, "w|one.tar.gz", 60_000, model="one.tar.gz"), partition("oX")
    await old.balance()
    assert part in old.held
    message = Message(key="x1", openid="oX", text="谢谢")
    entry = (await turns.accept(message, "e")).entry
    await releases.enforce(await releases.wish("two.tar.gz"))
    with pytest.raises(CommitRefused):
        await Commits(redis, "w|one.tar.gz").commit(Commit(message, entry, 0, [{"text": "旧"}]))
    assert not await old._take(part), "the partition's own rule refuses"
    assert await redis.hget(RULE, "released") == "two.tar.gz"
    new = Leases(redis, "v|two.tar.gz", 60_000, model="two.tar.gz", epoch=1)
    await new.balance()
    assert new.held == set(range(PARTITIONS)), "whoever serves other models is not counted"
