"""Calls of the government service API by the board and the pages of content, with words that staff read when one does not succeed."""

from __future__ import annotations

from typing import Any

import aiohttp

from console.api import Json, call
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

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
            return await call(self._http, method, path, **more)
        except BackendRefused as error:
            raise refused(error) from error


def refused(error: BackendRefused) -> DeskRefused:
    """A problem of the API as words of the desk; what is refused without words of ours names the field that the API names."""
    title, words = _WORDS.get(error.problem, ("没有办成", f"接口没有接受：{error.detail or error.problem}"))
    return DeskRefused(title, words, error.status if error.status in (404, 409, 422, 429) else 422)
