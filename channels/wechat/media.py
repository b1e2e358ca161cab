"""Fetches what users sent from the platform (获取临时素材, GET /cgi-bin/media/get).

The answer is the file; or, with HTTP 200 too, JSON: an errcode, or for a video `video_url`, from where it is fetched without the token. A URL is followed
only to the platform: PicUrl and whatever else a push names are never fetched.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from channels.wechat.api import PlatformApi
from channels.wechat.errcodes import NETWORK, advice
from weijing.errors import EvidenceRefused, PlatformError

PATH = "/cgi-bin/media/get"
TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=8, sock_read=20)
"""10 MB from a slow platform, but no connection that says nothing."""
GONE = {40004, 40006, 40007, 41006, 46001}
"""Errcodes of a media id that the platform does not know (any more)."""
_PLATFORM = (".qq.com", ".qpic.cn")
_CHUNK = 64 * 1024


class PlatformMedia:
    """Downloads for one process.

    Args:
        base: of the platform's API.
        session: the process's HTTP client.
    """

    def __init__(self, api: PlatformApi, base: str, session: aiohttp.ClientSession) -> None:
        self._api, self._base, self._session = api, base, session

    async def fetch(self, media_id: str, limit: int) -> bytes:
        """The file, at most `limit` bytes of it in memory.

        Raises:
            EvidenceRefused: `expired`, `too_large`, or `not_offered` (a video that lies elsewhere than on the platform).
            PlatformError: an errcode, or -1 when there was no answer; worth another try.
            StoreUnavailable: the token could not be read.
        """
        try:
            content = await self._api.signed(lambda token: self._get(self._base + PATH, {"access_token": token, "media_id": media_id}, limit))
        except PlatformError as error:
            if error.errcode in GONE:
                raise EvidenceRefused("the platform does not have the file any more", "expired") from error
            raise
        video = _as_json(content).get("video_url")
        return await self._get(self._allowed(str(video)), {}, limit) if video else content

    def _allowed(self, url: str) -> str:
        try:
            parts = urlsplit(url)
            theirs = parts.port is None and (parts.hostname or "").endswith(_PLATFORM)
        except ValueError:
            raise EvidenceRefused("the video's address is none", "not_offered") from None
        if parts.scheme not in {"http", "https"} or not (theirs or parts.netloc == urlsplit(self._base).netloc):
            raise EvidenceRefused("the video lies elsewhere than on the platform", "not_offered")
        return url

    async def _get(self, url: str, query: dict[str, str], limit: int) -> bytes:
        """One request, read up to the limit. Exceptions of the HTTP client hold the URL, and so the token: they end here."""
        try:
            async with self._session.get(url, params=query, timeout=TIMEOUT, allow_redirects=False) as response:
                if response.status != 200:
                    raise PlatformError(f"{PATH}: HTTP {response.status}", NETWORK)
                content = await _read(response, limit)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise PlatformError(f"{PATH}: no answer of the platform ({type(error).__name__})", NETWORK) from None
        errcode = _as_json(content).get("errcode")
        if errcode:
            raise PlatformError(f"{PATH}: errcode {errcode}: {advice(int(errcode))}", int(errcode))
        return content


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise EvidenceRefused(f"the file is larger than {limit} bytes", "too_large")
    return bytes(content)


def _as_json(content: bytes) -> dict[str, Any]:
    """The answer as an object; empty for a file."""
    if not content.startswith(b"{") or len(content) > _CHUNK:
        return {}
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) and str(answer.get("errcode", 0)).lstrip("-").isdigit() else {}
