"""How much one address and one user may ask of the pages, counted in Redis over all edges."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from aiohttp import web

from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PageRefused


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds."""

    count: int
    seconds: int


LIMITS = {
    "page": Limit(600, 60),
    "login": Limit(120, 60),
    "form": Limit(30, 600),
    "file": Limit(60, 3600),
}
"""`page` and `login` count an address, behind which a whole mobile network may be; `form` and `file` count a user."""


class Limits:
    """The counters; each window of time has its own, so that none needs care."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, what: str, who: str) -> None:
        """Count one.

        Raises:
            PageRefused: 429.
            StoreUnavailable: Redis did not answer.
        """
        limit, now = LIMITS[what], int(time.time())
        digest = hashlib.sha256(who.encode()).hexdigest()[:24]  # neither addresses nor openids lie about in Redis
        name = f"wj:h5:limit:{what}:{digest}:{now // limit.seconds}"
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.incr(name)
            pipe.expire(name, limit.seconds + 1)
            counted, _ = await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
        if counted > limit.count:
            raise PageRefused("操作得太频繁了", "请过几分钟再试。着急的话，回到对话里回复“人工”。", 429)


def address(request: web.Request) -> str:
    """Whose request it is. A peer in a private network is our own proxy: what it wrote last into X-Forwarded-For counts."""
    peer = request.remote or ""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    return hops[-1].strip() or peer if _is_private(peer) else peer


def _is_private(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
