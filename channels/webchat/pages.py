"""The pages and files of the web chat, and the headers that say who may embed it."""

from __future__ import annotations

import html
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from weijing.errors import SettingsError
from weijing.settings import Settings

STATIC = Path(__file__).parent / "static"
_NO_SNIFF = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_WIDGET = {**_NO_SNIFF, "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}


def allowed_origins(settings: Settings) -> list[str]:
    """The origins of WEBCHAT_ORIGINS, as a browser writes them.

    Raises:
        SettingsError: one is not `https://host` or `http://host:port`.
    """
    origins = [origin.strip().rstrip("/").lower() for origin in settings.webchat_origins.split(",") if origin.strip()]
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}" or set(origin) & set(" ;'\"*@\\<>"):
            raise SettingsError(f"WEBCHAT_ORIGINS: {origin} is no origin; write https://www.example.gov.cn, without a path")
    return origins


class Pages:
    """Serves them.

    Args:
        origins: whose pages may embed the chat, besides our own in demo.
    """

    def __init__(self, origins: list[str], *, demo: bool) -> None:
        ancestors = " ".join([*origins, *(["'self'"] if demo else [])]) or "'none'"
        images = " ".join(["'self'", "blob:", *origins])
        self._policy = {
            **_NO_SNIFF, "Cache-Control": "no-cache",
            "Content-Security-Policy": f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}",
        }  # fmt: skip
        self._chat = (STATIC / "chat.html").read_text(encoding="utf-8").replace("{origins}", html.escape(" ".join(origins)))
        self._demo = demo

    def routes(self) -> list[web.RouteDef]:
        """What it serves; the example page of a bureau only outside production."""
        routes = [web.get("", self.entry), web.get("/", self.chat), web.get("/widget.js", self.widget)]
        return [*routes, web.get("/demo", self.demo)] if self._demo else routes

    async def entry(self, _: web.Request) -> web.Response:
        """The chat's address without its slash."""
        raise web.HTTPMovedPermanently("webchat/")

    async def chat(self, _: web.Request) -> web.Response:
        """The chat itself: in the widget's frame, or as a page of its own."""
        return web.Response(text=self._chat, content_type="text/html", headers=self._policy)

    async def widget(self, _: web.Request) -> web.FileResponse:
        """The script for the bureau's pages."""
        return web.FileResponse(STATIC / "widget.js", headers=_WIDGET)

    async def demo(self, _: web.Request) -> web.FileResponse:
        """A page such as a bureau has, with the script tag."""
        return web.FileResponse(STATIC / "demo.html", headers={**_NO_SNIFF, "Cache-Control": "no-cache"})

    async def dress(self, request: web.Request, response: web.StreamResponse) -> None:
        """Headers for the static files, which aiohttp serves: validated by ETag at each use."""
        if "/static/" in request.path:
            response.headers.update({**_NO_SNIFF, "Cache-Control": "no-cache"})
