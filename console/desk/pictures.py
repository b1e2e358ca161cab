"""A picture that staff send: sealed among the evidence, and named by an address that phones and the sender can open (`weijing.links.picture_link`)."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from console.context import console_of
from console.desk.room import room_of
from store.evidence import Evidence, evidence_id
from store.keys import channel_of
from weijing.errors import EvidenceRefused
from weijing.links import picture_link
from weijing.refusals import DeskRefused

KEEP = "30 days"
"""As long as a reply may wait for the citizen to write again (`store.held.HELD_S`)."""
_KEEP = text(f"UPDATE weijing.evidence SET keep_until = now() + interval '{KEEP}' WHERE id = :id AND source = 'desk'")  # noqa: S608  a constant of ours
_WORDS = {"empty": "图片是空的", "too_large": "图片超过 10 MB"}


async def keep_picture(request: web.Request, openid: str, key: str, content: bytes) -> str:
    """Keep it under the key of the reply; returns its address.

    Raises:
        DeskRefused: it is no JPG or PNG, too large, or phones cannot reach us.
    """
    settings, id_ = console_of(request).settings, evidence_id(f"desk-{key}".replace("-", ""))
    link = picture_link(settings, id_)
    if not link:
        raise DeskRefused("现在不能发图片", "手机访问不到本系统（没有设置 PUBLIC_URL），请找管理员。", 409)
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")):
        raise DeskRefused("只能发 JPG 或 PNG 图片", "请换一张。", 422)
    try:
        await room_of(request).evidence.keep(Evidence(id_, openid, key, "image", channel_of(openid), "desk"), content)
    except EvidenceRefused as error:
        raise DeskRefused(_WORDS.get(error.reason, "这张图片收不下"), "请换一张 JPG 或 PNG。", 422) from error
    async with console_of(request).engine.begin() as connection:
        await connection.execute(_KEEP, {"id": id_})
    return link
