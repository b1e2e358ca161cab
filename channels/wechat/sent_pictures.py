"""Pictures that staff sent to one citizen: kept among the evidence, opened by an address that nobody can guess (`weijing.links.picture_link`)."""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator

import filetype
from aiohttp import web

from store.evidence import EvidenceStore
from weijing.errors import EvidenceUnreadable, StoreUnavailable
from weijing.links import SENT_PICTURES, picture_signature
from weijing.settings import Settings

_NAME = re.compile(r"(E-[0-9a-zA-Z]{1,16})\.([A-Za-z0-9_-]{22})")
_HEADERS = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


class SentPictures:
    """Reads them, for the sender and for phones.

    Args:
        evidence: where they are kept.
    """

    def __init__(self, settings: Settings, evidence: EvidenceStore) -> None:
        self._settings = settings
        self._evidence = evidence
        self._prefix = f"{settings.public_base}{SENT_PICTURES}/" if settings.public_base else ""

    def owned(self, url: str) -> bool:
        """Whether an address is one that we made."""
        return bool(self._prefix) and url.startswith(self._prefix) and bool(self.id_of(url.removeprefix(self._prefix)))

    def id_of(self, name: str) -> str:
        """The id that the last part of an address names; empty when its signature is not ours."""
        found = _NAME.fullmatch(name)
        return found[1] if found and hmac.compare_digest(found[2], picture_signature(self._settings, found[1])) else ""

    async def read(self, name: str) -> tuple[bytes, str] | None:
        """(content, type) by the last part of an address, or by an address; None when it is past its time.

        Raises:
            StoreUnavailable: PostgreSQL did not answer; ask again.
        """
        id_ = self.id_of(name.removeprefix(self._prefix))
        try:
            content = await self._evidence.read(id_) if id_ else b""
        except EvidenceUnreadable:
            content = b""
        return (content, filetype.guess_mime(content) or "application/octet-stream") if content else None


def add_sent_pictures(app: web.Application, settings: Settings) -> None:
    """Serve them to phones, where they are in a passive reply or an old client."""

    async def show(request: web.Request) -> web.Response:
        try:
            found = await app[_PICTURES].read(request.match_info["name"])
        except StoreUnavailable:
            raise web.HTTPServiceUnavailable(text="图片暂时打不开，请过一会儿再试。") from None
        if found is None:
            raise web.HTTPNotFound(text="这张图片已过保存期。")
        return web.Response(body=found[0], content_type=found[1], headers=_HEADERS)

    async def opened(app: web.Application) -> AsyncIterator[None]:
        evidence = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
        app[_PICTURES] = SentPictures(settings, evidence)
        yield
        await evidence.close()

    if settings.database_url and settings.public_base:
        app.cleanup_ctx.append(opened)
        app.router.add_get(f"{SENT_PICTURES}/{{name}}", show)


_PICTURES = web.AppKey("sent_pictures", SentPictures)
