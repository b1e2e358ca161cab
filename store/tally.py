"""Counts what an address or a visitor asks of us, in Redis over all edges. Each window of time has a counter of its own, so that none needs care."""

from __future__ import annotations

import hashlib
import ipaddress
import time

from aiohttp import web

from store.redis import FAULTS, Redis, unavailable
from weijing.errors import SettingsError


class Tally:
    """The counters.

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

    async def over(self, what: str, who: str, count: int, seconds: int) -> int:
        """Count one; returns 0, or the seconds to wait when it is more than `count` in these `seconds`.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        now = time.time()
        digest = hashlib.sha256(who.encode()).hexdigest()[:24]  # neither addresses nor openids lie about in Redis
        name = f"wj:limit:{what}:{digest}:{int(now // seconds)}"
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.incr(name)
            pipe.expire(name, seconds + 1)
            counted, _ = await pipe.execute()
        except FAULTS as error:
            raise unavailable(error) from error
        return int(seconds - now % seconds) + 1 if counted > count else 0

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
