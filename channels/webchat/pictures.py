"""Pictures of a visitor: kept as evidence, then a message like every other; shown again to nobody but the visitor."""

from __future__ import annotations

import asyncio

import filetype
from aiohttp import web

from channels.webchat.limits import Limits
from channels.webchat.reception import ID, Reception, message_key, read_body
from store.evidence import Evidence, EvidenceStore, evidence_id
from store.message import Message
from store.turns import now_ms
from weijing.errors import EvidenceRefused, EvidenceUnreadable
from weijing.media_type import LIMITS
from weijing.refusals import ChatRefused

UPLOAD_S = 180.0
_AT_ONCE = 32
"""Uploads held in memory at the same time."""
_HEADERS = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
_WORDS = {
    "empty": "这张图片是空的，请换一张。",
    "too_large": "图片超过 10 MB，请换小一点的。",
    "wrong_type": "只能发 JPG、PNG、WebP、GIF、HEIC 格式的图片。",
}


class Pictures:
    """The two handlers for one edge."""

    def __init__(self, evidence: EvidenceStore, reception: Reception, limits: Limits) -> None:
        self._evidence, self._reception, self._limits = evidence, reception, limits
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def upload(self, request: web.Request, openid: str) -> web.Response:
        """`POST pictures/{id}` with the file as its body: kept, then accepted; a repeat with the same id joins.

        Raises:
            ChatRefused: it is no picture that we take.
            StoreUnavailable: PostgreSQL or Redis did not answer; the page sends it again.
        """
        id_ = _id(request)
        if (request.content_length or 0) > LIMITS["image"]:
            raise ChatRefused(_WORDS["too_large"], 413, "too_large")
        await self._limits.count("picture-visitor", openid)
        await self._limits.count("picture-address", self._limits.address(request))
        message_key_ = message_key(openid, id_)
        name, at = evidence_id(message_key_), now_ms()
        async with self._room:
            content = await read_body(request, LIMITS["image"], UPLOAD_S)
            try:
                await self._evidence.keep(Evidence(name, openid, message_key_, "image", "webchat", "webchat", at), content)
            except EvidenceRefused as error:
                raise ChatRefused(_WORDS.get(error.reason, "这张图片无法收下，请换一张。"), 415, error.reason) from error
        message = Message(message_key_, openid, "webchat", "image", data={"media_id": name}, at=at)
        await self._reception.say(message, id_, {"picture": True})
        return web.json_response({"accepted": True})

    async def show(self, request: web.Request, openid: str) -> web.Response:
        """`GET pictures/{id}`: a visitor names pictures by the page's own ids, so those of others cannot even be named."""
        try:
            content = await self._evidence.read(evidence_id(message_key(openid, _id(request))))
        except EvidenceUnreadable:
            raise ChatRefused("这张图片已过保存期。", 404, "gone") from None
        kind = filetype.guess(content)
        return web.Response(body=content, content_type=str(kind.mime) if kind else "application/octet-stream", headers=_HEADERS)


def _id(request: web.Request) -> str:
    id_ = request.match_info["id"]
    if not ID.fullmatch(id_):
        raise ChatRefused("没有这张图片。", 404, "gone")
    return id_
