"""WeChat's API during the storm: takes customer-service messages, and now and then fails before or after it has taken one."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from typing import Any

from aiohttp import web

BUSY = {"errcode": -1, "errmsg": "system error"}
FAILS = 0.03
"""Share of calls answered with errcode -1 (nothing was delivered), and share whose answer is lost (it was)."""


class PlatformApi:
    """The two calls that the sender makes.

    Args:
        seed: of its failures.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.failures = 0

    def application(self) -> web.Application:
        """What listens."""
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/stable_token", self._token), web.post("/cgi-bin/message/custom/send", self._send)])
        app.add_routes([web.post("/cgi-bin/message/custom/typing", self._typing)])
        return app

    async def _token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "token-of-the-storm", "expires_in": 7200})

    async def _typing(self, _: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _send(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        chance = self._random.random()
        self.failures += chance < 2 * FAILS
        if chance < FAILS:
            return web.json_response(BUSY)
        self.sent[body["touser"]].append(words(body))
        return web.Response(status=502) if chance < 2 * FAILS else web.json_response({"errcode": 0, "errmsg": "ok"})


def words(body: dict[str, Any]) -> str:
    """What the phone shows of a customer-service message."""
    content = body[body["msgtype"]]
    return str(content.get("content") or content.get("head_content") or json.dumps(content, ensure_ascii=False))
