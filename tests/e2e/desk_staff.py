"""Staff before the console of a running house, each in a browser of his own, logged in as people do; beside them a citizen's phone and the database."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import psycopg2
import pyotp
from playwright.async_api import Browser, Page, expect

from channels.wechat.answer import LATER
from tests.e2e.house import House
from tests.e2e.phone import Phone

WAIT_MS = 60_000
"""How long anything may take on a busy machine."""
CLICKED = "document.addEventListener('pointerdown', (event) => { if (event.isTrusted) window.pointed = true; }, true)"


class Staff:
    """One of the demo's people.

    Args:
        house: runs.
        page: of his own browser.
    """

    def __init__(self, house: House, page: Page) -> None:
        self.base = f"http://127.0.0.1:{house.environment['CONSOLE_PORT']}"
        self.page = page
        self._secrets = dict(line.split("=", 1) for line in (house.folder / "secrets.env").read_text(encoding="utf-8").splitlines())

    @classmethod
    async def arrive(cls, house: House, browser: Browser, login: str, **options: Any) -> Staff:
        """Log in with password and code, by the keyboard alone."""
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        context.set_default_timeout(WAIT_MS)
        await context.add_init_script(CLICKED)
        one = cls(house, await context.new_page())
        await one.page.goto(f"{one.base}/login")
        await one.page.focus("[name=login]")
        for words in (login, one._secrets["CONSOLE_DEMO_PASSWORD"], pyotp.TOTP(one._secrets["CONSOLE_DEMO_TOTP"]).now()):
            await one.page.keyboard.type(words)
            await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Enter")
        await one.page.locator(".rail").wait_for()
        return one

    async def open(self, path: str) -> None:
        """Go to a page, and wait until its scripts listen."""
        await self.page.goto(self.base + path, wait_until="load")

    async def sees(self, words: str, where: str = "main") -> None:
        """Wait until these words stand there."""
        await expect(self.page.locator(where).first).to_contain_text(words, timeout=WAIT_MS)

    async def fill(self, dialog: str, *, button: str, **fields: str) -> None:
        """Open a dialog of a case, fill it in and send it."""
        await self.page.click(f"[data-open={dialog}]")
        shown = self.page.locator(f"#{dialog}")
        for name, value in fields.items():
            if name == "kind":
                await shown.locator(f"[name=kind][value={value}]").check()
            else:
                await shown.locator(f"[name={name}]").fill(value)
        await shown.get_by_role("button", name=button, exact=True).click()
        await shown.wait_for(state="hidden")


def rows(house: House, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the house's own database has."""
    socket = (house.folder / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    connection = psycopg2.connect(host=socket, user="postgres", dbname="postgres")
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return found


async def until_rows(house: House, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Wait until there are some."""
    for _ in range(WAIT_MS // 50):
        found = await asyncio.to_thread(rows, house, statement, *values)
        if found:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"never: {statement} {values}")


async def ask(phone: Phone, *texts: str) -> str:
    """Say one thing after the other; the words of the last answer, also if it came by itself."""
    said = ""
    for text in texts:
        exchange = await asyncio.to_thread(phone.say, text)
        said = await heard(phone, "", since=exchange["id"])
    return said


async def heard(phone: Phone, pattern: str, *, since: int = 0, delivery: str = "") -> str:
    """Wait until the phone shows what fits, the acknowledgement of a busy house not counted."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while True:
        words = await asyncio.to_thread(phone.words, after_exchange=since, delivery=delivery)
        words = "\n".join(line for line in words.splitlines() if LATER not in line)
        if words and re.search(pattern, words):
            return words
        assert time.monotonic() < deadline, f"{pattern!r} never came: {words}"
        await asyncio.sleep(0.3)
