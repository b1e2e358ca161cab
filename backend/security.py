"""Who may call: one bearer token, compared in constant time, and a limit that only a runaway caller meets."""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Collection

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from backend.problems import Problem

RATE = 500.0
"""Requests a second that the token may make for long; above what one bot makes on one machine."""
BURST = 2000
"""Requests it may make at once after a pause."""


class Bucket:
    """A token bucket of this process."""

    def __init__(self, rate: float = RATE, burst: int = BURST) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = time.monotonic()

    def take(self) -> float:
        """Take one; returns 0, or the seconds to wait when it is empty."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0


def guard(token: str, public: Collection[str], bucket: Bucket) -> Middleware:
    """A middleware that lets through the public paths and whoever has the token, unknown paths included."""
    expected = token.encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in public:
            scheme, _, value = request.headers.get("Authorization", "").partition(" ")
            given = value.strip().encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, expected) or scheme.lower() != "bearer":
                raise Problem(401, "unauthorized", "Send the value of BACKEND_TOKEN as bearer token.", {"WWW-Authenticate": "Bearer"})
            if wait := bucket.take():
                raise Problem(429, "rate_limited", "Too many requests; slow down.", {"Retry-After": str(math.ceil(wait))})
        return await handler(request)

    return check
