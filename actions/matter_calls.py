"""The calls of the government service API that are about a certificate's way, whom an openid stands for, and namesakes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class MatterCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def delivery(self, delivery_no: str, phone_tail: str) -> Json:
        """Where a certificate is, by its postal number and the last four digits of the recipient's phone."""
        return await self._call("POST", f"/v1/deliveries/{quote(delivery_no, safe='')}/progress-queries", {"phone_tail": phone_tail})

    async def identity(self, openid: str) -> Json:
        """Whether the openid is bound, and to whom by masked name and phone."""
        return await self._call("GET", f"/v1/identities/{quote(openid, safe='')}")

    async def namesakes(self, openid: str, names: list[str]) -> Json:
        """The band of each name, and among whom people were counted."""
        return await self._call("POST", "/v1/namesakes", {"openid": openid, "names": names})
