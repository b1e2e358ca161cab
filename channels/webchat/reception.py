"""What a visitor sends: screened for danger first, then limited, then accepted; whatever is broken, the emergency card is answered at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from prometheus_client import Counter

from channels.webchat.limits import Limits
from channels.webchat.session import Sessions
from store.message import Message
from store.turns import now_ms
from store.webchat_log import WebchatLog
from weijing.emergency import screen
from weijing.errors import StoreUnavailable
from weijing.refusals import ChatRefused

LONGEST = 1000
"""Characters of one message; the page says so before it is sent."""
MAX_BODY = 32 * 1024
BODY_S = 20.0
CARD_WAIT_S = 1.0
"""The card does not wait longer for its message to be accepted."""
ID = re.compile(r"[A-Za-z0-9-]{8,64}")

MESSAGES = Counter("weijing_webchat_messages_total", "Messages of visitors of the web chat by outcome", ["outcome"])


@dataclass(frozen=True)
class Said:
    """What the page posted.

    Args:
        id: the page's own id of the message.
        urgent: others wait before it: take it only if it tells of a danger.
    """

    id: str
    text: str
    urgent: bool = False


class Reception:
    """Takes messages for one edge."""

    def __init__(self, log: WebchatLog, sessions: Sessions, limits: Limits) -> None:
        self._log, self._sessions, self._limits = log, sessions, limits

    async def message(self, request: web.Request) -> web.Response:
        """`POST messages {id, text}`; a repeat with the same id is answered as the first was. A card is in the answer whatever becomes of the message."""
        said = read_said(await read_body(request, MAX_BODY, BODY_S))
        card = screen(said.text)
        try:
            openid = self._sessions.visitor(request.headers.get("Authorization", ""))
            outcome = await self._accept(request, openid, said, card.text if card else "")
        except (ChatRefused, StoreUnavailable) as error:
            refused = error if isinstance(error, ChatRefused) else busy()
            MESSAGES.labels(refused.reason).inc()
            if not card:
                raise refused from error
            return web.json_response({"accepted": False, "code": refused.reason, "error": refused.message, **_card(said, card.text)}, status=refused.status)
        MESSAGES.labels("card" if card else outcome).inc()
        return web.json_response({"accepted": True, **(_card(said, card.text) if card else {})})

    async def _accept(self, request: web.Request, openid: str, said: Said, card: str) -> str:
        if not said.text or len(said.text) > LONGEST:
            raise ChatRefused(f"一次最多发 {LONGEST} 个字，请分几次发。" if said.text else "请先写几个字。", 400, "length")
        message = Message(message_key(openid, said.id), openid, "webchat", "text", said.text, at=now_ms(), emergency=bool(card))
        if card:
            try:
                return await asyncio.wait_for(self.say(message, said.id, {"text": said.text}, card), CARD_WAIT_S)
            except asyncio.TimeoutError as error:
                raise StoreUnavailable("Redis did not take an emergency message in time; its card was answered") from error
        if said.urgent:
            raise ChatRefused("前面还有消息没有发出，会按顺序发。", 409, "wait")
        await self._limits.count("message-visitor", openid)
        await self._limits.count("message-address", self._limits.address(request))
        return await self.say(message, said.id, {"text": said.text})

    async def say(self, message: Message, id_: str, what: dict[str, Any], card: str = "") -> str:
        """Accept a message: `new` or `repeat`.

        Raises:
            ChatRefused: the visitor has ended the talk.
            StoreUnavailable: not known to be stored; the page sends it again.
        """
        outcome = await self._log.say(message, id_, what, card)
        if outcome == "left":
            raise ChatRefused("会话已结束。", 401, "session")
        return outcome


def message_key(openid: str, id_: str) -> str:
    """The name of a visitor's message for ever: the same for each repeat, another for another visitor."""
    return hashlib.sha256(f"webchat\x1f{openid}\x1f{id_}".encode()).hexdigest()[:32]


async def read_body(request: web.Request, limit: int, seconds: float) -> bytes:
    """A body of at most `limit` bytes.

    Raises:
        ChatRefused: it is larger, or did not arrive in time.
    """
    body = bytearray()

    async def read() -> None:
        async for chunk in request.content.iter_any():
            body.extend(chunk)
            if len(body) > limit:
                raise ChatRefused("太大了，没有收下。", 413, "too_large")

    try:
        await asyncio.wait_for(read(), seconds)
    except asyncio.TimeoutError:
        raise ChatRefused("网络太慢，没有收完整，会自动再发。", 408, "slow") from None
    return bytes(body)


def read_said(body: bytes) -> Said:
    """The posted message.

    Raises:
        ChatRefused: it is not of our page's making.
    """
    try:
        value = json.loads(body)
        said = Said(value["id"], value["text"].strip(), value.get("urgent") is True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ChatRefused("这条消息无法识别，请刷新页面后再试。", 400, "malformed") from None
    if not isinstance(said.id, str) or not ID.fullmatch(said.id):
        raise ChatRefused("这条消息无法识别，请刷新页面后再试。", 400, "malformed")
    return replace(said, text=said.text.encode("utf-8", "replace").decode())


def busy() -> ChatRefused:
    """Redis or PostgreSQL is away: nothing was stored, the page sends again."""
    return ChatRefused("系统正忙，会自动再试。", 503, "busy")


def _card(said: Said, text: str) -> dict[str, Any]:
    return {"card": {"id": f"{said.id}-card", "text": text}}
