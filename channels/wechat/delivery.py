"""Delivers one due reply to a user of the official account: by customer-service messages, else told by a notice, and kept until the user writes again."""

from __future__ import annotations

import asyncio
import logging
import time
from random import SystemRandom

from prometheus_client import Counter

from channels.outlet import Outcome
from channels.wechat.api import PlatformApi
from channels.wechat.cutting import LIMIT
from channels.wechat.errcodes import PAUSE_MS, advice, treatment
from channels.wechat.notices import Notices, read_templates
from channels.wechat.outgoing import Outgoing
from channels.wechat.pictures import Pictures
from channels.wechat.sent_pictures import SentPictures
from store.ledger import Ledger
from store.message import Bubble
from store.pace import Pace
from store.redis import Redis
from store.sending import Notes
from weijing.errors import PlatformError
from weijing.settings import Settings

log = logging.getLogger(__name__)

ATTEMPTS = 5
"""So often a call may fail with an errcode that says nothing to us."""
SHORTER = LIMIT // 2
"""Bytes of a text after the platform has called one too long (45002)."""
_PAUSE_MS, _LONGEST_MS = 1_000, 600_000
_PATIENCE_MS = 5_000
"""Longer than this the pace is not waited for with a reply in hand."""
_NO_RIGHT_S = 600.0
_RANDOM = SystemRandom()

DOUBLES = Counter("weijing_last_hop_doubles_total", "Customer-service messages sent again because nobody knows whether they went")


class WeChatOutlet:
    """Delivers to users of the official account, for one sender.

    Args:
        pace: of the account's calls.
        verified: the account may send customer-service messages; else everything is held.
    """

    def __init__(self, redis: Redis, api: PlatformApi, pace: Pace, pictures: Pictures, notices: Notices, *, verified: bool) -> None:
        self._redis, self._api, self._pace, self._pictures, self._notices = redis, api, pace, pictures, notices
        self._ledger = Ledger(redis)
        self._verified = verified
        self._no_right_until = 0.0

    async def deliver(self, openid: str, message_key: str, bubbles: tuple[Bubble, ...], attempt: int) -> Outcome:
        """Send what is not sent yet of a reply.

        Raises:
            StoreUnavailable: Redis did not answer; the reply is due again when its time runs out.
        """
        del attempt  # a reply that waited for the pace was taken but not tried: the notes count failures
        notes = Notes(self._redis, openid, message_key)
        reply = Outgoing(openid, notes, await notes.read(), list(bubbles), self._pictures.owned)
        if reply.noted.calling:
            DOUBLES.inc()
        if not self._verified or time.monotonic() < self._no_right_until:
            return await self._hold(reply, 48001)
        try:
            return await self._send(reply)
        except PlatformError as error:
            return await self._failed(reply, error)

    async def _send(self, reply: Outgoing) -> Outcome:
        """Send the messages in order; how many went is noted, so that a retry does not repeat them."""
        await reply.shape((await self._ledger.read(reply.openid)).left)
        while reply.done < len(reply.parts):
            if (await self._ledger.read(reply.openid)).left == 0:
                return await self._hold(reply, 45047)
            part = reply.parts[reply.done]
            message = part.filled(await self._pictures.media_id(part.picture) if part.picture else "")
            wait = await self._pace.take(_PATIENCE_MS)
            if wait < 0:
                return Outcome("retry", pause=_jittered(-wait))
            await asyncio.sleep(wait / 1000)
            await reply.notes.begin()
            await self._api.send(reply.openid, message)
            reply.done += 1
            await reply.notes.went(reply.done)
            await self._ledger.take(reply.openid)
        return await self._hold(reply, 45047) if reply.rest else Outcome("sent")

    async def _hold(self, reply: Outgoing, errcode: int) -> Outcome:
        """Keep what did not go until the user writes; a notice, where there is one for it, tells that it waits."""
        via = "customer_service"
        if not reply.noted.noticed and await self._notices.wanted(reply.openid, reply.noted.kind):
            wait = await self._pace.take(_PATIENCE_MS)
            if wait < 0:
                return Outcome("retry", pause=_jittered(-wait))
            await asyncio.sleep(wait / 1000)
            try:
                if await self._notices.tell(reply.openid, reply.noted.kind, reply.bubbles):
                    await reply.notes.notice()
                    via = "notice"
            except PlatformError as error:
                return await self._again(error, await reply.notes.failed())
        return Outcome("held", errcode, via=via, rest=reply.unsent())

    async def _failed(self, reply: Outgoing, error: PlatformError) -> Outcome:
        kind = treatment(error.errcode)
        if kind == "hold":
            await self._ledger.empty(reply.openid)
            return await self._hold(reply, error.errcode)
        if kind == "no_right":
            self._lose_right()
            return await self._hold(reply, error.errcode)
        failures = await reply.notes.failed(known=not error.uncertain)
        if kind == "shorten" and not reply.noted.limit:
            await reply.shorten(SHORTER)
            return Outcome("retry", error.errcode, _PAUSE_MS)
        if kind in {"dead", "shorten"} or (kind in {"unknown", "media", "refused"} and failures >= ATTEMPTS):
            return Outcome("dead", error.errcode)
        if kind == "media":
            await self._pictures.forget(reply.parts[reply.done].picture)
        return await self._again(error, failures)

    async def _again(self, error: PlatformError, failures: int) -> Outcome:
        """Try again later; a used-up quota stops the whole account."""
        pause = PAUSE_MS.get(error.errcode, 0)
        if pause:
            await self._pace.pause(pause)
            log.error("no message goes out for %d s: %s", pause // 1000, advice(error.errcode))
        return Outcome("retry", error.errcode, _jittered(pause or min(_PAUSE_MS * 2 ** min(failures, 16), _LONGEST_MS)))

    def _lose_right(self) -> None:
        """Asking again for each message would help nobody."""
        self._no_right_until = time.monotonic() + _NO_RIGHT_S
        log.error("everything is kept until users write: %s", advice(48001))


def wechat_outlet(redis: Redis, settings: Settings, api: PlatformApi, pace: Pace, sent: SentPictures | None = None) -> WeChatOutlet:
    """The outlet of the account in the settings.

    Args:
        sent: pictures that staff sent.

    Raises:
        SettingsError: WECHAT_NOTICE_TEMPLATES names an unknown kind, or no template.
    """
    notices = Notices(redis, api, read_templates(settings.wechat_notice_templates))
    return WeChatOutlet(redis, api, pace, Pictures(redis, api, settings, sent=sent), notices, verified=settings.wechat_verified)


def _jittered(ms: int) -> int:
    return int(ms * _RANDOM.uniform(0.8, 1.2))
