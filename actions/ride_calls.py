"""The calls of the government service API that are about rides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class RideCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def own_rides(self, openid: str) -> list[Json]:
        """The rides of this passenger without a word of arrival, the latest first."""
        return list((await self._call("GET", f"/v1/users/{quote(openid, safe='')}/rides"))["rides"])

    async def check_in(self, number: str, openid: str, key: str, expected_at: str = "") -> Json:
        """The passenger has arrived, or will at that moment."""
        return await self._call("POST", check_in_path(number), check_in_body(openid, expected_at), key)

    async def invite_contact(self, number: str, openid: str, key: str) -> str:
        """The code by which a friend may agree; it takes the place of the one before."""
        return str((await self._call("POST", f"{_ride(number)}/invitations", {"openid": openid}, key))["code"])

    async def read_invitation(self, number: str, code: str) -> Json:
        """Who invites, by masked name, and until when; nothing is agreed by it."""
        return await self._call("POST", f"{_ride(number)}/invitation-queries", {"code": code})

    async def agree_as_contact(self, number: str, openid: str, code: str, key: str) -> Json:
        """This user agrees to be told when that ride is overdue."""
        return await self._call("POST", f"{_ride(number)}/contacts", {"openid": openid, "code": code}, key)

    async def end_as_contact(self, openid: str) -> int:
        """This user is nobody's contact any more; answers of how many rides they were."""
        return int((await self._call("DELETE", f"/v1/users/{quote(openid, safe='')}/ride-contacts"))["ended"])

    async def overdue_rides(self, minutes: int) -> list[Json]:
        """The rides expected at least so many minutes ago, with somebody left to tell."""
        return list((await self._call("GET", f"/v1/rides?overdue={minutes}"))["rides"])

    async def mark_ride(self, number: str, stage: str, expected_at: str) -> Json:
        """Note what was said of a ride that was expected at this moment; answers the stage as it is now."""
        return await self._call("PUT", f"{_ride(number)}/stage", {"stage": stage, "expected_at": expected_at})


def check_in_path(number: str) -> str:
    """Where a passenger checks in."""
    return f"{_ride(number)}/check-ins"


def check_in_body(openid: str, expected_at: str = "") -> Json:
    """What is said there."""
    return {"openid": openid, "state": "extended", "expected_at": expected_at} if expected_at else {"openid": openid, "state": "arrived"}


def _ride(number: str) -> str:
    return f"/v1/rides/{quote(number, safe='')}"
