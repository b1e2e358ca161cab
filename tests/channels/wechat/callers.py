"""A process of its own that calls the platform: `python -m tests.channels.wechat.callers <redis> <platform> <app id> <calls>`; prints how each call ended."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

import aiohttp

from channels.wechat.api import PlatformApi
from store.redis import client
from weijing.errors import PlatformError
from weijing.settings import Settings


async def main(redis_url: str, base: str, app_id: str, calls: int) -> None:
    redis, ends = client(redis_url), Counter[str]()
    async with aiohttp.ClientSession() as session:
        api = PlatformApi(redis, Settings(weijing_env="test", wechat_app_id=app_id, wechat_app_secret="app-secret-of-the-test", wechat_api_base=base), session)

        async def call() -> None:
            try:
                await api.send("user", {"msgtype": "text", "text": {"content": "好"}})
                ends["sent"] += 1
            except PlatformError as error:
                ends[str(error.errcode)] += 1

        await asyncio.gather(*(call() for _ in range(calls)))
    await redis.close(close_connection_pool=True)
    print(dict(ends))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
