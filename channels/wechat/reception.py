"""What a verified push gets as its answer: the emergency card, the turn's reply, or an honest word that it comes later or was not received."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from async_timeout import timeout_at

from channels.pressure import Pressure
from channels.wechat.answer import BUSY, LATER, LATER_UNVERIFIED, UNSURE, Answer
from channels.wechat.duties import Duties
from channels.wechat.passive import compose
from channels.wechat.push import Push
from channels.wechat.runouts import EXTRA_S, REQUESTS, RunOuts
from channels.wechat.waits import Waits, Watch
from store.batch import BatchedScripts
from store.consents import note_consents
from store.erase import erase_user, revoke_profile
from store.ledger import contact_arguments
from store.message import Message
from store.redis import Redis, was_refused
from store.turns import Accepted, Claim, Turns
from weijing.emergency import screen
from weijing.errors import StoreUnavailable

log = logging.getLogger(__name__)

CARD_WAIT_S = 1.0
"""The card does not wait longer for the message to be accepted."""
_MARGIN_S = 0.25
_RETRY_S = 0.1

DUTIES = {"unsubscribe": erase_user, "revoke": revoke_profile, "consent": note_consents}
"""What a push asks for beside an answer."""

T = TypeVar("T")


class Reception:
    """Answers pushes for one edge.

    Args:
        redis: the client; its command time-out is well under the deadline.
        edge: the edge's id.
        verified: the account may send customer-service messages.
        deadline: seconds from a push's arrival to its answer.
        crowd: above so many waiting pushes the reply is left to the sender at once.
        pressure: of the process; under it too, and under more of it a push is not taken.
    """

    def __init__(self, redis: Redis, waits: Waits, edge: str, *, verified: bool, deadline: float, crowd: int, pressure: Pressure) -> None:
        self._redis, self._waits, self._edge, self._verified, self._crowd = redis, waits, edge, verified, crowd
        self._pressure = pressure
        self._turns, self._duties, self._run_outs = Turns(redis, BatchedScripts(redis)), Duties(), RunOuts()
        self._deadline, self._margin = deadline, min(_MARGIN_S, deadline / 5)
        self._later = Answer(LATER if verified else LATER_UNVERIFIED, "later")

    async def answer(self, push: Push, arrived: float) -> Answer:
        """The answer, by `arrived` (loop time) + deadline."""
        duty = DUTIES.get(push.deed)
        if duty:
            self._duties.owe(f"{push.deed} {push.message.key}", lambda: duty(self._redis, push.message))
            return Answer(outcome=push.deed)
        if push.deed != "turn":
            if push.note:
                log.info("WeChat tells: %r", push.note)
            return Answer(outcome=push.deed)
        card = screen(push.message.text)
        if card:
            await self._record_emergency(push)
            return Answer(card.text, "card")
        if self._pressure.refuses():
            return Answer(UNSURE, "unsure")  # a repeat may have been taken before
        return await self._turn(push, arrived - self._pressure.behind)

    async def confirm(self, message: Message) -> None:
        """The reply is on the wire."""
        try:
            await self._turns.confirm(message.openid, message.key)
        except StoreUnavailable:
            log.warning("a reply was not confirmed; the sender will send it once more")

    async def close(self) -> None:
        """Give up what is under way."""
        await self._duties.close()

    async def _turn(self, push: Push, arrived: float) -> Answer:
        """Accept, wait and claim. Whatever Redis does, the time is bounded; what is then said depends on whether the message was accepted."""
        until = arrived + self._deadline - self._margin
        with self._waits.watch(push.message.key) as watch:
            try:
                accepted = await _by(until + self._margin / 2, self._accept(push, until))
            except StoreUnavailable as error:
                return Answer(BUSY, "busy") if was_refused(error) else Answer(UNSURE, "unsure")
            with suppress(StoreUnavailable):
                claim = await self._claim(push.message, watch, accepted, until)
                return await _by(_now() + self._margin / 2, self._say(push.message, claim)) if claim else Answer(outcome="run_out")
        return self._later  # accepted and unconfirmed: the sender delivers what we cannot

    async def _accept(self, push: Push, until: float) -> Accepted:
        """Accept, again while the outcome is unknown: a second accept joins the first.

        Raises:
            StoreUnavailable: refused, or unknown when the time was over.
        """
        contact = contact_arguments(push.contact, push.message.at)
        while True:
            try:
                return await self._turns.accept(push.message, self._edge, contact)
            except StoreUnavailable as error:
                if was_refused(error) or _now() + _RETRY_S >= until:
                    raise
                await asyncio.sleep(_RETRY_S)

    async def _claim(self, message: Message, watch: Watch, accepted: Accepted, until: float) -> Claim | None:
        """What there is to answer at `until` or before; None to leave this request to run out.

        Raises:
            StoreUnavailable: at the deadline.
        """
        if self._waits.count <= self._crowd and not self._pressure.crowded:
            claim = await self._ready(message, watch, until, look=not accepted.new)  # a repeat may find its reply lying there; a new message is told
            if claim:
                return claim
            if not self._verified and accepted.request < REQUESTS and self._run_outs.take():
                return await self._ready(message, watch, until + self._margin + EXTRA_S, look=False)
        return await _by(until + self._margin / 2, self._turns.claim(message.openid, message.key, late=True, hold=not self._verified))

    async def _ready(self, message: Message, watch: Watch, until: float, *, look: bool) -> Claim | None:
        """The claim of a finished turn; None at `until`. A Redis that does not answer is waited for.

        Args:
            look: at once, not only when told.
        """
        with suppress(asyncio.TimeoutError):
            async with timeout_at(until):
                while True:
                    if not look:
                        await watch.told()
                    with suppress(StoreUnavailable):
                        claim = await self._turns.claim(message.openid, message.key)
                        if claim.state != "pending":
                            return claim
                    look = False
        return None

    async def _say(self, message: Message, claim: Claim) -> Answer:
        """The answer for a claim.

        Raises:
            StoreUnavailable: what does not fit into the reply was not kept.
        """
        if claim.state == "pending" or (claim.state == "late" and not self._verified):
            return self._later
        if claim.state == "unknown":
            return Answer(BUSY, "busy")  # the store forgot the message: it has lost its data
        if claim.state != "reply":
            return Answer(outcome=claim.state)
        text, rest = compose(claim.bubbles, verified=self._verified)
        if rest:
            await self._turns.post(message.openid, f"{message.key}-rest", rest, kind="rest")
        return Answer(text, "reply", confirm=True)

    async def _record_emergency(self, push: Push) -> None:
        """Accept the message for staff to see; the card goes out whether or not this works, and what failed is tried again behind it."""
        message, contact = replace(push.message, emergency=True), contact_arguments(push.contact, push.message.at)
        try:
            await _by(_now() + min(CARD_WAIT_S, self._deadline / 2), self._turns.accept(message, self._edge, contact))
        except StoreUnavailable as error:
            log.error("an emergency got its card but is not recorded yet: %s", error.message)
            self._duties.owe(f"recording the emergency {message.key}", lambda: self._turns.accept(message, self._edge, contact))


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _by(until: float, step: Awaitable[T]) -> T:
    """The step's result by loop time `until`.

    Raises:
        StoreUnavailable: also when the time is over.
    """
    try:
        async with timeout_at(until):
            return await step
    except asyncio.TimeoutError as error:
        raise StoreUnavailable("Redis did not answer in time; whether the command ran is not known") from error
