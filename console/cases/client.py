"""The only caller of the work items (`/v1/work`, `/v1/units`, `/v1/seal-openings`) of the government service API; `backend/openapi.yaml` is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import aiohttp
from aiohttp import web

from console.api import AWAY, Json, call
from console.context import console_of
from weijing.errors import BackendUnavailable
from weijing.refusals import DeskRefused


@dataclass(frozen=True)
class Unit:
    """A unit that cases are given to; `kind` is desk, department, station, supervision or petitions."""

    id: str
    name: str
    kind: str


class Work:
    """Typed calls; each raises `BackendRefused` for what the API refuses (4xx), and `DeskRefused` (503) when it does not answer."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def page(self, asked: Mapping[str, str]) -> Json:
        """A page: `work`, `next`, `total` (counted up to 1000), `more`."""
        return await self._call("GET", f"/v1/work?{urlencode({name: value for name, value in asked.items() if value})}")

    async def counts(self, by: str, asked: Mapping[str, str]) -> dict[str, tuple[int, bool]]:
        """Value of `by` (`state`, `unit`, `supervision`) -> how many fit, counted up to 1000, and whether there are more."""
        told = await self._call("GET", f"/v1/work/counts?{urlencode({'by': by, **{name: value for name, value in asked.items() if value}})}")
        return {one["value"]: (one["count"], one["more"]) for one in told["counts"]}

    async def read(self, number: str) -> Json:
        """One item, whole."""
        return await self._call("GET", f"/v1/work/{quote(number, safe='')}")

    async def do(self, number: str, deed: str, body: Json, key: str) -> Json:
        """A deed (`transitions assignments asks merges supervisions notes`), once for each key; returns the item as it is now."""
        return await self._call("POST", f"/v1/work/{quote(number, safe='')}/{deed}", body, key)

    async def units(self) -> dict[str, Unit]:
        """The units by id."""
        return {one["id"]: Unit(one["id"], one["name"], one["kind"]) for one in (await self._call("GET", "/v1/units"))["units"]}

    async def openings(self, state: str = "") -> list[Json]:
        """Openings of sealed reporters with every reading, newest first."""
        told: list[Json] = (await self._call("GET", f"/v1/seal-openings{f'?state={quote(state)}' if state else ''}"))["openings"]
        return told

    async def ask_opening(self, number: str, staff: str, reason: str, key: str) -> Json:
        """Ask for the reporter of a sealed report."""
        return await self._call("POST", f"/v1/reports/{quote(number, safe='')}/seal-openings", {"staff": staff, "reason": reason}, key)

    async def approve_opening(self, opening: str, staff: str, key: str) -> Json:
        """Approve what another person asked for."""
        return await self._call("POST", f"/v1/seal-openings/{quote(opening, safe='')}/approval", {"staff": staff}, key)

    async def reporter(self, opening: str, staff: str) -> Json:
        """`name` and `phone`, for the one who asked, for 30 minutes; each reading is written down."""
        return await self._call("GET", f"/v1/seal-openings/{quote(opening, safe='')}/reporter?staff={quote(staff, safe='')}")

    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        try:
            return await call(self._http, method, path, json=body, headers={"Idempotency-Key": key} if key else {})
        except BackendUnavailable as error:
            raise DeskRefused(*AWAY, 503) from error


def work_of(request: web.Request) -> Work:
    """The caller of this console."""
    return Work(console_of(request).http)
