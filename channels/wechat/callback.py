"""The callback `/webhooks/wechat/webhook`: WeChat's URL verification (GET) and its pushes (POST). Never a 5xx, never an echo of what was sent."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

from aiohttp import web
from prometheus_client import Counter, Histogram

from channels.wechat.answer import Answer
from channels.wechat.envelope import Envelope, Opened
from channels.wechat.passive import text_reply
from channels.wechat.push import Push, read_push
from channels.wechat.reception import Reception
from weijing.errors import PushForbidden, PushRejected

log = logging.getLogger(__name__)

PATH = "/webhooks/wechat/webhook"
BODY_S = 3.0
"""Seconds in which the body must have arrived; WeChat itself cuts after 5."""
CUT_S = 7.0
"""A request that WeChat was to cut after 5 s, and has not (a proxy between us holds it), is cut here."""
SUCCESS = "success"
"""Tells WeChat that nothing is to be shown and nothing to be repeated."""

PUSHES = Counter("weijing_pushes_total", "Pushes of WeChat by outcome", ["outcome"])
SECONDS = Histogram("weijing_reply_seconds", "From a push's arrival to its answer", buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5))


class Callback:
    """The two handlers.

    Args:
        envelope: verifies, opens and seals.
        reception: finds the answer.
        kill_text: in test, the edge kills itself before it writes the reply to exactly this text.
    """

    def __init__(self, envelope: Envelope, reception: Reception, *, kill_text: str = "") -> None:
        self._envelope = envelope
        self._reception = reception
        self._kill_text = kill_text

    def routes(self) -> list[web.RouteDef]:
        """What it serves."""
        return [web.get(PATH, self.verify), web.post(PATH, self.receive)]

    async def verify(self, request: web.Request) -> web.Response:
        """Answer the echostr verbatim; for an official account it is never encrypted (验证服务器地址有效性)."""
        try:
            self._envelope.check_url(request.query)
        except PushRejected:
            PUSHES.labels("forbidden").inc()
            return _plain("", 403)
        return _plain(request.query.get("echostr", ""))

    async def receive(self, request: web.Request) -> web.Response:
        """Answer a push. After many failures WeChat pushes nothing for a minute, so whatever breaks, the answer is no 5xx."""
        arrived = asyncio.get_running_loop().time()
        try:
            return await self._receive(request, arrived)
        except PushForbidden as error:
            return _refused(error, 403)
        except PushRejected as error:
            return _refused(error, 400)
        except (web.HTTPException, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("a push was not answered")
            PUSHES.labels("error").inc()
            return _plain(SUCCESS)

    async def _receive(self, request: web.Request, arrived: float) -> web.Response:
        body = await _body(request)
        opened = self._envelope.open(request.query, body)
        push = read_push(opened.fields)
        answer = await self._reception.answer(push, arrived)
        PUSHES.labels(answer.outcome).inc()
        if answer.outcome == "run_out":
            return await _run_out(request, arrived)
        SECONDS.observe(asyncio.get_running_loop().time() - arrived)
        if self._kill_text and self._kill_text == push.message.text and answer.confirm:
            os.kill(os.getpid(), signal.SIGKILL)
        return await self._send(request, self._response(answer, push, opened), answer, push)

    def _response(self, answer: Answer, push: Push, opened: Opened) -> web.Response:
        if not answer.text:
            return _plain(SUCCESS)
        reply = text_reply(push.message.openid, push.account, answer.text)
        return web.Response(text=self._envelope.seal(reply, opened), content_type="application/xml")

    async def _send(self, request: web.Request, response: web.Response, answer: Answer, push: Push) -> web.Response:
        """Write it here, not after the handler, so that only what is on the wire is confirmed."""
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError:
            log.info("WeChat hung up before its answer; the next request or the sender carries it")
            return response
        if answer.confirm:
            await self._reception.confirm(push.message)
        return response


async def _run_out(request: web.Request, arrived: float) -> web.Response:
    """Say nothing until WeChat cuts the connection: it then asks again."""
    while request.transport and asyncio.get_running_loop().time() < arrived + CUT_S:  # noqa: ASYNC110  aiohttp tells nobody
        await asyncio.sleep(0.05)
    if request.transport:
        request.transport.close()
    return web.Response()  # written to nobody


async def _body(request: web.Request) -> bytes:
    if request.content.is_eof():  # it came with the head, as nearly always
        return await request.read()
    try:
        return await asyncio.wait_for(request.read(), BODY_S)
    except asyncio.TimeoutError:
        raise PushRejected("the body did not arrive in time") from None


def _plain(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, headers={"X-Content-Type-Options": "nosniff"})


def _refused(error: PushRejected, status: int) -> web.Response:
    log.warning("a push was refused: %s", error.message)
    PUSHES.labels("forbidden" if status == 403 else "malformed").inc()
    return _plain("", status)
