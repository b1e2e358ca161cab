"""A platform that holds media, over real HTTP: tokens, files, errors as JSON with HTTP 200, and the ways in which a download goes wrong."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from aiohttp import web

Answer = Callable[[web.Request], "web.StreamResponse | asyncio.Future[web.StreamResponse]"]

JPEG = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00" + b"GPS 31.2 121.5" * 400
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x02\x00mp42mp41" + b"\x00" * 4000
AMR = b"#!AMR\n" + b"\x3c" * 500


class MediaPlatform:
    """The platform's API at `/cgi-bin`.

    Args:
        files: media id -> content.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.errors: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.tokens_given = itertools.count(1)
        self.token = ""
        self.halfway = asyncio.Event()
        self.stall: set[str] = set()
        self.base = ""

    def app(self) -> web.Application:
        """The double as an application."""
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._give_token)
        app.router.add_get("/cgi-bin/media/get", self._get)
        app.router.add_get("/video/{id}", self._video)
        app.router.add_get("/stolen", self._video)
        return app

    async def _give_token(self, _: web.Request) -> web.Response:
        self.token = f"token-{next(self.tokens_given)}"
        return web.json_response({"access_token": self.token, "expires_in": 7200})

    async def _get(self, request: web.Request) -> web.StreamResponse:
        media_id = request.query["media_id"]
        self.asked.append(media_id)
        if request.query["access_token"] != self.token:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        if self.errors.get(media_id):
            return web.json_response({"errcode": self.errors[media_id].pop(0), "errmsg": "no"})
        if media_id.startswith("video-"):
            return web.json_response({"video_url": f"{self.base}/video/{media_id}"})
        if media_id.startswith("elsewhere-"):
            return web.json_response({"video_url": self.base.replace("127.0.0.1", "localhost") + "/stolen"})
        if media_id not in self.files:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        return await self._stream(request, self.files[media_id], stall=media_id in self.stall)

    async def _stream(self, request: web.Request, content: bytes, *, stall: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        if stall:
            self.halfway.set()
            await asyncio.sleep(3600)
        await response.write(content[len(content) // 2 :])
        return response

    async def _video(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        assert "access_token" not in request.query, "the token goes to the API alone"
        return web.Response(body=MP4)
