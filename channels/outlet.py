"""How a reply leaves the house: each channel has one outlet, and the sender asks the one of the user's channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from store.message import Bubble


@dataclass(frozen=True)
class Outcome:
    """`sent`, `held` (until the user writes again), `dead`, or `retry` after `pause` ms.

    Args:
        via: the last hop that was used: `customer_service`, `notice` (a subscription notice has told of what is held) or `webchat`.
        rest: for `held`: what is left of a reply that was sent in part; None for all of it.
    """

    name: Literal["sent", "held", "dead", "retry"]
    errcode: int = 0
    pause: int = 0
    via: str = "customer_service"
    rest: tuple[Bubble, ...] | None = None


class Outlet(Protocol):
    """The last hop of one channel."""

    async def deliver(self, openid: str, message_key: str, bubbles: tuple[Bubble, ...], attempt: int) -> Outcome:
        """Send what is not sent yet of a reply.

        Args:
            attempt: from 1.

        Raises:
            StoreUnavailable: Redis did not answer; the reply is due again when its time runs out.
        """
