"""An account without the customer-service right: the answer goes out on one of WeChat's three requests, or waits for the user's next message."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from channels.wechat.answer import LATER_UNVERIFIED
from channels.wechat.runouts import REQUESTS, RUN_OUTS, RunOuts
from store.commits import Commits
from store.keys import key, partition
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.conftest import Bot, Edge, StartEdge, text_push

DEADLINE = 0.8
"""For 4.5 s; a request that is left to run out is then answered until 1.2 s."""
PATIENCE = 1.4
"""For WeChat's 5 s."""


async def deliver(edge: Edge, xml: str, openid: str) -> tuple[str, int]:
    """(what the user sees, number of the request that brought it): WeChat cuts a request after its patience and sends the push again, three times in all."""
    for number in range(1, REQUESTS + 1):
        try:
            return (await asyncio.wait_for(edge.push(xml, openid), PATIENCE)).text, number
        except asyncio.TimeoutError:
            continue
    return "（故障提示）", REQUESTS


async def state(redis: Redis, openid: str, message_key: str) -> str | None:
    return await redis.hget(key(partition(openid), "turn", message_key), "state")


async def test_a_quick_answer_goes_out_on_the_first_request(start_edge: StartEdge, busy_bot: Bot, openid: str) -> None:
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    assert await deliver(edge, text_push(openid, "快"), openid) == ("答：快", 1)


@pytest.mark.parametrize(("seconds", "request_number"), [(1.9, 2), (3.0, 3)])
async def test_a_slow_answer_goes_out_on_the_request_that_is_open(
    start_edge: StartEdge, busy_bot: Bot, redis: Redis, openid: str, seconds: float, request_number: int
) -> None:
    busy_bot.delay = seconds
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    words, number = await deliver(edge, text_push(openid, "慢"), openid)
    assert (words, number) == ("答：慢", request_number)
    assert len(busy_bot.seen) == 1, "one turn"
    assert await redis.zcard(key(partition(openid), "due")) == 0, "delivered: nobody sends it again"


async def test_after_three_requests_the_reply_is_kept_and_the_user_told_how_to_see_it(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    started = time.monotonic()
    assert await deliver(edge, text_push(openid, "很慢"), openid) == (LATER_UNVERIFIED, 3)
    assert time.monotonic() - started > 2 * DEADLINE, "two requests were left to run out"
    await bot.answer_all([{"text": "来了"}])
    message_key = bot.seen[0].key
    assert await state(redis, openid, message_key) == "held"
    assert (await Commits(redis, "w").read(openid)).held == ((message_key, ({"text": "来了"},)),), "the very next turn finds it, no sender is needed"
    assert await Turns(redis).take(partition(openid), message_key) is None


async def test_a_request_that_never_comes_costs_no_reply(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    """WeChat sends only the first request, for example because of MarkFail: nobody said "late", so the sender takes the reply and holds it."""
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(edge.push(text_push(openid, "只来一次"), openid), PATIENCE)
    await bot.answer_all([{"text": "来了"}])
    part, message_key = partition(openid), bot.seen[0].key
    due = await redis.zscore(key(part, "due"), message_key)
    assert due is not None and due - now_ms() < 16_001
    await redis.zadd(key(part, "due"), {message_key: 0})
    assert await Turns(redis).take(part, message_key) == (openid, ({"text": "来了"},), 1)


async def test_a_push_answered_later_and_repeated_is_not_answered_with_silence(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str) -> None:
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False, crowd=0)
    xml = text_push(openid, "挤")
    assert await deliver(edge, xml, openid) == (LATER_UNVERIFIED, 1)
    await bot.answer_all([{"text": "来了"}])
    assert (await edge.push(xml, openid)).text == LATER_UNVERIFIED, "the first answer may have been lost on its way"


async def test_only_so_many_requests_run_out_then_the_first_is_answered(start_edge: StartEdge, bot: Bot) -> None:
    """Too many failures and WeChat pushes nothing to anybody for a minute (MarkFail)."""
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    users = [f"run-out-{number}" for number in range(RUN_OUTS + 10)]
    first = await asyncio.gather(
        *(asyncio.wait_for(edge.push(text_push(user, "慢"), user), PATIENCE) for user in users), return_exceptions=True
    )  # fmt: skip
    counts = Counter("run out" if isinstance(one, asyncio.TimeoutError) else getattr(one, "text", repr(one)) for one in first)
    assert counts == {"run out": RUN_OUTS, LATER_UNVERIFIED: 10}
    assert len(await bot.waiting()) == len(users), "all are in the inbox, once"


async def test_the_allowance_of_run_outs() -> None:
    allowance = RunOuts()
    assert [allowance.take() for _ in range(RUN_OUTS + 2)] == [True] * RUN_OUTS + [False] * 2


async def test_danger_is_answered_on_the_first_request(start_edge: StartEdge, bot: Bot, openid: str) -> None:
    edge = await start_edge(deadline=DEADLINE, wechat_verified=False)
    started = time.monotonic()
    words, number = await deliver(edge, text_push(openid, "我老公在打我救命"), openid)
    assert "12110" in words and number == 1
    assert time.monotonic() - started < DEADLINE


async def test_a_client_that_hangs_up_costs_no_reply(start_edge: StartEdge, bot: Bot, redis: Redis, openid: str, caplog: pytest.LogCaptureFixture) -> None:
    for verified in (True, False):
        edge = await start_edge(deadline=DEADLINE, wechat_verified=verified)
        xml = text_push(openid, f"挂断{verified}")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(edge.push(xml, openid), 0.3)  # the socket is closed
        await bot.answer_all([{"text": f"还在{verified}"}])
        await asyncio.sleep(0.1)  # the first request's handler is told, claims, and writes to nobody
        assert (await edge.push(xml, openid)).text == f"还在{verified}"
        for _ in range(50):
            if await state(redis, openid, bot.seen[-1].key) == "delivered":
                break
            await asyncio.sleep(0.02)
        assert await state(redis, openid, bot.seen[-1].key) == "delivered"
    assert len(bot.seen) == 2
    assert [record for record in caplog.records if record.exc_info] == []
