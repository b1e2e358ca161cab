"""A task in the middle of Redis commands ends when it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import random

import redis.asyncio as aioredis

from store.redis import Redis
from weijing.engines import EmbeddedRedis


async def deaf(redis: Redis, *, trials: int) -> int:
    """How many tasks did not hear their cancellation within 2 s, until the first one."""

    async def work() -> None:
        while True:
            await redis.ping()

    chance = random.Random(7)
    for _ in range(trials):
        task = asyncio.create_task(work())
        await asyncio.sleep(chance.random() * 0.01)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=2)
        if not done:
            await redis.connection_pool.disconnect()
            while not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=0.01)
            return 1
    return 0


async def test_a_cancelled_task_ends_wherever_it_was(redis: Redis) -> None:
    assert await deaf(redis, trials=300) == 0


async def test_stock_redis_py_loses_cancellations_so_ours_is_needed(redis_server: EmbeddedRedis) -> None:
    """When this fails, redis-py or Python has been repaired and `store.connection` can go."""
    pool = aioredis.BlockingConnectionPool.from_url(redis_server.url, socket_timeout=5, max_connections=4)
    stock = aioredis.Redis(connection_pool=pool)
    try:
        assert await deaf(stock, trials=1000) == 1
    finally:
        with contextlib.suppress(aioredis.RedisError):
            await stock.close(close_connection_pool=True)
