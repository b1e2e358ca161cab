"""The pages, mounted on the edge at `/h5`."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp_session import session_middleware

from channels.h5 import identity, items, rating, upload
from channels.h5.backend import Backend
from channels.h5.desk import DESK, Desk
from channels.h5.guard import calm, deliver, headers
from channels.h5.limits import Limits
from channels.h5.oauth import Login
from channels.h5.session import Tokens, storage
from channels.h5.submission import Submissions
from channels.wechat.waits import Waits
from store.redis import Redis
from weijing.links import PREFIX
from weijing.settings import Settings

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR = "public, max-age=31536000, immutable"


def add_h5(app: web.Application, settings: Settings, redis: Redis, waits: Waits, edge: str) -> None:
    """Mount the pages; they share the edge's Redis client and subscription."""
    pages = web.Application(middlewares=[deliver, session_middleware(storage(settings)), headers, calm])
    env = aiohttp_jinja2.setup(
        pages, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    env.globals["asset"] = {path: f"{PREFIX}/static/{path}?v={_digest(path)}" for path in _files()}.__getitem__
    env.globals["base"] = PREFIX
    env.filters |= items.FILTERS
    pages.add_routes([*items.ROUTES, *identity.ROUTES, *rating.ROUTES, *upload.ROUTES, web.get("/oauth", _oauth)])
    pages.router.add_static("/static", STATIC)
    pages.on_response_prepare.append(_keep_static)

    async def open_desk(pages: web.Application) -> AsyncIterator[None]:
        key, limits = settings.derived_key("h5-form"), Limits(redis, settings.trusted_proxies)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            login, backend, submissions = Login(settings, redis, http, limits), Backend(settings, http), Submissions(redis, waits, edge, key)
            desk = Desk(settings, backend, limits, login, Tokens(key), submissions)
            if settings.database_url:
                from store.evidence import EvidenceStore  # late: an edge without a database needs no driver

                desk.evidence = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
            pages[DESK] = desk
            yield
            if desk.evidence:
                await desk.evidence.close()

    pages.cleanup_ctx.append(open_desk)
    app.add_subapp(PREFIX, pages)


async def _oauth(request: web.Request) -> web.StreamResponse:
    return await request.app[DESK].login.finish(request)


async def _keep_static(request: web.Request, response: web.StreamResponse) -> None:
    """A file of ours is named by its content, so a phone keeps it."""
    if "v" in request.query and request.path.startswith(f"{PREFIX}/static/") and response.status < 300:
        response.headers["Cache-Control"] = YEAR


def _files() -> list[str]:
    return [str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()]


def _digest(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
