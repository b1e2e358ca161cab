"""Temporary media of the simulated platform: what the phone sends can be fetched for three days, as from WeChat (获取临时素材).

The phone's own buttons send presets; a picture, voice or video may also be chosen on the page. In memory and bounded: it is a demonstration.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from channels.simulator.actions import PICTURE_ID, RECORDING_ID, VIDEO_ID, Action, film, record
from channels.simulator.api import PREFIX
from channels.simulator.platform import Platform
from weijing.errors import EvidenceRefused, PlatformError
from weijing.media_type import LIMITS, check_media

LIFE_S = 3 * 86_400.0
MOST = 30
"""Chosen files that are held; the oldest goes first."""
VIDEOS = "/platform/videos/"

_PICTURE = Path(__file__).parent / "static" / "picture.png"
_SILENCE = b"#!AMR\n" + b"\x3c" + b"\x00" * 31
_BLACK = b"\x00\x00\x00\x18ftypmp42\x00\x00\x02\x00mp42isom\x00\x00\x00\x08free"


@dataclass(frozen=True)
class Media:
    """One file with the moment until which it can be fetched."""

    kind: str
    content: bytes
    media_type: str
    until: float


class MediaApi:
    """The double of `cgi-bin/media/get`, and the phone's file chooser."""

    def __init__(self, platform: Platform, base: str) -> None:
        self._platform, self._base = platform, base
        self._files: OrderedDict[str, Media] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """What it serves, below `/simulator`."""
        return [
            web.get(PREFIX + "media/get", self.get),
            web.get(VIDEOS + "{id}", self.video),
            web.post("/users/{openid}/media/{kind}", self.choose),
            web.get("/media/{id}", self.show),
        ]

    async def get(self, request: web.Request) -> web.Response:
        """GET cgi-bin/media/get: the file; for a video the address where it lies; errors are JSON with HTTP 200."""
        try:
            self._platform.tokens.check(request.query.get("access_token", ""))
            media_id = request.query.get("media_id", "")
            found = self._find(media_id)
        except PlatformError as error:
            return web.json_response({"errcode": error.errcode, "errmsg": error.message})
        if found.kind == "video":
            return web.json_response({"video_url": f"{self._base}/simulator{VIDEOS}{media_id}"})
        return web.Response(body=found.content, content_type=found.media_type, headers={"Content-Disposition": f'attachment; filename="{media_id}"'})

    async def video(self, request: web.Request) -> web.Response:
        """Where a video lies; no token is needed."""
        return self._response(request)

    async def show(self, request: web.Request) -> web.Response:
        """A chosen picture, for the phone's own screen."""
        return self._response(request)

    async def choose(self, request: web.Request) -> web.Response:
        """The user sends a file: the body is its content."""
        user, kind = self._platform.people.get(request.match_info["openid"]), request.match_info["kind"]
        if user is None or kind not in ("image", "voice", "video"):
            raise web.HTTPNotFound(text="没有这个用户，请刷新页面")
        content = await _body(request, LIMITS[kind])
        try:
            media_id = self.put(kind, content)
        except EvidenceRefused:
            raise web.HTTPBadRequest(text="这个文件的格式或大小微信不收") from None
        exchange, _ = self._platform.start(user, self._action(kind, media_id))
        return web.json_response({"exchange": exchange.id, "media_id": media_id})

    def put(self, kind: str, content: bytes) -> str:
        """Hold a file; returns its media id.

        Raises:
            EvidenceRefused: WeChat takes no such file.
        """
        media_id = secrets.token_urlsafe(48)
        self._files[media_id] = Media(kind, content, check_media(kind, content), self._platform.now() + LIFE_S)
        while len(self._files) > MOST:
            self._files.popitem(last=False)
        return media_id

    def _action(self, kind: str, media_id: str) -> Action:
        if kind == "image":
            shown = f"/simulator/media/{media_id}"
            fields = {"MsgType": "image", "PicUrl": self._base + shown, "MediaId": media_id}
            return Action("图片", fields, "message", "image", {"url": shown, "alt": "自己选的图片"})
        return film(media_id) if kind == "video" else record(media_id)

    def _find(self, media_id: str) -> Media:
        if media_id == PICTURE_ID:
            return Media("image", _PICTURE.read_bytes(), "image/png", 0)
        presets = {RECORDING_ID: Media("voice", _SILENCE, "audio/amr", 0), VIDEO_ID: Media("video", _BLACK, "video/mp4", 0)}
        found = presets.get(media_id) or self._files.get(media_id)
        if found is None or (found.until and found.until < self._platform.now()):
            raise PlatformError("invalid media_id", 40007)
        return found

    def _response(self, request: web.Request) -> web.Response:
        try:
            found = self._find(request.match_info["id"])
        except PlatformError:
            raise web.HTTPNotFound from None
        return web.Response(body=found.content, content_type=found.media_type)


async def _body(request: web.Request, limit: int) -> bytes:
    content = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        content += chunk
        if len(content) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(content))
    return bytes(content)
