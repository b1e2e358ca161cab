"""One call of the government service API by the console: its answer, or why there is none. `backend/openapi.yaml` is the truth about both."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp

from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

Json = dict[str, Any]
"""A body as the API defines it."""

AWAY = ("政务服务接口暂时连不上", "没有办成，也没有丢，请过一会儿再试。")
"""What staff read when it does not answer."""


async def call(http: aiohttp.ClientSession, method: str, path: str, **more: Any) -> Json:
    """Ask once.

    Args:
        http: bound to the base address, with the bearer token.
        more: as `aiohttp.ClientSession.request` takes it.

    Raises:
        BackendUnavailable: no answer, one that is no answer, or one about the console itself (401, 403: see BACKEND_TOKEN); the log has the cause.
        BackendRefused: the request was refused (4xx).
    """
    try:
        async with http.request(method, path, **more) as response:
            answer: Json = await response.json(content_type=None)
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
        raise _away(method, path, type(error).__name__) from error
    if response.status >= 500 or response.status in (401, 403):
        raise _away(method, path, f"answered {response.status}; see the backend's log and BACKEND_TOKEN")
    if response.status >= 400:
        raise BackendRefused(str(answer.get("title", "refused")), response.status, str(answer.get("code", "")), str(answer.get("detail", "")))
    return answer


def _away(method: str, path: str, cause: str) -> BackendUnavailable:
    log.warning("%s %s of the government service API: %s", method, path.partition("?")[0], cause)
    return BackendUnavailable("。".join(AWAY))
