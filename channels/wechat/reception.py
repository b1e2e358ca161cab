"""What a verified push gets as its answer: the emergency card, the turn's reply, or an honest word that it comes later or was not received."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from channels.wechat.passive import compose
from channels.wechat.push import Push
from channels.wechat.waits import Waits, Watch
from store.batch import BatchedScripts
from store.erase import erase_user, revoke_profile
from store.ledger import contact_arguments
from store.message import Message
from store.redis import Redis, end, was_refused
from store.turns import Accepted, Claim, Turns
from weijing.emergency import screen
from weijing.errors import StoreUnavailable

log = logging.getLogger(__name__)

LATER = "已收到，正在办理，稍后回复您。"
LATER_UNVERIFIED = "已收到，正在办理。请稍等片刻，发送任意文字即可查看答复。"
BUSY = "系统正忙，这条消息没有收到，请稍后再发一次。"
UNSURE = "系统正忙，这条消息可能没有收到。如果几分钟内没有答复，请再发一次。"

CARD_WAIT_S = 1.0
"""The card does not wait longer for the message to be accepted."""
_MARGIN_S = 0.25
_RETRY_S = 0.1
_ERASE_PAUSES = (1, 5, 30, 120, 600)

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """The words of the passive reply, empty for `success`.

    Args:
        outcome: label of the metric: card, reply, later, silent, busy, unsure, erased, none.
        confirm: tell the store once it is on the wire.
    """

    text: str = ""
    outcome: str = "none"
    confirm: bool = False


class Reception:
    """Answers pushes for one edge.

    Args:
        redis: the client; its command time-out is well under the deadline.
        edge: the edge's id.
        verified: the account may send customer-service messages.
        deadline: seconds from a push's arrival to its answer.
        crowd: above so many waiting pushes the reply is left to the sender at once.
    """

    def __init__(self, redis: Redis, waits: Waits, edge: str, *, verified: bool, deadline: float, crowd: int) -> None:
        self._redis, self._waits, self._edge, self._verified, self._crowd = redis, waits, edge, verified, crowd
        self._turns = Turns(redis, BatchedScripts(redis))
        self._deadline = deadline
        self._later = LATER if verified else LATER_UNVERIFIED
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, push: Push, arrived: float) -> Answer:
        """The answer, by `arrived` (loop time) + deadline."""
        if push.deed == "none":
            return Answer()
        if push.deed != "turn":
            return self._forget(push)
        card = screen(push.message.text)
        if card:
            await self._note_emergency(push)
            return Answer(card.text, "card")
        return await self._turn(push, arrived + self._deadline)

    async def confirm(self, message: Message) -> None:
        """The reply is on the wire."""
        try:
            await self._turns.confirm(message.openid, message.key)
        except StoreUnavailable:
            log.warning("a reply was not confirmed; the sender will send it once more")

    async def close(self) -> None:
        """Give up what is under way."""
        await end(*self._tasks)

    async def _turn(self, push: Push, until: float) -> Answer:
        """Accept, wait and claim. Whatever Redis does, the time is bounded; what is then said depends on whether the message was accepted."""
        accepted: list[Accepted] = []
        margin = min(_MARGIN_S, self._deadline / 5)
        try:
            return await _bounded(self._steps(push, until - margin, accepted), until - margin / 2)
        except StoreUnavailable as error:
            if accepted:
                return Answer(self._later, "later")  # the sender delivers what we cannot
            return Answer(BUSY, "busy") if was_refused(error) else Answer(UNSURE, "unsure")

    async def _steps(self, push: Push, until: float, accepted: list[Accepted]) -> Answer:
        with self._waits.watch(push.message.key, until) as watch:
            accepted.append(await self._accept(push, until))
            if self._waits.count > self._crowd:
                claim = await self._turns.claim(push.message.openid, push.message.key, late=True)
            else:
                claim = await self._claim_when_ready(push.message, watch, accepted[0])
        return await self._answer_claim(push.message, claim)

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
                if was_refused(error) or asyncio.get_running_loop().time() + _RETRY_S >= until:
                    raise
                await asyncio.sleep(_RETRY_S)

    async def _claim_when_ready(self, message: Message, watch: Watch, accepted: Accepted) -> Claim:
        """Claim when told, and at the deadline.

        Raises:
            StoreUnavailable: at the deadline; before it, a Redis that does not answer is waited for.
        """
        told = not accepted.new  # a repeat may find its reply lying there; a new message is told
        while told or await watch.told():
            with suppress(StoreUnavailable):
                claim = await self._turns.claim(message.openid, message.key)
                if claim.state != "pending":
                    return claim
            told = False
        return await self._turns.claim(message.openid, message.key, late=True)

    async def _answer_claim(self, message: Message, claim: Claim) -> Answer:
        if claim.state == "pending":
            return Answer(self._later, "later")
        if claim.state == "unknown":
            return Answer(BUSY, "busy")  # the store forgot the message: it has lost its data
        if claim.state != "reply":
            return Answer(outcome=claim.state)
        text, rest = compose(claim.bubbles, verified=self._verified)
        if rest:
            try:
                await self._turns.post(message.openid, f"{message.key}-rest", rest, kind="rest")
            except StoreUnavailable:
                return Answer(self._later, "later")  # unconfirmed, so the sender delivers the whole reply
        return Answer(text, "reply", confirm=True)

    async def _note_emergency(self, push: Push) -> None:
        """Accept the message for staff to see; the card goes out whether or not this works."""
        message = replace(push.message, emergency=True)
        until = asyncio.get_running_loop().time() + min(CARD_WAIT_S, self._deadline / 2)
        try:
            await _bounded(self._turns.accept(message, self._edge, contact_arguments(push.contact, message.at)), until)
        except StoreUnavailable as error:
            log.error("an emergency got its card but was not recorded: %s", error.message)

    def _forget(self, push: Push) -> Answer:
        """Erase in the background, again until the store takes it: WeChat does not repeat what we have answered."""
        task = asyncio.create_task(self._erase(push))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return Answer(outcome="erased")

    async def _erase(self, push: Push) -> None:
        erase = erase_user if push.deed == "unsubscribe" else revoke_profile
        for pause in (*_ERASE_PAUSES, 0):
            try:
                await erase(self._redis, push.message)
                return
            except StoreUnavailable as error:
                log.error("a user who left is not erased yet: %s", error.message)
                await asyncio.sleep(pause)


async def _bounded(step: Awaitable[T], until: float) -> T:
    """The step's result by loop time `until`.

    Raises:
        StoreUnavailable: also when the time is over.
    """
    try:
        return await asyncio.wait_for(step, max(0.01, until - asyncio.get_running_loop().time()))
    except asyncio.TimeoutError as error:
        raise StoreUnavailable("Redis did not answer in time; whether the command ran is not known") from error
