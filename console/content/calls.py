"""Calls of the government service API by the board and the pages of content, with words that staff read when one does not succeed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp

from weijing.errors import BackendUnavailable
from weijing.refusals import DeskRefused

log = logging.getLogger(__name__)

Json = dict[str, Any]
AWAY = "政务服务接口暂时连不上"
_WORDS = {
    "not_found": ("没有找到", "它可能已被撤下。请刷新列表再看。"),
    "already_answered": ("已经有人回答了", "题目不能再改。可以改标题、说明和起止日期，或另做一份。"),
    "in_progress": ("正在办理同一个请求", "请过几秒再看结果。"),
    "idempotency_key_reused": ("这一页已经提交过别的内容", "请刷新页面再填。"),
    "rate_limited": ("点得太快了", "请过几秒再试。"),
}  # fmt: skip
"""The problem's code -> what happened, and what to do."""


class Calls:
    """The API by the console's client.

    Args:
        http: bound to the base address, with the bearer token.
    """

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def get(self, path: str, **query: str) -> Json:
        """Read; empty values of the query are left out.

        Raises:
            BackendUnavailable: no answer, or one that is no answer.
            DeskRefused: it was refused, in words.
        """
        return await self._call("GET", path, params={name: value for name, value in query.items() if value})

    async def post(self, path: str, body: Json, key: str) -> Json:
        """Do it once for this key; raises as `get` does."""
        return await self._call("POST", path, json=body, headers={"Idempotency-Key": key})

    async def put(self, path: str, body: Json) -> Json:
        """Set it; raises as `get` does."""
        return await self._call("PUT", path, json=body)

    async def _call(self, method: str, path: str, **more: Any) -> Json:
        try:
            async with self._http.request(method, path, **more) as response:
                answer: Json = await response.json(content_type=None)
                status = response.status
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            log.warning("%s %s: %s", method, path.partition("?")[0], type(error).__name__)
            raise BackendUnavailable(f"{AWAY}。没有办成，也没有丢，请过一会儿再试。") from error
        if status >= 500 or status in (401, 403):
            log.warning("%s %s answered %d; see the backend's log and BACKEND_TOKEN", method, path, status)
            raise BackendUnavailable(f"{AWAY}。没有办成，也没有丢，请过一会儿再试。")
        if status >= 400:
            raise refused(status, answer)
        return answer


def refused(status: int, answer: Json) -> DeskRefused:
    """A problem of the API as words of the desk; what is refused without words of ours names the field that the API names."""
    code = str(answer.get("code", ""))
    title, words = _WORDS.get(code, ("没有办成", f"接口没有接受：{answer.get('detail', code)}"))
    return DeskRefused(title, words, status if status in (404, 409, 422, 429) else 422)
