"""A reply on its way out: its messages, how many of them went, and what of it waits."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.wechat.cutting import LIMIT, fit, pieces
from channels.wechat.parts import Owned, Part, pack
from channels.wechat.passive import ASK_FOR_REST
from channels.wechat.render import number, passive_text
from store.message import Bubble
from store.sending import Notes, Sending

MANY = 3
"""More messages than this for one reply: everything goes into texts, with links for pictures, cards and buttons."""


@dataclass
class Outgoing:
    """One reply.

    Args:
        bubbles: of the reply as stored.
        noted: what the sender noted of it before.
        owned: see `channels.wechat.parts.pack`.
        done: messages that went.
        rest: bubbles that follow when the user writes.
    """

    openid: str
    notes: Notes
    noted: Sending
    bubbles: list[Bubble]
    owned: Owned
    parts: list[Part] = field(init=False)
    done: int = field(init=False)
    rest: tuple[Bubble, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.parts, self.done, self.rest = pack(number(self.bubbles), self.owned, self._limit), self.noted.parts, self.noted.rest

    @property
    def _limit(self) -> int:
        return self.noted.limit or LIMIT

    def unsent(self) -> tuple[Bubble, ...] | None:
        """What did not go; None when that is all of it."""
        if not self.done and not self.rest:
            return None
        return (*(_unnumbered(bubble) for part in self.parts[self.done :] for bubble in part.bubbles), *self.rest)

    async def shape(self, left: int | None) -> None:
        """Before the first message: fit the reply into what the platform still takes. A shape that differs is stored, so that every sender cuts it the same.

        Args:
            left: messages that may go, None when nobody knows.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        if self.done or self.rest or left == 0 or len(self.parts) <= (MANY if left is None else min(left, MANY)):
            return
        text = passive_text(number(self.bubbles))
        count = len(pieces(text, self._limit))
        if left is not None and count > left:
            allowed, rest = fit(text, left, ASK_FOR_REST, self._limit)
            await self._reshape([{"text": allowed}], [{"text": rest}], self.noted.limit)
        elif count < len(self.parts):
            await self._reshape([{"text": text}], [], self.noted.limit)

    async def shorten(self, limit: int) -> None:
        """Cut what did not go to a smaller limit (bytes).

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._reshape([bubble for part in self.parts[self.done :] for bubble in part.bubbles], self.rest, limit)

    async def _reshape(self, reply: list[Bubble], rest: list[Bubble] | tuple[Bubble, ...], limit: int) -> None:
        await self.notes.reshape(reply, rest, limit=limit)
        self.bubbles, self.rest, self.done = reply, tuple(rest), 0
        self.parts = pack(number(reply), self.owned, limit or LIMIT)


def _unnumbered(bubble: Bubble) -> Bubble:
    """The next reply numbers its buttons anew."""
    if not bubble.get("buttons"):
        return bubble
    return {**bubble, "buttons": [{name: value for name, value in button.items() if name != "number"} for button in bubble["buttons"]]}
