"""The quota ledger: how many customer-service messages the platform still takes for a user.

5 in 48 h after a message of the user's; 3 in 1 minute after a menu click, a follow or a scan. They do not add up, so a message sent counts in
every window that is open (客服消息下发条数, since 2023-06). `accept` notes contacts in its own round trip; the sender asks here before it calls. The
platform's errcode has the last word: an allowance that we do not know of (`None`) is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from store.keys import key, partition
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import now_ms

Contact = Literal["", "message", "tap"]

WINDOWS: dict[str, tuple[int, int]] = {"message": (48 * 3600 * 1000, 5), "tap": (60 * 1000, 3)}
"""Contact -> (ms, messages) that it allows."""


@dataclass(frozen=True)
class Allowance:
    """What the platform still takes for a user.

    Args:
        left: messages, or None when no contact is known.
        until: ms since the epoch; 0 when nothing may go.
    """

    left: int | None
    until: int = 0


class Ledger:
    """The ledger of one client."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)

    async def note(self, openid: str, contact: Contact, at: int | None = None) -> None:
        """The user did something: its window starts anew.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._run(openid, "note", [contact, *_window(contact, at)])

    async def read(self, openid: str) -> Allowance:
        """What is left and until when; nothing is taken.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        try:
            noted = await self._redis.hgetall(key(partition(openid), "quota", openid))
        except FAULTS as error:
            raise unavailable(error) from error
        if not noted:
            return Allowance(None)
        windows = [(int(noted.get(f"{contact}_until", 0)), int(noted.get(f"{contact}_left", 0))) for contact in WINDOWS]
        lasting = [(until, left) for until, left in windows if until > now_ms() and left > 0]
        return Allowance(max((left for _, left in lasting), default=0), max((until for until, _ in lasting), default=0))

    async def take(self, openid: str) -> int | None:
        """Count one message in every open window; returns how many are left, -1 when none may go, None when no contact is known.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        left = await self._run(openid, "take", [now_ms()])
        return None if left == "unknown" else int(left)

    async def empty(self, openid: str) -> None:
        """The platform says that nothing may go: nothing more is tried until the user's next contact.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._run(openid, "empty", [])

    async def _run(self, openid: str, step: str, arguments: list[str | int]) -> str:
        return str(await self._scripts.run("ledger", [key(partition(openid), "quota", openid)], [step, *arguments]))


def contact_arguments(contact: Contact, at: int) -> list[str | int]:
    """What `accept` passes to Redis to note a contact: name, end of its window (ms), messages."""
    return [contact, *_window(contact, at)] if contact else ["", 0, 0]


def _window(contact: Contact, at: int | None) -> list[str | int]:
    length, count = WINDOWS[contact]
    return [(at or now_ms()) + length, count]
