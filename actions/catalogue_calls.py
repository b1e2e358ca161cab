"""The calls of the government service API by which the catalogue is followed: never from the cache."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class CatalogueCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def catalogue(self) -> Json:
        """`items` (the active ones in brief) and `version`."""
        return await self._call("GET", "/v1/service-items")

    async def catalogue_item(self, item_id: str) -> Json:
        """The whole item as it is now."""
        return await self._call("GET", f"/v1/service-items/{quote(item_id, safe='')}")
