"""What a customer-service message may hold, and what the phone shows of it (客服接口-发消息)."""

from __future__ import annotations

from typing import Any

from channels.simulator.envelope import TEXT_BYTES
from weijing.errors import PlatformError

MEDIA = {"image", "voice", "video"}
KINDS = MEDIA | {"text", "news", "msgmenu", "miniprogrampage"}


def read_content(kind: str, value: Any) -> dict[str, Any]:
    """Check one message and say what the phone shows.

    Raises:
        PlatformError: 40008 unknown type, 44004 nothing in it, 45002 too long, 45008 more than one article, 40007 no media.
    """
    if kind not in KINDS or not isinstance(value, dict):
        raise PlatformError("invalid message type", 40008)
    if kind == "news":
        return _articles(value)
    if kind == "miniprogrampage":
        return _page(value)
    if kind in MEDIA:
        if not value.get("media_id"):
            raise PlatformError("invalid media_id", 40007)
        return {"media": kind, "media_id": str(value["media_id"])}
    words = "".join(_words(value))
    if not words.strip():
        raise PlatformError("empty content", 44004)
    if len(words.encode()) > TEXT_BYTES:
        raise PlatformError("content size out of limit", 45002)
    if kind == "text":
        return {"text": words}
    items = [{"id": str(item.get("id", "")), "content": str(item.get("content", ""))} for item in value.get("list", [])]
    return {"head": str(value.get("head_content", "")), "items": items, "tail": str(value.get("tail_content", ""))}


def _page(value: dict[str, Any]) -> dict[str, Any]:
    if not value.get("thumb_media_id"):
        raise PlatformError("invalid media_id", 40007)
    if not value.get("appid"):
        raise PlatformError("invalid appid", 40013)
    names = {"title": "title", "appid": "appid", "page": "pagepath", "media_id": "thumb_media_id"}
    return {ours: str(value.get(theirs, "")) for ours, theirs in names.items()}


def _articles(value: dict[str, Any]) -> dict[str, Any]:
    articles = value.get("articles") or []
    if len(articles) != 1:
        raise PlatformError("article count out of limit", 45008)
    names = {"title": "title", "description": "description", "url": "url", "picture": "picurl"}
    return {"articles": [{ours: str(article.get(theirs, "")) for ours, theirs in names.items()} for article in articles]}


def _words(value: dict[str, Any]) -> list[str]:
    texts = [value.get(name, "") for name in ("content", "head_content", "tail_content")]
    return [str(text) for text in texts] + [str(item.get("content", "")) for item in value.get("list", []) if isinstance(item, dict)]
