"""The H5 pages in a real browser, as a phone shows them: 390 px, text at 200 %, dark, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from channels.edge import init_app
from channels.simulator.oauth import COOKIE
from channels.simulator.people import openid_of
from store.migrate import migrate
from store.redis import Redis
from tests.backend.conftest import Running, new_database
from tests.channels.conftest import settings_with
from tests.e2e.browser import open_browser
from tests.e2e.house import free_port
from tests.e2e.test_simulator_page import CONTRAST, CalmBot
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.health import serve
from weijing.links import rating_link
from weijing.settings import ROOT, Settings, load_settings

expect.set_options(timeout=20_000)
PICTURE = (ROOT / "channels" / "simulator" / "static" / "picture.png").read_bytes()
AUDIT = (Path(__file__).parent / "audit.js").read_text()
NAME = "王女士"


@dataclass
class Scene:
    """A phone before a running edge."""

    browser: Browser
    settings: Settings
    bot: CalmBot
    faults: list[str] = field(default_factory=list)

    @property
    def rating(self) -> str:
        return rating_link(self.settings, "A2026-000109", openid_of(self.settings.wechat_app_id, NAME))

    async def phone(self, **more: Any) -> BrowserContext:
        size = {"width": 390, "height": 844}
        context = await self.browser.new_context(viewport=size, has_touch=True, **more)  # type: ignore[arg-type]
        await context.add_cookies([{"name": COOKIE, "value": quote(NAME), "url": f"{self.settings.public_base}/simulator/"}])
        return context

    async def open(self, path: str, **more: Any) -> Page:
        page = await (await self.phone(**more)).new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.faults.append(request.url) if urlsplit(request.url).hostname not in ("127.0.0.1", None) else None)
        await page.goto(path if path.startswith("http") else self.settings.public_base + path)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:  # a refused form is no fault of the page
            self.faults.append(message.text)

    async def every_page(self, **more: Any) -> AsyncIterator[Page]:
        page = await self.open("/h5/items/id_card_replacement", **more)
        yield page
        base = f"{self.settings.public_base}/h5"
        for address in (f"{base}/identity", self.rating, f"{base}/upload", f"{base}/rate", f"{base}/nothing"):
            await page.goto(address)
            yield page


@pytest.fixture(scope="module")
def backend(postgres_server: EmbeddedPostgres) -> Any:
    url = new_database(postgres_server)
    migrate(url)
    with Running(load_settings().copy(update={"database_url": url})) as running:
        yield running


@pytest_asyncio.fixture
async def scene(redis: Redis, redis_server: EmbeddedRedis, backend: Running) -> AsyncIterator[Scene]:
    ours = backend.settings
    more = {"backend_url": backend.base, "backend_token": ours.backend_token, "vault_key": ours.vault_key, "database_url": ours.database_url}
    settings = settings_with(redis_server.url, edge_port=free_port(), **more)
    bot = CalmBot(redis)
    await bot.lease()
    async with open_browser() as browser:
        runner = await serve(init_app(settings), "127.0.0.1", settings.edge_port)
        answering = asyncio.create_task(bot.run())
        scene = Scene(browser, settings, bot)
        yield scene
        await browser.close()
        await runner.cleanup()
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
    assert not scene.faults, scene.faults


def picture(name: str, more: bytes = b"") -> Any:
    return {"name": name, "mimeType": "image/png", "buffer": PICTURE + more}


async def test_the_tick_list_is_saved_as_a_picture(scene: Scene) -> None:
    page = await scene.open("/h5/items/id_card_replacement")
    await page.get_by_text("居民户口簿").click()
    await expect(page.get_by_role("checkbox").first).to_be_checked()
    await page.get_by_role("button", name="把清单存成图片").click()
    sheet = page.get_by_role("dialog").get_by_role("img")
    await expect(sheet).to_be_visible()
    size = await sheet.evaluate("async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }")
    assert size[0] == 750 and size[1] > 500 and "居民户口簿" in str(await sheet.get_attribute("alt"))
    assert str(await page.get_by_role("link", name="下载").get_attribute("href")).startswith("data:image/png")
    await page.get_by_role("button", name="好了").click()
    await expect(sheet).to_be_hidden()


async def test_without_a_canvas_it_is_printed(scene: Scene) -> None:
    context = await scene.phone()
    await context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null; window.print = () => { document.title = 'printed'; };")
    page = await context.new_page()
    await page.goto(f"{scene.settings.public_base}/h5/items/id_card_replacement")
    await page.get_by_role("button", name="把清单存成图片").click()
    await expect(page).to_have_title("printed")


async def bind(page: Page, **more: str) -> None:
    for label, value in {"姓名": "赵示例", "身份证号码": "110101190001010014", "手机号": "19900000001", **more}.items():
        await page.get_by_label(label, exact=True).fill(value)


async def test_an_identity_is_bound_by_keyboard_alone(scene: Scene) -> None:
    scene.bot.bubbles = [{"text": "绑定成功：赵**。"}]
    page = await scene.open("/h5/identity")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for words in ("赵示例", "11010119000101001", "19900000001"):
        await page.keyboard.press("Tab")
        await page.keyboard.type(words)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    fault = page.get_by_text("身份证号码应是 18 位，您填了 17 位")
    await expect(fault).to_be_visible()
    await expect(page.get_by_label("身份证号码", exact=True)).to_be_focused()
    await page.keyboard.press("End")
    await page.keyboard.type("4")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("绑定成功：赵**。")).to_be_visible()
    assert scene.bot.seen[-1].data == {"name": "赵示例", "id_number": "110101190001010014", "phone": "19900000001"}


async def test_a_rating_by_touch(scene: Scene) -> None:
    scene.bot.bubbles = [{"text": "谢谢您的评价"}]
    page = await scene.open(scene.rating)
    for name in ("办得怎么样", "手续和流程"):
        await page.get_by_role("group", name=name).get_by_role("radio", name="优").check()
    await page.get_by_label("还想说的").fill("字" * 450)
    await expect(page.get_by_text("还能写 50 字")).to_be_visible()
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_role("group", name="服务态度").get_by_text("请选一个")).to_be_visible()
    await page.get_by_role("group", name="服务态度").get_by_role("radio", name="差").check()
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    assert scene.bot.seen[-1].data["attitude"] == "poor"


async def test_pictures_show_their_progress_and_go_in_one_message(scene: Scene) -> None:
    page = await scene.open("/h5/upload")
    notes = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
    await page.get_by_label("选图片或拍照").set_input_files([picture("一.png"), notes, picture("二.png", b"2")])
    rows = page.get_by_role("listitem")
    await expect(rows.nth(0)).to_contain_text("已传好")
    await expect(rows.nth(1)).to_contain_text("不是图片")
    await page.get_by_label("选图片或拍照").set_input_files([picture("三.png", b"3")])
    await expect(page.get_by_role("button", name="提交 3 张")).to_be_enabled()
    await page.get_by_role("button", name="移除 二.png").click()
    await page.get_by_role("button", name="提交 2 张").click()
    await expect(page.get_by_role("heading", name="已交 2 张图片")).to_be_visible()
    for _ in range(400):  # the page does not wait for the bot: the answer belongs into the chat
        if scene.bot.seen:
            break
        await asyncio.sleep(0.05)
    assert len(scene.bot.seen[-1].data["media"].split()) == 2


async def test_without_javascript_everything_works(scene: Scene) -> None:
    scene.bot.bubbles = [{"text": "办好了"}]
    page = await scene.open("/h5/upload", java_script_enabled=False)
    await page.locator("#files").set_input_files([picture("一.png", b"4"), picture("二.png", b"5")])
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_role("heading", name="已交 2 张图片")).to_be_visible()
    page = await scene.open("/h5/identity", java_script_enabled=False)
    await bind(page)
    await page.get_by_label("我单独同意").check()
    await page.get_by_role("button", name="同意并绑定").click()
    await expect(page.get_by_text("办好了")).to_be_visible()
    page = await scene.open("/h5/items/id_card_replacement", java_script_enabled=False)
    await page.get_by_text("居民户口簿").click()
    await expect(page.get_by_role("checkbox").first).to_be_checked()
    await expect(page.get_by_role("button", name="存成图片")).to_be_hidden()


@pytest.mark.parametrize("size", ["100%", "200%"])
async def test_no_page_scrolls_sideways_and_targets_are_large_enough(scene: Scene, size: str) -> None:
    async for page in scene.every_page():
        await page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
        assert await page.evaluate("document.documentElement.scrollWidth") == 390, page.url
        assert await page.evaluate(AUDIT) == [], page.url
        assert await page.evaluate(f"({CLIPPED})()") == [], page.url


CLIPPED = """() => [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.matches(".hidden, input, progress")
  && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast_enough(scene: Scene, scheme: str) -> None:
    async for page in scene.every_page(color_scheme=scheme):
        assert await page.evaluate(CONTRAST) == [], page.url
        for box in await page.get_by_role("checkbox").all() + await page.get_by_role("radio").all():
            await box.check()
        assert await page.evaluate(CONTRAST) == [], page.url
    page = await scene.open("/h5/identity", color_scheme=scheme)
    await page.get_by_role("button", name="同意并绑定").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await page.evaluate(CONTRAST) == []


async def test_the_chat_leads_to_the_pages_as_the_same_person(scene: Scene) -> None:
    scene.bot.bubbles = [{"text": f'请点这里<a href="{scene.settings.public_base}/h5/identity">绑定身份</a>。'}]
    context = await scene.browser.new_context(viewport={"width": 390, "height": 844})
    chat = await context.new_page()
    await chat.goto(f"{scene.settings.public_base}/simulator?user={quote('小陈')}")
    await chat.get_by_role("button", name="切换到键盘").click()
    await chat.get_by_label("输入消息").fill("绑定身份")
    await chat.keyboard.press("Enter")
    async with context.expect_page() as opened:
        await chat.get_by_role("link", name="绑定身份").click()
    page = await opened.value
    scene.bot.bubbles = [{"text": "绑定成功"}]
    await bind(page)
    await page.get_by_label("我单独同意").check()
    await page.get_by_role("button", name="同意并绑定").click()
    await expect(page.get_by_text("绑定成功")).to_be_visible()
    assert scene.bot.seen[-1].openid == openid_of(scene.settings.wechat_app_id, "小陈")
