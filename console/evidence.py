"""Evidence on pages of the console: what was kept, and the file itself, served so that it can run nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import text

from console.context import console_of
from store.evidence import EvidenceStore
from weijing.errors import EvidenceUnreadable
from weijing.refusals import DeskRefused
from weijing.settings import Settings

EVIDENCE = web.AppKey("evidence", EvidenceStore)
_KEPT = text("SELECT id, kind, state, media_type, bytes, sha256, kept_at FROM weijing.evidence WHERE id = ANY(:ids)")
_TYPE = text("SELECT media_type FROM weijing.evidence WHERE id = :id AND state = 'kept'")


@dataclass(frozen=True)
class Kept:
    """One piece of evidence; `state` is kept, wanted, refused or expired, and the rest is empty unless it is kept."""

    id: str
    kind: str
    state: str
    media_type: str | None
    bytes: int | None
    sha256: str | None
    kept_at: datetime | None


def opened(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    """The store while the app runs."""

    async def run(app: web.Application) -> AsyncIterator[None]:
        app[EVIDENCE] = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
        yield
        await app[EVIDENCE].close()

    return run


async def kept(request: web.Request, ids: Sequence[str]) -> dict[str, Kept]:
    """What is known of these pieces, by id; one that nobody stored is missing."""
    async with console_of(request).engine.connect() as connection:
        rows = (await connection.execute(_KEPT, {"ids": list(ids)})).all()
    return {row.id: Kept(row.id, row.kind, row.state, row.media_type, row.bytes, row.sha256, row.kept_at) for row in rows}


async def serve_evidence(request: web.Request, id_: str) -> web.Response:
    """The file. Whoever calls has made sure that it may be seen, and the route has written it to the audit trail.

    Raises:
        DeskRefused: 404, it is not kept or was altered.
    """
    async with console_of(request).engine.connect() as connection:
        media_type = (await connection.execute(_TYPE, {"id": id_})).scalar()
    try:
        content = await request.config_dict[EVIDENCE].read(id_)
    except EvidenceUnreadable:
        raise DeskRefused("这份材料打不开", "它没有保存下来，或内容与登记的校验值不符。请联系管理员。", 404) from None
    name = f"{id_}.{str(media_type).rsplit('/', 1)[-1]}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
    return web.Response(body=content, content_type=media_type or "application/octet-stream", headers=headers)
