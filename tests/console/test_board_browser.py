"""The board in a real browser: figures are drawn from their tables, what happens shows without a reload, and the page keeps its content policy."""

from __future__ import annotations

import pyotp
from playwright.async_api import Page
from sqlalchemy import text

from store.db import async_engine
from tests.console.bureau import bureau, service
from tests.console.conftest import PASSWORD, SECRET, Desk
from tests.e2e.browser import open_browser

__all__ = ["bureau", "service"]
_WAIT = text("""
    INSERT INTO weijing.conversations (openid, channel, first_at, last_at, owner, waiting_since, urgency)
    VALUES ('o-browser', 'wechat', now(), now(), 'waiting', now(), 'urgent')""")
_TELL = text("""SELECT pg_notify('weijing_desk', '{"openid": "o-browser", "what": "owner"}')""")
DRAWN = "() => [...document.querySelectorAll('.chart canvas')].length"


async def log_in(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.base}/login")
    for name, value in (("login", "zhuguan"), ("password", PASSWORD), ("code", pyotp.TOTP(SECRET).now())):
        await page.fill(f"[name={name}]", value)
    async with page.expect_navigation():
        await page.click("main button[type=submit]")


async def test_figures_are_drawn_and_who_begins_to_wait_shows_at_once(bureau: Desk) -> None:
    async with open_browser() as browser:
        page, faults = await browser.new_page(), []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        await log_in(page, bureau)
        await page.goto(f"{bureau.base}/board/history")
        await page.wait_for_function(f"({DRAWN})() >= 2")
        await page.goto(f"{bureau.base}/board")
        waiting = page.locator(".tile b").first
        before = int(await waiting.inner_text())
        engine = async_engine(bureau.settings.database_url)
        async with engine.begin() as connection:
            await connection.execute(_WAIT)
            await connection.execute(_TELL)
        await engine.dispose()
        await page.wait_for_function("(number) => document.querySelector('.tile b').textContent === String(number)", arg=before + 1)
        assert not faults, faults
