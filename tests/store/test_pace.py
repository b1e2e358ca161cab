"""The pace of an account's calls."""

from __future__ import annotations

import asyncio
import time

from store.pace import BURST_S, Pace
from store.redis import Redis


async def schedule(pace: Pace, count: int) -> list[float]:
    """When so many calls may be made that are asked for at once, seconds from now."""
    started = time.monotonic()
    return [time.monotonic() - started + await pace.take(10**9) / 1000 for _ in range(count)]


async def test_no_minute_has_more_calls_than_the_setting_however_many_senders(redis: Redis) -> None:
    one, two = Pace(redis, "app", 120), Pace(redis, "app", 120)
    times = sorted([*(await schedule(one, 150)), *(await schedule(two, 150))])
    fullest = max(sum(1 for at in times if start <= at < start + 60) for start in times)
    assert fullest <= 121
    assert sum(1 for at in times if at < 1) >= 30, "a burst goes at once"
    assert times[-1] < 300 * 80 / 120, "and the rest at the pace, no slower"


async def test_two_senders_do_not_both_get_the_last_call(redis: Redis) -> None:
    paces = [Pace(redis, "app", 60) for _ in range(2)]
    waits = await asyncio.gather(*(pace.take(0) for pace in paces * 40))
    assert 15 <= sum(1 for wait in waits if wait == 0) <= 17, "a quarter of 60 and what the time brings"


async def test_too_long_a_wait_reserves_nothing(redis: Redis) -> None:
    pace = Pace(redis, "app", 60)
    while await pace.take(0) == 0:
        pass
    assert await pace.take(100) < -100
    assert await pace.take(100) < -100
    assert 0 < await pace.take(3000) <= 1400


async def test_a_pause_stops_all_and_ends_by_itself(redis: Redis) -> None:
    one, two = Pace(redis, "app", 1200), Pace(redis, "app", 1200)
    await one.pause(600)
    assert -600 <= await two.take(100) < -100
    await asyncio.sleep(0.6)
    assert 0 <= await two.take(200) <= 100
    assert await one.take(200) >= 40, "after a pause the calls go one by one"
    assert await Pace(redis, "other", 1200).take(0) == 0


async def test_what_may_be_left_undone_takes_the_upper_half_only(redis: Redis) -> None:
    pace = Pace(redis, "app", 80)
    taken = 0
    while await pace.spare():
        taken += 1
    assert 10 <= taken <= 12
    assert await pace.take(0) == 0
    assert 0 < await redis.pttl("wj:{app}:pace") <= (BURST_S + 2) * 1000, "a full bucket leaves no key"
