"""Service items as staff look for them: by name, by alias in the summary, by the first letters of the pinyin."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession
from pypinyin import Style, lazy_pinyin

KEEP_S = 60.0
MOST = 8


@dataclass(frozen=True)
class Found:
    """A service item in a list."""

    id: str
    name: str
    category: str
    summary: str
    letters: str

    def holds(self, sought: str) -> bool:
        """Whether the words stand in the name, its initials or the summary."""
        return sought in self.name.lower() or sought in self.letters or (len(sought) > 1 and sought in self.summary)


class Items:
    """The catalogue of the government service API, kept for a minute; while it is away the last one is used.

    Args:
        http: of the government service API.
    """

    def __init__(self, http: ClientSession) -> None:
        self._http = http
        self._all: dict[str, Found] = {}
        self._until = 0.0

    async def name(self, id_: str | None) -> str:
        """The name of an item; its id when the catalogue cannot be had or does not know it."""
        if not id_:
            return ""
        found = (await self._catalogue()).get(id_)
        return found.name if found else id_

    async def search(self, words: str) -> list[Found]:
        """Those whose name or initials hold the words, those that begin with them first; without words the first few."""
        sought = words.strip().lower().replace(" ", "")
        found = [one for one in (await self._catalogue()).values() if one.holds(sought)]
        return sorted(found, key=lambda one: (not (one.name.startswith(sought) or one.letters.startswith(sought)), len(one.name)))[:MOST]

    async def item(self, id_: str) -> Mapping[str, Any] | None:
        """The whole item; None when there is none or the API is away."""
        found: Mapping[str, Any] | None = await self._get(f"/v1/service-items/{id_}")
        return found

    async def matters(self, openid: str) -> Mapping[str, Any] | None:
        """What the citizen has under way (`bound`, `matters`), with `rated`: number -> whether he rated it; None while the API is away."""
        matters = await self._get(f"/v1/users/{openid}/matters")
        ratable = await self._get(f"/v1/users/{openid}/ratable") if matters else None
        rated = {one["number"]: one["rated"] for one in ratable["matters"]} if ratable else {}
        return {**matters, "rated": rated} if matters else None

    async def _catalogue(self) -> dict[str, Found]:
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + KEEP_S
            answer = await self._get("/v1/service-items")
            if answer is not None:
                self._all = {one["id"]: Found(one["id"], one["name"], one["category"], one["summary"], initials(one["name"])) for one in answer["items"]}
        return self._all

    async def _get(self, path: str) -> Any:
        try:
            async with self._http.get(path) as response:
                return await response.json() if response.status == 200 else None
        except (ClientError, asyncio.TimeoutError, ValueError):
            return None


def initials(name: str) -> str:
    """`sfzbl` for 身份证补领."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
