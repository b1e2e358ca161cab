"""The double of `cgi-bin/media/upload` (新增临时素材): what the account uploads the phone can show."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from channels.simulator.api import PREFIX
from channels.simulator.media import MediaApi
from channels.simulator.platform import Platform
from channels.wechat.pictures import MAX_BYTES
from weijing.errors import EvidenceRefused, PlatformError


class UploadApi:
    """The call, on one platform.

    Args:
        media: holds the files.
    """

    def __init__(self, platform: Platform, media: MediaApi) -> None:
        self._platform, self._media = platform, media

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [web.post(PREFIX + "media/upload", self.upload)]

    async def upload(self, request: web.Request) -> web.Response:
        """POST cgi-bin/media/upload, the file in the form field `media`; errors are JSON with HTTP 200."""
        kind = request.query.get("type", "")
        try:
            self._platform.tokens.check(request.query.get("access_token", ""))
            self._platform.minute.use()
            if kind not in ("image", "voice", "video"):
                raise PlatformError("invalid media type", 40004)
            media_id = self._media.put(kind, await _file(request))
        except EvidenceRefused:
            return web.json_response({"errcode": 40004, "errmsg": "invalid media type"})
        except PlatformError as error:
            return web.json_response({"errcode": error.errcode, "errmsg": error.message})
        return web.json_response({"type": kind, "media_id": media_id, "created_at": int(self._platform.now())})


async def _file(request: web.Request) -> bytes:
    """The form's file, part by part: the edge's own limit is for pushes."""
    content = b""
    reader = await request.multipart()
    while part := await reader.next():
        if isinstance(part, BodyPartReader) and part.name == "media":
            while len(content) <= MAX_BYTES and (chunk := await part.read_chunk(65_536)):
                content += chunk
    if not content:
        raise PlatformError("media data missing", 41005)
    if len(content) > MAX_BYTES:
        raise PlatformError("media size out of limit", 45001)
    return content
