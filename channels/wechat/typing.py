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
from store.keys import TYPING, channel_of, key, partition
from store.message import Message
from store.pace import Pace
from store.redis import FAULTS, Redis
from store.subscription import listen
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

    async def hear(self, listener: Redis) -> None:
        """Show it to whoever the staff write to now, until cancelled (`store.typing`).

        Args:
            listener: a client of this alone, without a time limit.
        """
        await listen(listener, TYPING, self._heard, "the sender's")

    def _heard(self, event: dict[str, str]) -> None:
        if event["type"] == "message" and partition(event["data"]) in set(self._parts()):
            self._start(event["data"])

    async def look(self) -> None:
        """Show it to who waits now."""
        now = now_ms()
        pipe = self._redis.pipeline(transaction=False)
        for part in sorted(self._parts()):
            pipe.xrange(key(part, "inbox"), str(now - CONTACT_MS), str(now - SLOW_MS), count=FEW)
        self._shown = {openid: until for openid, until in self._shown.items() if until > time.monotonic()}
        for entries in await pipe.execute():
            for _, fields in entries:
                message = Message.loads(fields["m"])
                if not message.emergency:
                    self._start(message.openid)

    def _start(self, openid: str) -> None:
        if self._shown.get(openid, 0.0) > time.monotonic() or len(self._tasks) >= AT_ONCE or channel_of(openid) != "wechat":
            return
        self._shown[openid] = time.monotonic() + LASTS_S
        task = asyncio.create_task(self._show(openid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, openid: str) -> None:
        try:
            if await self._pace.spare():
                await self._api.typing(openid)
        except (PlatformError, StoreUnavailable) as error:
            log.debug("no typing sign: %s", error.message)
