"""What the pages read from the government service API: service items, and whether somebody is bound. Nothing is written from here: forms go through the bot."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

import aiohttp

from weijing.errors import BackendUnavailable
from weijing.settings import Settings

CACHE_S = 20.0
"""How long an item is kept: one that is switched off must be gone within a minute."""
TIMEOUT_S = 2.5

Json = dict[str, Any]


class Backend:
    """Reads for one edge; every call raises BackendUnavailable when there is no answer.

    Args:
        http: the edge's HTTP client.
    """

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        self._base, self._http = settings.backend_base, http
        self._headers = {"Authorization": f"Bearer {settings.backend_token.get_secret_value()}"}
        self._cache: dict[str, tuple[float, Json | None]] = {}

    async def service_item(self, item_id: str) -> Json | None:
        """The live item with `active` and `expired`, None when there is no such item."""
        return await self._cached(f"/v1/service-items/{quote(item_id, safe='')}")

    async def names(self) -> dict[str, str]:
        """The names of all active items by id."""
        answer = await self._cached("/v1/service-items") or {"items": []}
        return {item["id"]: item["name"] for item in answer["items"]}

    async def identity(self, openid: str) -> Json:
        """`bound` and the masked `name`."""
        return await self._get(f"/v1/identities/{quote(openid, safe='')}") or {"bound": False, "name": None}

    async def _cached(self, path: str) -> Json | None:
        until, body = self._cache.get(path, (0.0, None))
        if time.monotonic() >= until:
            body = await self._get(path)
            if body is not None:  # what anybody makes up shall not fill our memory
                self._cache[path] = (time.monotonic() + CACHE_S, body)
        return body

    async def _get(self, path: str) -> Json | None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._http.get(self._base + path, headers=self._headers, timeout=timeout) as response:
                if response.status == 404:
                    return None
                if response.status != 200:
                    raise BackendUnavailable(f"the backend answered a page's question with {response.status}; see its log and BACKEND_TOKEN")
                body: Json = json.loads(await response.read())
                return body
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise BackendUnavailable(f"the backend does not answer a page ({type(error).__name__}); see whether BACKEND_URL answers") from None
