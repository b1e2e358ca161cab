"""Leases under load and while Redis fails: who lives keeps them, and what is held is known to be held."""

from __future__ import annotations

import asyncio
import time

import pytest

from store.keys import PARTITIONS
from store.leases import Leases
from store.redis import Redis, client
from weijing.engines import EmbeddedRedis
from weijing.errors import StoreUnavailable


async def test_prolonging_all_leases_does_not_wait_64_times_for_a_busy_loop(redis: Redis) -> None:
    """A worker whose loop is full of turns would lose its leases while it lives."""
    leases, laps = Leases(redis, "busy", 15_000), 0
    await leases.balance()
    leases._renew_at = 0.0
    renewing = asyncio.create_task(leases.balance())
    while not renewing.done():
        time.sleep(0.01)  # noqa: ASYNC251  a turn's share of the CPU; whatever was asked has been answered by its end
        await asyncio.sleep(0)
        laps += 1
    assert len(leases.held) == PARTITIONS
    assert laps < 40, f"{laps} laps of the loop"


async def test_what_was_gained_before_redis_failed_is_told_afterwards(redis: Redis, redis_server: EmbeddedRedis) -> None:
    """Nobody else reads a partition that we hold: not to know of it would leave its messages lying."""
    connection = client(redis_server.url, timeout=0.3)
    leases = Leases(connection, "one", 15_000)
    balancing = asyncio.create_task(leases.balance())
    while len(leases.held) < 3:  # noqa: ASYNC110  the task fills it
        await asyncio.sleep(0)
    await redis.client_pause(800)
    with pytest.raises(StoreUnavailable):
        await balancing
    assert 3 <= len(leases.held) < PARTITIONS, "Redis failed in the middle"
    await asyncio.sleep(0.8)
    gained, _ = await leases.balance()
    assert gained == set(range(PARTITIONS))
    await connection.close(close_connection_pool=True)
