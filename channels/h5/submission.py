"""A form that was sent becomes one message in the inbox; the page waits for the turn's reply as a push of WeChat's does."""

from __future__ import annotations

import asyncio
import hmac
import json
from contextlib import suppress

from async_timeout import timeout

from channels.wechat.waits import Waits
from store.batch import BatchedScripts
from store.message import Message
from store.redis import Redis
from store.turns import Claim, Turns, now_ms
from weijing.errors import StoreUnavailable

WAIT_S = 8.0
"""So long a page waits for the reply; then it comes in the chat."""


class Submissions:
    """Sends forms for one edge.

    Args:
        edge: the edge's id.
        key: `settings.derived_key("h5-form")`.
    """

    def __init__(self, redis: Redis, waits: Waits, edge: str, key: bytes, *, wait: float = WAIT_S) -> None:
        self._turns, self._waits, self._edge, self._key, self._wait = Turns(redis, BatchedScripts(redis)), waits, edge, key, wait

    def message(self, openid: str, form: str, nonce: str, data: dict[str, str]) -> Message:
        """The message of a form: the same fields of the same form are the same message, whatever is pressed how often; changed fields are another."""
        text = json.dumps([openid, form, nonce, data], sort_keys=True, ensure_ascii=False)
        key = hmac.new(self._key, text.encode("utf-8", "surrogateescape"), "sha256").hexdigest()[:32]
        return Message(key, openid, kind="form", event_key=form, data=data, at=now_ms())

    async def ask(self, message: Message) -> Claim:
        """Send it and wait; a claim of state `reply` is to be confirmed once the page is on the wire.

        Raises:
            StoreUnavailable: not known to be sent.
        """
        with self._waits.watch(message.key) as watch:
            told = not (await self._turns.accept(message, self._edge)).new
            with suppress(asyncio.TimeoutError):
                async with timeout(self._wait):
                    while True:
                        if not told:
                            await watch.told()
                        claim = await self._turns.claim(message.openid, message.key)
                        if claim.state != "pending":
                            return claim
                        told = False
            return await self._turns.claim(message.openid, message.key, late=True)

    async def tell(self, message: Message) -> None:
        """Send it; the reply belongs into the chat, so the sender has it.

        Raises:
            StoreUnavailable: not known to be sent.
        """
        await self._turns.accept(message, self._edge)
        with suppress(StoreUnavailable):  # sent is sent: then the reply only takes a little longer
            await self._turns.claim(message.openid, message.key, late=True)

    async def confirm(self, message: Message) -> None:
        """The page is on the wire."""
        with suppress(StoreUnavailable):  # the sender then says it once more
            await self._turns.confirm(message.openid, message.key)
