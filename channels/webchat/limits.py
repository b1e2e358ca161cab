"""How much one visitor and one address may ask of us, counted in Redis over all edges. Words that tell of a danger are never counted."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from aiohttp import web

from store.redis import FAULTS, Redis, unavailable
from weijing.errors import ChatRefused, SettingsError


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


class Limits:
    """The counters: one for each window of time, so that none needs care.

    Args:
        trusted: comma-separated networks of our own proxies, whose X-Forwarded-For is believed.

    Raises:
        SettingsError: one is no network.
    """

    def __init__(self, redis: Redis, trusted: str) -> None:
        self._redis = redis
        try:
            self._trusted = [ipaddress.ip_network(network.strip()) for network in trusted.split(",") if network.strip()]
        except ValueError as error:
            raise SettingsError(f"TRUSTED_PROXIES: {error}; write networks such as 10.0.0.0/8") from None

    async def count(self, what: str, who: str) -> None:
        """Count one.

        Raises:
            ChatRefused: 429, with the seconds to wait.
            StoreUnavailable: Redis did not answer.
        """
        limit, now = LIMITS[what], time.time()
        digest = hashlib.sha256(who.encode()).hexdigest()[:24]  # no addresses in Redis
        name = f"wj:limit:{what}:{digest}:{int(now // limit.seconds)}"
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.incr(name)
            pipe.expire(name, limit.seconds + 1)
            counted, _ = await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
        if counted > limit.count:
            raise ChatRefused(limit.words, 429, "limited", retry_after=int(limit.seconds - now % limit.seconds) + 1)

    def address(self, request: web.Request) -> str:
        """Whose request it is: the peer, or what our own proxy says of it. Of an IPv6 address the network (/64), for that is what one home has."""
        hops = [*",".join(request.headers.getall("X-Forwarded-For", [])).split(","), request.remote or ""]
        for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
            try:
                found = ipaddress.ip_address(hop)
            except ValueError:
                return "unknown"
            if not any(found in network for network in self._trusted):
                return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else hop
        return "own"
