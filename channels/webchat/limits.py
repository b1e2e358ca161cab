"""How much one visitor and one address may ask of us, counted in Redis over all edges. Words that tell of a danger are never counted."""

from __future__ import annotations

from dataclasses import dataclass

from store.tally import Tally
from weijing.refusals import ChatRefused


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds, and what the visitor reads beyond."""

    count: int
    seconds: int
    words: str


_BUSY = "这个网络现在来访的人很多，请稍等一会儿再试。"
LIMITS = {
    "session-address": Limit(300, 3600, _BUSY),
    "message-visitor": Limit(20, 60, "您发得有点快，稍等一下会自动再发。"),
    "message-address": Limit(300, 60, _BUSY),
    "picture-visitor": Limit(20, 600, "图片发得有点多，请过几分钟再发。"),
    "picture-address": Limit(100, 600, _BUSY),
    "stream-address": Limit(600, 60, _BUSY),
}
"""By what is counted and for whom. An address may be a whole mobile network (运营商级 NAT), so it may do much more than a visitor."""


class Limits(Tally):
    """The counters of the web chat."""

    async def count(self, what: str, who: str) -> None:
        """Count one.

        Raises:
            ChatRefused: 429, with the seconds to wait.
            StoreUnavailable: Redis did not answer.
        """
        limit = LIMITS[what]
        wait = await self.over(what, who, limit.count, limit.seconds)
        if wait:
            raise ChatRefused(limit.words, 429, "limited", retry_after=wait)
