"""Talks of every topic through the real edge: sealed pushes in, what the phone shows out; also when people err, wander off, leave and come back.

A talk is a list of steps in `transcripts/<topic>.yml`: `say` words or `send` something, then `hear` (patterns that the reply holds) and `miss` (that it must
not hold); `keep` a number under a name, written `<name>` later; `later` waits for what comes by itself; `backend: down` freezes the backend; `days: 1` lets
a day go by. Each topic shows the phenomena of `PHENOMENA`, or says under `without` why one cannot happen in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from ruamel.yaml import YAML

from tests.e2e.house import House, free_port
from tests.e2e.transcripts_house import Talk, backend
from weijing.engines import EmbeddedRedis, start_redis

FOLDER = Path(__file__).with_name("transcripts")
PHENOMENA = {"happy", "correction", "digression", "cancel", "out of order", "a day later", "invalid three times", "handoff", "backend down"}
NAMES = ("EDGE_PORT", "BACKEND_PORT", "BOT_PORT", "SENDER_PORT", "PROJECTOR_PORT", "COURIER_PORT", "EVIDENCE_PORT", "CONSOLE_PORT", "TRAINER_PORT")
TOPICS = {file.stem: YAML(typ="safe").load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
TALKS = [(topic, talk) for topic, told in TOPICS.items() for talk in told["talks"]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """A Redis that no other test has used: in the shared one leases of dead workers may still stand, and a house honours them."""
    server = start_redis(tmp_path_factory.mktemp("transcripts-redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model_path: Path, engine: EmbeddedRedis) -> Iterator[House]:
    """`weijing run` on free ports; only Redis is ours, for the talks in which a day goes by."""
    ports = {name: str(free_port()) for name in NAMES}
    urls = {"REDIS_URL": engine.url, "DATABASE_URL": "", "BACKEND_URL": ""}
    made = House(tmp_path_factory.mktemp("transcripts"), {**ports, **urls, "BOT_MODEL": str(model_path), "BOT_WORKERS": "1"})
    run = made.start("run")
    made.wait_said(run, "/simulator", 120)
    yield made
    backend(made, running=True)
    made.stop()


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_topic_shows_every_phenomenon_or_says_why_not(topic: str) -> None:
    told = {one for talk in TOPICS[topic]["talks"] for one in talk["shows"]}
    without = TOPICS[topic].get("without") or {}
    assert told | set(without) >= PHENOMENA, PHENOMENA - told - set(without)
    assert not told & set(without) and all(without.values())


@pytest.mark.parametrize(("topic", "talk"), TALKS, ids=[f"{topic}-{talk['talk']}" for topic, talk in TALKS])
def test_talk(house: House, engine: EmbeddedRedis, topic: str, talk: dict[str, Any]) -> None:
    base = f"http://127.0.0.1:{house.environment['EDGE_PORT']}"
    with redis.Redis.from_url(engine.url, decode_responses=True) as store:
        user = Talk(house, base, f"t{TALKS.index((topic, talk))}", store)
        try:
            for step in talk["steps"]:
                user.do(step)
        finally:
            backend(house, running=True)
        for words, times in (talk.get("once") or {}).items():
            assert user.count(words) == times, f"{words!r} came {user.count(words)} times"
