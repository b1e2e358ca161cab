"""Pictures of ours: served to phones, and uploaded as temporary media for customer-service messages (新增临时素材: kept for three days, at most 10 MB).

A picture is a file of `data/pictures`, named by the address `<public base>/static/pictures/<name>`, or one that staff sent (`channels.wechat.sent_pictures`).
An address is never fetched, only matched: whatever a bubble names that is neither stays a link.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from pathlib import Path

import filetype
from aiohttp import web

from channels.wechat.api import PlatformApi
from channels.wechat.errcodes import treatment
from channels.wechat.sent_pictures import SentPictures
from store.redis import FAULTS, Redis, unavailable
from weijing.errors import PlatformError
from weijing.settings import ROOT, Settings

log = logging.getLogger(__name__)

FOLDER = ROOT / "data" / "pictures"
PATH = "/static/pictures"
MAX_BYTES = 10 * 1024 * 1024
TYPES = {"image/png", "image/jpeg"}
CACHE_S = 60 * 3600
"""A media id is used for two and a half of its three days."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(?:png|jpg|jpeg)")


class Pictures:
    """The pictures of one account.

    Args:
        folder: where the files are.
        sent: those that staff sent; None where there is no PostgreSQL.
    """

    def __init__(self, redis: Redis, api: PlatformApi, settings: Settings, folder: Path = FOLDER, sent: SentPictures | None = None) -> None:
        self._redis = redis
        self._api = api
        self._app_id = settings.wechat_app_id
        self._prefix = f"{settings.public_base}{PATH}/" if settings.public_base else ""
        self._folder = folder
        self._sent = sent

    def owned(self, url: str) -> bool:
        """Whether an address names one of our files, or one that staff sent."""
        return self._filed(url) or (self._sent is not None and self._sent.owned(url))

    def _filed(self, url: str) -> bool:
        name = url.removeprefix(self._prefix)
        return bool(self._prefix) and name != url and bool(_NAME.fullmatch(name)) and (self._folder / name).is_file()

    async def media_id(self, url: str) -> str:
        """The media id of a picture of ours, uploaded if need be; empty when the file is none that the platform takes, or it will not have it.

        Raises:
            PlatformError: no answer, a quota or the token: try again.
            StoreUnavailable: Redis did not answer.
        """
        found = await self._find(url)
        if not found:
            return ""
        name, content, mime = found
        cache = self._cache(content)
        try:
            known = await self._redis.get(cache)
            if not known:
                known = await self._upload(name, content, mime)
                if known:
                    await self._redis.set(cache, known, ex=CACHE_S)
        except FAULTS as error:
            raise unavailable(error) from error
        return known

    async def forget(self, url: str) -> None:
        """The platform does not know the media id any more.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        found = await self._find(url)
        try:
            if found:
                await self._redis.delete(self._cache(found[1]))
        except FAULTS as error:
            raise unavailable(error) from error

    async def _upload(self, name: str, content: bytes, mime: str) -> str:
        try:
            return await self._api.upload(name, content, mime)
        except PlatformError as error:
            if treatment(error.errcode) in {"retry", "pause"}:
                raise
            log.error("picture %s is sent as a link: %s", name, error.message)
            return ""

    async def _find(self, url: str) -> tuple[str, bytes, str] | None:
        if self._sent is None or not self._sent.owned(url):
            return await asyncio.to_thread(self._read, url)
        found = await self._sent.read(url)
        return (f"picture.{found[1].rpartition('/')[2]}", *found) if found and found[1] in TYPES else None

    def _read(self, url: str) -> tuple[str, bytes, str] | None:
        """(name, content, type), checked by content."""
        if not self._filed(url):
            return None
        path = self._folder / url.removeprefix(self._prefix)
        if path.stat().st_size > MAX_BYTES:
            return None
        content = path.read_bytes()
        mime = filetype.guess_mime(content) or ""
        return (path.name, content, mime) if mime in TYPES else None

    def _cache(self, content: bytes) -> str:
        return f"wj:{{{self._app_id}}}:media:{hashlib.sha256(content).hexdigest()}"


def add_pictures(app: web.Application, folder: Path = FOLDER) -> None:
    """Serve the pictures, so that a link to one opens on a phone."""
    if folder.is_dir():
        app.router.add_static(PATH, folder)
