"""The quota ledger: how many customer-service messages the platform still takes for a user.

5 in 48 h after a message of the user's; 3 in 1 minute after a menu click, a follow or a scan. They do not add up, so a message sent counts in
every window that is open (客服消息下发条数, since 2023-06). `accept` notes contacts in its own round trip; the sender asks here before it calls. The
platform's errcode has the last word: an allowance that we do not know of (`None`) is tried.
"""

from __future__ import annotations

from typing import Literal

from store.keys import key, partition
from store.redis import Redis
from store.scripts import Scripts
from store.turns import now_ms

Contact = Literal["", "message", "tap"]

WINDOWS: dict[str, tuple[int, int]] = {"message": (48 * 3600 * 1000, 5), "tap": (60 * 1000, 3)}
"""Contact -> (ms, messages) that it allows."""


class Ledger:
    """The ledger of one client."""

    def __init__(self, redis: Redis) -> None:
        self._scripts = Scripts(redis)

    async def note(self, openid: str, contact: Contact, at: int | None = None) -> None:
        """The user did something: its window starts anew.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        await self._run(openid, "note", [contact, *_window(contact, at)])

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
