"""「正在输入」 on the phone of who has been waiting for a while (客服输入状态).

The sender watches the inboxes of its partitions: an entry that exists is work not done. The edge has no client of the platform and 4.5 s to keep; here a
call that hangs delays nobody. It counts in no window, and is left undone when the pace of the account is needed for messages.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from channels.wechat.api import PlatformApi
from store.keys import channel_of, key
from store.message import Message
from store.pace import Pace
from store.redis import FAULTS, Redis
from store.turns import now_ms
from weijing.errors import PlatformError, StoreUnavailable
from weijing.tasks import end

log = logging.getLogger(__name__)

SLOW_MS = 1_500
"""A turn that takes longer is worth a sign."""
CONTACT_MS = 25_000
"""The platform shows it within 30 s of the user's last message."""
LASTS_S = 15.0
"""It cannot be repeated while it is on."""
LOOK_S = 0.5
FEW = 5
"""Waiting users of a partition that are looked at: with more, the house is overloaded, and calls are for messages."""
AT_ONCE = 8


class TypingWatch:
    """Shows it for one sender.

    Args:
        parts: the partitions that the sender holds now.
    """

    def __init__(self, redis: Redis, api: PlatformApi, pace: Pace, parts: Callable[[], Iterable[int]]) -> None:
        self._redis, self._api, self._pace, self._parts = redis, api, pace, parts
        self._shown: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                with suppress(*FAULTS):
                    await self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            await end(*self._tasks)

    async def look(self) -> None:
        """Show it to who waits now."""
        now = now_ms()
        pipe = self._redis.pipeline(transaction=False)
        for part in sorted(self._parts()):
            pipe.xrange(key(part, "inbox"), str(now - CONTACT_MS), str(now - SLOW_MS), count=FEW)
        self._shown = {openid: until for openid, until in self._shown.items() if until > time.monotonic()}
        for entries in await pipe.execute():
            for _, fields in entries:
                self._start(Message.loads(fields["m"]))

    def _start(self, message: Message) -> None:
        if message.openid in self._shown or len(self._tasks) >= AT_ONCE or message.emergency or channel_of(message.openid) != "wechat":
            return
        self._shown[message.openid] = time.monotonic() + LASTS_S
        task = asyncio.create_task(self._show(message.openid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, openid: str) -> None:
        try:
            if await self._pace.spare():
                await self._api.typing(openid)
        except (PlatformError, StoreUnavailable) as error:
            log.debug("no typing sign: %s", error.message)
