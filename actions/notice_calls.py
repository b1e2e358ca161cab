"""The calls of the government service API that are about notices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

Json = dict[str, Any]


class NoticeCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    @abstractmethod
    async def _cached(self, path: str) -> Json:
        """A call whose answer is kept for a moment."""

    async def notices(self, kind: str = "", area: str = "", words: str = "", limit: int = 20) -> list[Json]:
        """The notices in force, pinned ones first, then the newest; of a kind, a district, or with all of these words."""
        query = {"kind": kind, "area": area, "q": words, "limit": str(limit)}
        return list((await self._call("GET", f"/v1/notices?{urlencode({name: value for name, value in query.items() if value})}"))["notices"])

    async def notice_areas(self) -> list[str]:
        """The bureau's districts; kept for 20 s."""
        return list((await self._cached("/v1/notices?limit=1"))["areas"])

    async def notice(self, number: str) -> Json:
        """One notice in force."""
        return await self._call("GET", f"/v1/notices/{quote(number, safe='')}")

    async def notice_subscriptions(self, openid: str) -> list[Json]:
        """What this user wants to hear of: kind and districts, none for everywhere."""
        return list((await self._call("GET", _subscriptions(openid)))["subscriptions"])

    async def subscribe_notices(self, openid: str, kinds: Sequence[str], areas: Sequence[str]) -> list[Json]:
        """Tell this user of notices of these kinds in these districts, or everywhere; answers all subscriptions. May be repeated."""
        return list((await self._call("PUT", _subscriptions(openid), {"kinds": list(kinds), "areas": list(areas)}))["subscriptions"])

    async def unsubscribe_notices(self, openid: str, kind: str = "") -> list[str]:
        """Tell this user of no notices of a kind any more, or of none at all; answers the kinds that ended. May be repeated."""
        return list((await self._call("DELETE", _subscriptions(openid) + (f"?kind={kind}" if kind else "")))["ended"])

    async def notice_deliveries(self, after: int, *, urgent: bool) -> list[Json]:
        """The next deliveries after this id, oldest first, of the urgent notices or of the others."""
        return list((await self._call("GET", f"/v1/notice-deliveries?after={after}&urgent={str(urgent).lower()}"))["deliveries"])


def _subscriptions(openid: str) -> str:
    return f"/v1/users/{quote(openid, safe='')}/notice-subscriptions"
