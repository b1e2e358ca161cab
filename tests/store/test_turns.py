"""The life of a message and its reply, on a real Redis."""

from __future__ import annotations

import json

import pytest

from store.commits import Commit, Commits
from store.keys import PARTITIONS, key, partition
from store.leases import Leases, free_all
from store.message import Message
from store.redis import Redis
from store.turns import KEEP_S, Turns
from weijing.errors import CommitRefused

HELLO = Message(key="m1", openid="o-user", text="你好")
PART = partition("o-user")


async def worker(redis: Redis, name: str = "w1") -> Commits:
    await redis.set(key(PART, "lease"), name)
    return Commits(redis, name)


async def entry_of(redis: Redis) -> str:
    return (await redis.xrange(key(PART, "inbox")))[0][0]


async def test_a_repeat_joins_the_turn_and_is_not_queued_again(redis: Redis) -> None:
    turns = Turns(redis)
    assert (await turns.accept(HELLO, "e1")).new
    again = await turns.accept(HELLO, "e2")
    assert not again.new and again.state == "pending"
    assert await redis.xlen(key(PART, "inbox")) == 1
    assert await redis.hget(key(PART, "turn", "m1"), "edges") == "e1,e2"


async def test_a_committed_reply_is_claimed_confirmed_and_not_due_any_more(redis: Redis) -> None:
    turns, commits = Turns(redis), await worker(redis)
    await turns.accept(HELLO, "e1")
    assert (await turns.claim("o-user", "m1")).state == "pending"
    await commits.commit(Commit(HELLO, await entry_of(redis), 0, [{"text": "您好"}], tracker=['{"event":"user"}']))
    assert await redis.xlen(key(PART, "inbox")) == 0
    claim = await turns.claim("o-user", "m1")
    assert claim.state == "reply" and claim.bubbles == ({"text": "您好"},)
    assert await redis.zcard(key(PART, "due")) == 1
    assert await turns.confirm("o-user", "m1")
    assert await redis.zcard(key(PART, "due")) == 0
    assert (await turns.claim("o-user", "m1")).state == "reply", "a repeat after a lost answer gets the stored reply"


async def test_a_late_turn_is_due_at_once(redis: Redis) -> None:
    turns, commits = Turns(redis), await worker(redis)
    await turns.accept(HELLO, "e1")
    assert (await turns.claim("o-user", "m1", late=True)).state == "pending"
    await commits.commit(Commit(HELLO, await entry_of(redis), 0, [{"text": "您好"}]))
    taken = await turns.take(PART, "m1")
    assert taken == ("o-user", ({"text": "您好"},), 1)
    assert (await turns.claim("o-user", "m1")).state == "late", "the sender has it"
    assert await turns.settle("o-user", "m1", "sent", via="customer_service")
    assert await redis.zcard(key(PART, "due")) == 0


async def test_an_unconfirmed_claim_falls_to_the_sender(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    turns, commits = Turns(redis), await worker(redis)
    await turns.accept(HELLO, "e1")
    await commits.commit(Commit(HELLO, await entry_of(redis), 0, [{"text": "您好"}]))
    await turns.claim("o-user", "m1")
    assert await turns.take(PART, "m1") is None, "not before the three requests are over"
    await redis.zadd(key(PART, "due"), {"m1": 1})
    assert await turns.take(PART, "m1") is not None
    assert not await turns.confirm("o-user", "m1")


@pytest.mark.parametrize("broken", ["lease", "length", "entry"])
async def test_each_condition_refuses_the_commit_whole(redis: Redis, broken: str) -> None:
    turns, commits = Turns(redis), await worker(redis)
    await turns.accept(HELLO, "e1")
    entry = await entry_of(redis)
    if broken == "lease":
        await redis.set(key(PART, "lease"), "another")
    if broken == "entry":
        await redis.xdel(key(PART, "inbox"), entry)
    turn = Commit(HELLO, entry, 7 if broken == "length" else 0, [{"text": "您好"}], tracker=["{}"], events=["{}"])
    with pytest.raises(CommitRefused):
        await commits.commit(turn)
    assert (await turns.claim("o-user", "m1")).state == "pending"
    assert await redis.llen(key(PART, "tracker", "o-user")) == 0
    assert await redis.xlen(key(PART, "events")) == 0


async def test_what_is_committed_is_read_back_with_trim_and_header(redis: Redis) -> None:
    turns, commits = Turns(redis), await worker(redis)
    for number in range(3):
        message = Message(key=f"m{number}", openid="o-user", text="你好")
        await turns.accept(message, "e1")
        state = await commits.read("o-user")
        last = number == 2
        tracker = [f'"{number}a"', f'"{number}b"']
        trim, header = (4, ['"h"']) if last else (0, [])
        await commits.commit(Commit(message, await entry_of(redis), state.length, [], tracker, trim, header, {"r": str(number)}))
    state = await commits.read("o-user")
    assert state.length == 6
    assert [json.loads(event) for event in state.events] == ["2a", "2b"]
    assert [json.loads(event) for event in state.header] == ["h"]
    assert state.vault == {"r": "2"}


async def test_a_held_reply_is_read_with_the_next_message_and_taken_off(redis: Redis) -> None:
    turns, commits = Turns(redis), await worker(redis)
    await turns.post("o-user", "n1", [{"text": "您的办件有进展"}], kind="notice")
    assert not await turns.post("o-user", "n1", [{"text": "您的办件有进展"}], kind="notice"), "once"
    assert await turns.take(PART, "n1")
    await turns.settle("o-user", "n1", "held", via="customer_service", errcode=45015)
    state = await commits.read("o-user")
    assert state.held == (("n1", ({"text": "您的办件有进展"},)),)
    await turns.accept(HELLO, "e1")
    await commits.commit(Commit(HELLO, await entry_of(redis), 0, [{"text": "您好"}], held=("n1",)))
    assert (await commits.read("o-user")).held == ()
    assert 0 < await redis.ttl(key(PART, "turn", "n1")) <= KEEP_S


async def test_leases_are_shared_by_the_living_and_freed_for_the_dead(redis: Redis) -> None:
    one, two = Leases(redis, "one", 15_000), Leases(redis, "two", 15_000)
    gained, _ = await one.balance()
    assert len(gained) == PARTITIONS
    await two.balance()
    assert await one.share() == PARTITIONS // 2
    for part in sorted(one.held)[: PARTITIONS // 2]:
        await one.free(part)
    gained, _ = await two.balance()
    assert len(gained) == PARTITIONS // 2 and not one.held & two.held
    await free_all(redis, "one")
    gained, _ = await two.balance()
    assert len(two.held) == PARTITIONS
