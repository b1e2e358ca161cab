"""Files that the citizen sent, opened for whoever may read the conversation; every opening stands in the audit trail."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from console.context import console_of
from console.desk.room import room_of
from weijing.errors import EvidenceUnreadable
from weijing.media_type import TYPES
from weijing.refusals import DeskRefused

_FIND = text("SELECT media_type, kind FROM weijing.evidence WHERE id = :id AND openid = :openid AND state = 'kept'")
SHOWN = (TYPES["image"] | {"audio/mpeg", "audio/x-wav", "audio/mp4", "audio/ogg", "video/mp4"}) - {"image/heic"}
"""What a browser shows or plays; everything else is saved. AMR, the voice of WeChat's, is decoded by the page (`voice.js`)."""


async def show_file(request: web.Request) -> web.StreamResponse:
    """The file as it was sent.

    Raises:
        DeskRefused: it is not of this conversation, not kept any more, or was altered.
    """
    openid, id_ = request.match_info["openid"], request.match_info["id"]
    async with console_of(request).engine.connect() as connection:
        row = (await connection.execute(_FIND, {"id": id_, "openid": openid})).first()
    if row is None:
        raise DeskRefused("这个文件已过保存期", "需要的话，请群众再发一次。", 404)
    try:
        content = await room_of(request).evidence.read(id_)
    except EvidenceUnreadable as error:
        raise DeskRefused("这个文件打不开", "它的内容和登记的不一致，请报告管理员。", 409) from error
    place = "inline" if row.media_type in SHOWN else "attachment"
    headers = {"Content-Disposition": f'{place}; filename="{id_}.{row.media_type.rpartition("/")[2]}"', "Cache-Control": "private, no-store"}
    return web.Response(body=content, content_type=row.media_type, headers=headers)
