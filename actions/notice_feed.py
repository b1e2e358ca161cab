"""The feed of notices: each is posted to each subscriber once, by day, at a pace that leaves room for conversations.

The cursor moves only behind a post, and a post has the delivery's id as its key: killed between the two, the next courier repeats the post, which does nothing.
Urgent notices have a cursor of their own, so that they wait neither for the morning nor for a long list of others.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from actions.client import Backend, Json, backend
from store.keys import NOTICES, PARTITIONS, key
from store.message import Bubble
from store.redis import FAULTS, Redis
from store.turns import Turns, now_ms
from weijing.errors import BackendRefused, BackendUnavailable, StoreUnavailable
from weijing.notice_text import told_text
from weijing.workdays import SHANGHAI

log = logging.getLogger(__name__)

HOURS = range(8, 21)
"""Hours of the day (Shanghai) in which a notice that is not urgent may ring somebody's phone."""
BEAT_S, LONGEST_PAUSE_S = 1.0, 300.0
"""A page of the feed (100) in a second at most."""
MOST_DUE = 100
"""No page while so many replies are due. The senders make 20 calls a second (WECHAT_CALLS_PER_MINUTE), so a reply to somebody who is talking waits at most
10 s behind notices (a page more than this), and a hundred thousand subscribers take an hour and a half, or less where no call is due; when the platform or
the senders stand still, so do we, and the rest stays in the backend, where a withdrawal still reaches it."""


class NoticeFeed:
    """Follows the feed.

    Args:
        redis: the client; holds the ids of the last deliveries that were posted.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._turns = Turns(redis)

    async def run(self) -> None:
        """Follow for ever; while the backend is away or has no feed, wait twice as long each time (at most five minutes)."""
        pause = BEAT_S
        while True:
            try:
                await self.follow(backend(), datetime.now(SHANGHAI))
                pause = BEAT_S
            except (BackendUnavailable, BackendRefused, StoreUnavailable, *FAULTS) as error:
                pause = min(pause * 2, LONGEST_PAUSE_S)
                log.warning("notices wait: %s", error)
            await asyncio.sleep(pause)

    async def follow(self, api: Backend, now: datetime) -> int:
        """Post at most one page, urgent ones first; returns how many were dealt with.

        Raises:
            BackendUnavailable: the rest stays in the feed.
        """
        if await self._due() >= MOST_DUE:
            return 0
        urgent = await self._page(api, "urgent")
        by_day = now.astimezone(SHANGHAI).hour in HOURS
        return urgent or (await self._page(api, "plain") if by_day else 0)

    async def _page(self, api: Backend, lane: str) -> int:
        deliveries = await api.notice_deliveries(int(await self._redis.hget(NOTICES, lane) or 0), urgent=lane == "urgent")
        for one in deliveries:
            await self._turns.post(one["openid"], f"notice:{one['id']}", [_bubble(one["notice"])], kind="notice")
            await self._redis.hset(NOTICES, lane, int(one["id"]))
        return len(deliveries)

    async def _due(self) -> int:
        """How many replies of all users the senders should be delivering now."""
        pipe, now = self._redis.pipeline(transaction=False), now_ms()
        for part in range(PARTITIONS):
            pipe.zcount(key(part, "due"), "-inf", now)
        return sum(await pipe.execute())


def _bubble(notice: Json) -> Bubble:
    """The title, the beginning, and a button for the whole; a subscription notice tells the title."""
    return {"text": told_text(notice), "buttons": [{"title": "看全文", "payload": f"看通知{notice['id']}"}], "custom": {"notice": {"item": notice["title"]}}}
