"""Which of the kept replies an answer carries."""

from __future__ import annotations

import json

import pytest

from store.commits import Commit, Commits
from store.held import HELD_BYTES, HELD_S, OLDER
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from store.turns import Turns

OPENID = "o-user"
PART = partition(OPENID)


async def hold(redis: Redis, name: str, text: str) -> None:
    turns = Turns(redis)
    await turns.post(OPENID, name, [{"text": text}], kind="notice")
    assert await turns.take(PART, name)
    assert await turns.settle(OPENID, name, "held", via="customer_service", errcode=45015)


async def commits_of(redis: Redis) -> Commits:
    await redis.set(key(PART, "lease"), "w1")
    return Commits(redis, "w1")


async def answer(redis: Redis, commits: Commits, number: int) -> list[str]:
    """One turn that carries what is held; returns the held texts that it carried."""
    message = Message(key=f"m{number}", openid=OPENID, text="你好")
    await Turns(redis).accept(message, "e1")
    state = await commits.read(OPENID)
    ((entry, _),) = await redis.xrange(key(PART, "inbox"))
    await commits.commit(Commit(message, entry, state.length, [{"text": "您好"}], held=tuple(name for name, _ in state.held)))
    return [bubble["text"] for _, bubbles in state.held for bubble in bubbles]


async def test_what_is_held_expires_with_its_list(redis: Redis) -> None:
    await hold(redis, "n1", "有进展")
    for name in (key(PART, "turn", "n1"), key(PART, "held", OPENID)):
        assert HELD_S - 60 < await redis.ttl(name) <= HELD_S


async def test_an_expired_reply_leaves_the_list_with_the_next_answer(redis: Redis) -> None:
    await hold(redis, "n1", "旧的")
    await hold(redis, "n2", "新的")
    await redis.delete(key(PART, "turn", "n1"))
    assert await answer(redis, await commits_of(redis), 1) == ["新的"]
    assert not await redis.exists(key(PART, "held", OPENID))
    assert not await redis.exists(key(PART, "turn", "n1")), "nothing dangling is made anew"


async def test_many_held_replies_come_newest_first_in_answers_of_bounded_size(redis: Redis) -> None:
    texts = [f"第{number}条：" + "好" * 150 for number in range(7)]
    for number, text in enumerate(texts):
        await hold(redis, f"n{number}", text)
    commits = await commits_of(redis)
    first = await answer(redis, commits, 1)
    assert first == [OLDER.format(count=4), *texts[4:]], "the order within an answer stays"
    assert len(json.dumps(first, ensure_ascii=False).encode()) < HELD_BYTES + 200
    assert await answer(redis, commits, 2) == [OLDER.format(count=1), *texts[1:4]]
    assert await answer(redis, commits, 3) == texts[:1]
    assert await answer(redis, commits, 4) == []


@pytest.mark.parametrize("length", [600, 3000])
async def test_one_long_reply_is_carried_whole(redis: Redis, length: int) -> None:
    await hold(redis, "n1", "好" * length)
    assert await answer(redis, await commits_of(redis), 1) == ["好" * length]


async def test_what_is_held_while_a_turn_runs_stays_for_the_next(redis: Redis) -> None:
    await hold(redis, "n1", "先到")
    commits = await commits_of(redis)
    message = Message(key="m1", openid=OPENID, text="你好")
    await Turns(redis).accept(message, "e1")
    state = await commits.read(OPENID)
    await hold(redis, "n2", "后到")
    ((entry, _),) = await redis.xrange(key(PART, "inbox"))
    await commits.commit(Commit(message, entry, 0, [{"text": "您好"}], held=tuple(name for name, _ in state.held)))
    assert await answer(redis, commits, 2) == ["后到"]
