"""The only HTTP client of the government service API (docs/contracts.md; `backend/openapi.yaml` is the truth)."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote

import aiohttp
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from actions.appointment_calls import AppointmentCalls
from actions.catalogue_calls import CatalogueCalls
from actions.feedback_calls import FeedbackCalls
from actions.filing_calls import FilingCalls
from actions.matter_calls import MatterCalls
from actions.notice_calls import NoticeCalls
from actions.report_calls import ReportCalls
from actions.ride_calls import RideCalls
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable
from weijing.settings import load_settings

Json = dict[str, Any]
"""A body as the API defines it."""

TOTAL_S = 2.5
"""Limit of a call with its retry, inside the action's 3 s."""
CACHE_S = 20.0
"""How long a service item is kept: one that is switched off must be gone within a minute."""


class Backend(AppointmentCalls, CatalogueCalls, FeedbackCalls, FilingCalls, MatterCalls, NoticeCalls, ReportCalls, RideCalls):
    """Typed calls; each raises `BackendUnavailable` (no answer, 5xx, token refused) or `BackendRefused` (any other 4xx).

    Args:
        session: bound to the base URL, with the bearer token.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._cache: dict[str, tuple[float, Json]] = {}

    async def service_items(self) -> list[Json]:
        """id, name, category and summary of every active item; kept for 20 s."""
        items: list[Json] = (await self._cached("/v1/service-items"))["items"]
        return items

    async def service_item(self, item_id: str) -> Json:
        """The whole item with `active` and `expired`; kept for 20 s."""
        return await self._cached(f"/v1/service-items/{quote(item_id, safe='')}")

    async def application_progress(self, application_no: str, kind: str, proof: str) -> Json:
        """How far an application is; `kind` of proof is `id_number`, `phone` or `query_code`."""
        body = {"proof": {"kind": kind, "value": proof}}
        return await self._call("POST", f"/v1/applications/{quote(application_no, safe='')}/progress-queries", body)

    async def case_progress(self, case_no: str, kind: str, proof: str) -> Json:
        """How far a case is; proofs as for an application."""
        return await self._call("POST", f"/v1/cases/{quote(case_no, safe='')}/progress-queries", {"proof": {"kind": kind, "value": proof}})

    async def matters(self, openid: str) -> Json:
        """Whether the openid is bound, and then its matters, newest first."""
        return await self._call("GET", f"/v1/users/{quote(openid, safe='')}/matters")

    async def subscribe(self, openid: str, number: str) -> Json:
        """Tell this user of changes to a matter; may be repeated."""
        return await self._call("PUT", f"/v1/users/{quote(openid, safe='')}/subscriptions/{quote(number, safe='')}")

    async def unsubscribe(self, openid: str) -> Json:
        """Tell this user of no changes any more; may be repeated."""
        return await self._call("DELETE", f"/v1/users/{quote(openid, safe='')}/subscriptions")

    async def changes(self, after: int) -> Json:
        """`changes` after this id, oldest first, one for each subscriber, and `newest`, the newest id that was ever given."""
        return await self._call("GET", f"/v1/changes?after={after}")

    async def bind_identity(self, details: Json, key: str) -> Json:
        """Bind an openid to the person of these details; answers the masked name."""
        return await self._call("POST", "/v1/identities", details, key)

    async def unbind_identity(self, openid: str) -> Json:
        """Forget the binding; may be repeated."""
        return await self._call("DELETE", f"/v1/identities/{quote(openid, safe='')}")


    async def offices(self, lat: str, lng: str, limit: int) -> list[Json]:
        """The nearest offices to a place (GCJ-02)."""
        offices: list[Json] = (await self._call("GET", f"/v1/offices?lat={quote(lat)}&lng={quote(lng)}&limit={limit}"))["offices"]
        return offices

    async def offices_named(self, words: str, limit: int) -> list[Json]:
        """The offices whose name, address or services hold every one of these words."""
        offices: list[Json] = (await self._call("GET", f"/v1/offices?q={quote(words, safe='')}&limit={limit}"))["offices"]
        return offices

    async def deliver(self, method: str, path: str, body: Json, key: str) -> Json:
        """Make a call that a turn kept; its body holds raw values already."""
        return await self._call(method, path, body, key)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _cached(self, path: str) -> Json:
        until, body = self._cache.get(path, (0.0, {}))
        if time.monotonic() >= until:
            body = await self._call("GET", path)
            self._cache[path] = (time.monotonic() + CACHE_S, body)
        return body

    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call in at most 2.5 s, tried twice when the connection fails and a second try can do no harm."""
        tries = stop_after_attempt(2 if method != "POST" or key else 1)
        retrying = AsyncRetrying(stop=tries, retry=retry_if_exception_type(aiohttp.ClientConnectionError), reraise=True)
        try:
            answer: Json = await asyncio.wait_for(retrying(self._once, method, path, revealed(body), key), TOTAL_S)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise BackendUnavailable(f"{method} {path}: {type(error).__name__}; see whether BACKEND_URL answers") from error
        return answer

    async def _once(self, method: str, path: str, body: Json | None, key: str) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        async with self._session.request(method, path, json=body, headers=headers) as response:
            if response.status >= 500 or response.status in (401, 403):
                raise BackendUnavailable(f"{method} {path} answered {response.status}; see the backend's log and BACKEND_TOKEN")
            answer: Json = await response.json(content_type=None)
            if response.status >= 400:
                raise BackendRefused(str(answer.get("title", "refused")), response.status, str(answer.get("code", "")), str(answer.get("detail", "")))
            return answer


def defer_report(report: Json, key: str) -> None:
    """Keep a report that cannot be filed now; it is committed with the turn and delivered with the same key."""
    current().defer("POST", "/v1/reports", revealed(report), key, "report")


def revealed(value: Any) -> Any:
    """The same body with every mask opened; only here do raw values leave the vault."""
    if isinstance(value, dict):
        return {name: revealed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [revealed(one) for one in value]
    return current().reveal(value) if isinstance(value, str) else value


class OnlyReading(Backend):
    """For trying a model out: what would change something is answered as if the service were away."""

    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        if method != "GET":
            raise BackendUnavailable(f"{method} {path}: nothing is changed while a model is tried out")
        return await super()._call(method, path, body, key)


_open: tuple[asyncio.AbstractEventLoop, Backend] | None = None


def backend() -> Backend:
    """The process's client, made at its first use in the running loop, so that a fork never shares one."""
    global _open
    loop = asyncio.get_running_loop()
    if _open is None or _open[0] is not loop:
        settings = load_settings()
        kind = OnlyReading if settings.backend_read_only else Backend
        headers = {"Authorization": f"Bearer {settings.backend_token.get_secret_value()}"}
        timeout = aiohttp.ClientTimeout(total=TOTAL_S)
        _open = (loop, kind(aiohttp.ClientSession(settings.backend_base, headers=headers, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())))
    return _open[1]
