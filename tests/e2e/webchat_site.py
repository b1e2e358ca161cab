"""A bureau's site and the processes behind its chat: a page on another origin with the script tag, a real edge, a real sender, a bot that commits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.channels.conftest import Bot
from tests.e2e.house import House, Process

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>某市公安局</title><link rel="stylesheet" href="/site.css"><script src="{edge}/webchat/widget.js" defer></script></head>
<body><h1>某市公安局</h1><p><a href="/second">第二页</a></p></body></html>"""
CSS = "* { color: rgb(255, 0, 0) !important; font-size: 40px; } button { display: none; } iframe { width: 10px; }"
"""A site whose styles would spoil ours if they met."""

Scheme = Literal["light", "dark"]


@dataclass
class Site:
    """What a test sees."""

    browser: Browser
    house: House
    bot: Bot
    port: int
    edge_port: int
    edge: Process
    faults: list[str] = field(default_factory=list)

    @property
    def edge_url(self) -> str:
        """The edge's address; another site than the bureau's."""
        return f"http://127.0.0.1:{self.edge_port}"

    def url(self, path: str = "/", host: str = "localhost") -> str:
        """A page of the bureau: on another site than the edge, or (`127.0.0.1`) on the same site, where browsers let a frame keep things."""
        return f"http://{host}:{self.port}{path}"

    async def open(
        self, context: BrowserContext | None = None, *, width: int = 1280, height: int = 800, scheme: Scheme = "light", host: str = "localhost"
    ) -> Page:
        """A page of the bureau, for a new visitor or as another tab of one."""
        context = context or await self.browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Content Security Policy" in message.text else None)
        await page.goto(self.url(host=host))
        return page

    async def start_edge(self) -> None:
        """The edge again, at the same port."""
        self.edge = self.house.start("edge")
        await asyncio.to_thread(self.house.wait_ready, self.edge, self.edge_port)


def site_app(edge_url: str) -> web.Application:
    """The bureau's site: strict, it allows only what docs/webchat.md asks for."""
    policy = f"default-src 'self'; script-src 'self' {edge_url}; frame-src {edge_url}; style-src 'self'"

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE.format(edge=edge_url), content_type="text/html", headers={"Content-Security-Policy": policy})

    async def css(_: web.Request) -> web.Response:
        return web.Response(text=CSS, content_type="text/css")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/second", page), web.get("/site.css", css)])
    return app



def launcher(page: Page) -> Locator:
    """The button on the bureau's page."""
    return page.locator("weijing-webchat .launch")


def chat(page: Page) -> FrameLocator:
    """The chat in its frame."""
    return page.frame_locator("iframe")


async def open_chat(page: Page) -> None:
    """Tap the button and wait until the talk is there."""
    await launcher(page).click()
    await expect(chat(page).locator("#log")).to_have_attribute("aria-busy", "false")


async def say(page: Page, words: str) -> None:
    """Write and send, by keyboard."""
    await chat(page).get_by_label("输入消息").fill(words)
    await chat(page).get_by_label("输入消息").press("Enter")


async def talk(page: Page) -> list[str]:
    """Every line that the page shows, in order."""
    return [text.strip() for text in await chat(page).locator("#log .words").all_inner_texts()]
