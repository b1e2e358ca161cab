"""Delivers one due reply by customer-service messages and says what became of it."""

from __future__ import annotations

from channels.outlet import Outcome
from channels.wechat.api import PlatformApi
from channels.wechat.render import number, service_messages
from store.keys import key, partition
from store.ledger import Ledger
from store.message import Bubble
from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PlatformError

CLOSED = {45015, 45047, 48001, 48002, 43004}
"""Nothing may go to this user now: kept until the user writes again."""
PASSING = {-1, 45009, 45011}
"""Tried again for as long as it takes: the platform or the day's quota, not the message."""
ATTEMPTS = 5
"""So often an unknown errcode is tried."""
_PAUSE_MS, _LONGEST_MS = 1_000, 600_000


class WeChatOutlet:
    """Delivers to users of the official account, for one sender.

    Args:
        verified: the account may send customer-service messages; else everything is held.
    """

    def __init__(self, redis: Redis, api: PlatformApi, *, verified: bool) -> None:
        self._redis = redis
        self._api = api
        self._ledger = Ledger(redis)
        self._verified = verified

    async def deliver(self, openid: str, message_key: str, bubbles: tuple[Bubble, ...], attempt: int) -> Outcome:
        """Send what is not sent yet of a reply.

        Raises:
            StoreUnavailable: Redis did not answer; the reply is due again when its time runs out.
        """
        if not self._verified:
            return Outcome("held", 48001)
        try:
            await self._send(openid, message_key, bubbles)
        except PlatformError as error:
            return await self._failed(openid, error.errcode, attempt)
        return Outcome("sent")

    async def _send(self, openid: str, message_key: str, bubbles: tuple[Bubble, ...]) -> None:
        """Send the parts in order; how many went is kept, so that a retry does not repeat them."""
        turn = key(partition(openid), "turn", message_key)
        try:
            done = int(await self._redis.hget(turn, "parts") or 0)
            for index, message in enumerate(service_messages(number(bubbles))[done:], start=done + 1):
                left = await self._ledger.take(openid)
                if left == -1:
                    raise PlatformError("the ledger: nothing may go to this user now", 45047)
                await self._api.send(openid, message)
                await self._redis.hset(turn, "parts", index)
        except FAULTS as error:
            raise unavailable(error) from error

    async def _failed(self, openid: str, errcode: int, attempt: int) -> Outcome:
        if errcode in CLOSED:
            await self._ledger.empty(openid)
            return Outcome("held", errcode)
        if errcode not in PASSING and attempt >= ATTEMPTS:
            return Outcome("dead", errcode)
        return Outcome("retry", errcode, min(_PAUSE_MS * 2 ** min(attempt, 16), _LONGEST_MS))
