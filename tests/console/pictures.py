"""The pictures of docs/desk.md: `python -m tests.console.pictures [folder]` plays the scene before a real console and backend and photographs each main page.

They go to docs/img/ (or the folder), 1440 and 390 px wide.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import uuid
from pathlib import Path

import psycopg2
from playwright.async_api import Browser, Page
from sqlalchemy.engine import make_url

from console.session import COOKIE
from store.migrate import migrate
from store.redis import client
from tests.backend.conftest import Running
from tests.console.conftest import Desk, opened, settings_for
from tests.console.scene import play
from tests.e2e.browser import open_browser
from weijing.engines import start_postgres, start_redis
from weijing.settings import ROOT

PAGES = (
    ("login", "", "/login"), ("desk", "zuoxi1", "/desk/waiting"), ("conversation", "zuoxi1", "/desk/mine/{openid}"), ("held", "zuoxi1", "/desk/held"),
    ("cases", "zhuguan", "/cases?scope=all"), ("case", "zhuguan", "/cases/{case}"), ("board", "zhuguan", "/board"), ("history", "zhuguan", "/board/history"),
    ("admin", "guanli", "/admin/people"), ("audit", "shenji", "/audit"),
)  # fmt: skip
"""(name of the picture, who looks, address)."""
WIDTHS = (1440, 390)
CASE = "SELECT number FROM backend.work WHERE kind = 'report' AND state = 'supplement' ORDER BY number LIMIT 1"


async def photograph(desk: Desk, browser: Browser, folder: Path, names: dict[str, str]) -> None:
    """Every page, by somebody who may see it."""
    tokens = {}
    for login in sorted({login for _, login, _ in PAGES if login}):
        person = await desk.log_in(login)
        tokens[login] = next(cookie.value for cookie in person.http.cookie_jar if cookie.key == COOKIE)
    for name, login, path in PAGES:
        for width in WIDTHS:
            context = await browser.new_context(viewport={"width": width, "height": 900 if width > 600 else 844}, reduced_motion="reduce", locale="zh-CN")
            if login:
                await context.add_cookies([{"name": COOKIE, "value": tokens[login], "url": desk.base}])
            page = await context.new_page()
            await page.goto(desk.base + path.format(**names))
            await settled(page)
            await page.screenshot(path=folder / f"desk-{name}-{width}.png")
            await context.close()


async def settled(page: Page) -> None:
    """Pictures are loaded, charts drawn, and what a page asks for afterwards is there."""
    await page.wait_for_load_state("load")
    await page.wait_for_timeout(1500)


async def main(folder: Path) -> None:
    """Engines, backend and console of its own, stopped afterwards."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weijing-pictures-")))
        redis_server, postgres = start_redis(home / "redis"), start_postgres(home / "postgres")
        stack.callback(redis_server.stop)
        stack.callback(postgres.stop)
        url = _database(postgres.url)
        migrate(url)
        settings = settings_for(redis_server.url, url, home, weijing_env="demo", wechat_app_id="wxdemo")
        running, redis = stack.enter_context(Running(settings)), client(redis_server.url)
        async with opened(settings.copy(update={"backend_url": running.base}), redis) as desk, open_browser() as browser:
            names = await play(desk, redis)
            await photograph(desk, browser, folder, {**names, "case": desk.run(CASE)[0][0]})
        await redis.close(close_connection_pool=True)


def _database(server: str) -> str:
    name = f"pictures_{uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img"))
