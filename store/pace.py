"""How fast an account may call the platform: one token bucket in Redis for all senders. A quota that is used up empties it for a while."""

from __future__ import annotations

from store.redis import Redis
from store.scripts import Scripts

BURST_S = 20
"""A full bucket holds a quarter of a minute's calls and refills three quarters in a minute: in no minute are there more than the whole."""


class Pace:
    """The pace of one account.

    Args:
        account: names it, e.g. its AppID.
        per_minute: calls that any minute may have.
    """

    def __init__(self, redis: Redis, account: str, per_minute: int) -> None:
        self._scripts = Scripts(redis)
        self._key = f"wj:{{{account}}}:pace"
        self._call_ms = 80_000 / per_minute

    async def take(self, longest_ms: int) -> int:
        """Reserve one call. Returns the ms to wait before it, or the negative wait when that is longer than `longest_ms`; nothing is then reserved.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return await self._run("take", longest_ms)

    async def spare(self) -> bool:
        """Take one call if the bucket is half full at least: for what may as well be left undone.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return await self._run("spare", 0) >= 0

    async def pause(self, ms: int) -> None:
        """Nobody calls for so long; then the pace begins slowly.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._run("pause", ms)

    async def _run(self, step: str, ms: int) -> int:
        return int(await self._scripts.run("pace", [self._key], [step, self._call_ms, BURST_S * 1000, ms]))
