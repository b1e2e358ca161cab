"""`weijing sender`: the process that delivers what was not answered passively, and shows who waits that somebody is at it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from contextlib import suppress

import aiohttp
from prometheus_client import Gauge

from channels.outbox import Sender
from channels.outlet import Outlet
from channels.webchat.delivery import WebchatOutlet
from channels.wechat.api import PlatformApi
from channels.wechat.delivery import wechat_outlet
from channels.wechat.sent_pictures import SentPictures
from channels.wechat.typing import TypingWatch
from store.dead_letters import DeadLetters
from store.evidence import EvidenceStore
from store.pace import Pace
from store.redis import client, wait_ready
from store.webchat_log import WebchatLog
from weijing.errors import StoreUnavailable
from weijing.health import stay
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

SAMPLE_S = 5.0

DEAD = Gauge("weijing_dead_letters", "Replies given up and messages that failed three times, in the whole house; see 'weijing dead list'")


def main(argv: list[str]) -> int:
    """Run the sender until SIGTERM."""
    del argv
    set_up_logs()
    asyncio.run(_main(load_settings()))
    return 0


async def _main(settings: Settings) -> None:
    await wait_ready(settings.redis_url)
    redis, owner = client(settings.redis_url), f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    async with aiohttp.ClientSession() as session:
        api, pace = PlatformApi(redis, settings, session), Pace(redis, settings.wechat_app_id, settings.wechat_calls_per_minute)
        evidence = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence")) if settings.database_url else None
        outlets: dict[str, Outlet] = {"wechat": wechat_outlet(redis, settings, api, pace, SentPictures(settings, evidence) if evidence else None)}
        outlets["webchat"] = WebchatOutlet(WebchatLog(redis, settings.derived_key("webchat-log")))
        sender, letters = Sender(redis, outlets, owner), DeadLetters(redis)
        jobs = [sender.run(), _count(letters)]
        if settings.wechat_verified:
            typing = TypingWatch(redis, api, pace, lambda: sender.parts)
            jobs += [typing.run(), typing.hear(client(settings.redis_url, timeout=None, connections=1))]
        await stay(settings.sender_port, lambda: _ready(sender), *jobs, info=lambda: _info(letters))
        if evidence:
            await evidence.close()
    await redis.close(close_connection_pool=True)


async def _ready(sender: Sender) -> dict[str, bool]:
    return {"redis": bool(sender.parts)}


async def _info(letters: DeadLetters) -> dict[str, object]:
    """Shown, not required: the house works on, but somebody should look."""
    with suppress(StoreUnavailable):
        return {"dead_letters": await letters.count()}
    return {}


async def _count(letters: DeadLetters) -> None:
    while True:
        with suppress(StoreUnavailable):
            DEAD.set(await letters.count())
        await asyncio.sleep(SAMPLE_S)
