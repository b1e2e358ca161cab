"""A multipart body, part by part: small texts, and pictures that go into the evidence store one at a time, so that no body lies in memory whole."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from async_timeout import timeout

from store.evidence import Evidence, EvidenceStore, evidence_id
from weijing.errors import EvidenceRefused
from weijing.media_type import LIMITS
from weijing.refusals import PageRefused

MOST = 9
"""Pictures at once, as in WeChat's own picker."""
LARGEST = LIMITS["image"]
_TEXT = 2_000
_BODY = MOST * LARGEST + 1024 * 1024
_BODY_S = 180
_AT_ONCE = 8
"""Pictures held in memory at the same time, over all users of an edge."""

REASONS = {
    "empty": "这个文件是空的",
    "too_large": f"超过 {LARGEST // 1024 // 1024} MB，请压缩或截图后再传",
    "wrong_type": "不是图片，请传 JPG、PNG 等格式的照片或截图",
    "too_many": f"一次最多 {MOST} 张，这张没有收",
}

_room = asyncio.Semaphore(_AT_ONCE)


@dataclass(frozen=True)
class Part:
    """One part: `text` of a field, or a picture's content; `fault` is a key of REASONS."""

    name: str
    text: str = ""
    filename: str = ""
    content: bytes = b""
    fault: str = ""


async def read_parts(request: web.Request, take: Callable[[Part], Awaitable[None]]) -> None:
    """Give the parts to `take` in order; a picture that is too large is read past, never kept.

    Raises:
        PageRefused: no multipart, too much altogether, or too slow.
    """
    if request.content_type != "multipart/form-data" or (request.content_length or 0) > _BODY:
        raise PageRefused("发来的内容太大了", f"没有收下。一次最多 {MOST} 张，每张不超过 10 MB。", 413, again=request.path)
    try:
        async with timeout(_BODY_S):
            reader = await request.multipart()
            while isinstance(part := await reader.next(), BodyPartReader):
                async with _room:
                    await take(await _read(part))
    except (asyncio.TimeoutError, ValueError, ConnectionError, HttpProcessingError):
        raise PageRefused("没有传完", "网络断开或太慢。请到信号好的地方再传一次。", 400, again=request.path) from None


async def _read(part: BodyPartReader) -> Part:
    name, limit = part.name or "", LARGEST if part.filename is not None else _TEXT
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        if len(content) <= limit:
            content += chunk
    if part.filename is None:
        return Part(name, text=bytes(content[:_TEXT]).decode(errors="replace"))
    return Part(name, filename=part.filename[-40:], content=bytes(content), fault="too_large" if len(content) > limit else "")


async def keep(store: EvidenceStore, key: bytes, openid: str, token: str, part: Part) -> str:
    """Store a picture; the same picture of the same form has the same id, however often it is sent.

    Raises:
        EvidenceRefused: by its content.
        StoreUnavailable: nothing was stored.
    """
    if part.fault:
        raise EvidenceRefused("a picture was refused", part.fault)
    digest = hashlib.sha256(part.content).hexdigest()
    name = hmac.new(key, f"{openid}|{token}|{digest}".encode(), "sha256").hexdigest()[:32]
    item = Evidence(evidence_id(name), openid, name, "image", source="h5")
    await store.keep(item, part.content)
    return item.id
