"""The simulator in a real browser, before the real edge on a real Redis; a scripted bot commits the turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from channels.edge import init_app
from channels.simulator.routes import PLATFORM
from store.message import Bubble
from store.redis import Redis
from tests.channels.conftest import Bot, settings_with
from tests.e2e.browser import open_browser
from tests.e2e.house import free_port
from weijing.engines import EmbeddedRedis
from weijing.health import serve
from weijing.settings import Settings

expect.set_options(timeout=20_000)
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
GUIDE: list[Bubble] = [
    {"text": "补领居民身份证\n\n要带：居民户口簿\n\n依据：《居民身份证法》第十一条"},
    {"text": "您还想了解：", "buttons": [{"title": "要多少钱", "payload": "补领身份证的费用"}, {"title": "找人工", "payload": "转人工"}]},
]


class CalmBot(Bot):
    """Looks less often than a worker would: browser, edge and bot share few cores."""

    async def run(self) -> None:
        while True:
            for _, entry, message in await self.waiting():
                await asyncio.sleep(self.delay)
                echo: list[Bubble] = [{"text": f"答：{message.text or message.event or message.kind}"}]
                await self.answer_one(message, entry, self.bubbles or echo)
            await asyncio.sleep(0.2)


@dataclass
class Scene:
    """A browser before a running edge."""

    browser: Browser
    app: web.Application
    settings: Settings
    bot: Bot
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.edge_port}/simulator"

    async def open(self, width: int = 1440, height: int = 900, path: str = "", scheme: str = "light") -> Page:
        page = await self.browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page.on("console", lambda message: self.faults.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.faults.append(request.url) if urlsplit(request.url).hostname != "127.0.0.1" else None)
        await page.goto(self.url + path)
        return page

    async def serve_message(self, text: str) -> int:
        """What the sender does: a customer-service message to 王女士 through the platform's API."""
        user = self.app[PLATFORM].people.named("王女士")
        key = self.app[PLATFORM].tokens.stable()[0]
        body = json.dumps({"touser": user.openid, "msgtype": "text", "text": {"content": text}}, ensure_ascii=False)
        async with aiohttp.ClientSession() as http:
            async with http.post(f"{self.settings.platform_base}/cgi-bin/message/custom/send", params={"access_token": key}, data=body.encode()) as response:
                return int((await response.json())["errcode"])


@pytest_asyncio.fixture
async def scene(redis: Redis, redis_server: EmbeddedRedis) -> AsyncIterator[Scene]:
    settings = settings_with(redis_server.url, edge_port=free_port())
    app, bot = init_app(settings), CalmBot(redis)
    await bot.lease()
    async with open_browser() as browser:
        runner = await serve(app, "127.0.0.1", settings.edge_port)
        answering = asyncio.create_task(bot.run())
        scene = Scene(browser, app, settings, bot)
        yield scene
        await browser.close()
        await runner.cleanup()
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
    assert not scene.faults, scene.faults


async def say(page: Page, words: str) -> None:
    if await page.locator("#to-keyboard").is_visible():
        await page.get_by_role("button", name="切换到键盘").click()
    await page.get_by_label("输入消息").fill(words)
    await page.keyboard.press("Enter")


async def test_a_question_is_answered_its_link_tapped_and_its_xml_shown(scene: Scene) -> None:
    page = await scene.open()
    scene.bot.bubbles = GUIDE
    await say(page, "身份证丢了怎么补办要带什么")
    reply = page.locator(".line-account").last
    await expect(reply).to_contain_text("《居民身份证法》第十一条")
    await expect(page.locator(".line-user .words")).to_have_text("身份证丢了怎么补办要带什么")

    scene.bot.bubbles = [{"text": "40 元"}]
    await reply.get_by_role("button", name="要多少钱").click()
    await expect(page.locator(".line-user").last).to_contain_text("补领身份证的费用")
    await expect(page.locator(".line-account").last).to_contain_text("40 元")
    assert scene.bot.seen[-1].text == "补领身份证的费用" and scene.bot.seen[-1].data["menu_id"] == "1"

    card = page.locator(".exchange").first
    await expect(card).to_contain_text("被动回复")
    await card.locator("summary").click()
    await expect(card.get_by_role("tabpanel")).to_contain_text("<![CDATA[补领身份证的费用]]>")
    await card.get_by_role("tab", name="回复密文").click()
    await expect(card.get_by_role("tabpanel")).to_contain_text("<MsgSignature>")
    await page.keyboard.press("ArrowLeft")
    await expect(card.get_by_role("tabpanel")).to_contain_text("40 元")
    await page.get_by_role("button", name="收起").click()
    await expect(page.locator("#exchanges")).to_be_hidden()


async def test_the_menu_works_by_mouse_and_by_keyboard(scene: Scene) -> None:
    page = await scene.open()
    await page.get_by_role("menuitem", name="办事", exact=True).click()
    await page.get_by_role("menuitem", name="进度查询").click()
    await expect(page.locator(".line-account").last).to_contain_text("答：click")
    assert scene.bot.seen[-1].event_key == "query_progress"
    await expect(page.get_by_role("menuitem", name="进度查询")).to_be_hidden()

    await page.get_by_role("menuitem", name="便民").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menuitem", name="网点查询")).to_be_hidden()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line-account")).to_have_count(2)
    assert scene.bot.seen[-1].event_key == "find_office"


async def test_a_location_a_picture_and_a_voice_are_sent(scene: Scene) -> None:
    page = await scene.open()
    await page.get_by_role("button", name="切换到键盘").click()
    for name in ("位置", "图片", "语音"):
        await page.get_by_role("button", name="更多").click()
        await page.get_by_role("button", name=name, exact=True).click()
        if name == "位置":
            await page.get_by_role("button", name="人民广场").click()
        await expect(page.locator("#panel")).to_be_hidden()
    await expect(page.locator(".line-account")).to_have_count(3)
    assert sorted(message.kind for message in scene.bot.seen) == ["image", "location", "voice"]
    assert await page.locator(".picture").evaluate("image => image.complete && image.naturalWidth > 0")


async def test_a_customer_service_message_appears_by_itself_on_every_open_page(scene: Scene) -> None:
    pages = [await scene.open(), await scene.open(390, 844)]
    assert await scene.serve_message("太早") == 45015
    await say(pages[0], "你好")
    await expect(pages[0].locator(".line-account")).to_have_count(1)
    assert await scene.serve_message("您的办件有进展") == 0
    for page in pages:
        await expect(page.locator('[data-delivery="customer_service"]')).to_contain_text("您的办件有进展")
    await expect(pages[0].locator(".exchange").first).to_contain_text("客服消息")


async def test_a_silent_bot_is_waited_for_and_typing_shows(scene: Scene) -> None:
    page = await scene.open()
    scene.bot.delay = 1.0
    await say(page, "你好")
    await expect(page.locator(".line-user.pending")).to_have_count(1)
    await expect(page.locator(".exchange").first).to_contain_text("推送中")
    await expect(page.locator(".line-account")).to_have_count(1)
    await expect(page.locator(".line-user.pending")).to_have_count(0)
    scene.app[PLATFORM].people.named("王女士").tell("typing", 15)
    await expect(page.get_by_text("对方正在输入")).to_be_visible()
    assert await scene.serve_message("来了") == 0
    await expect(page.get_by_text("对方正在输入")).to_be_hidden()


async def test_a_new_user_is_greeted_and_may_leave_and_return(scene: Scene) -> None:
    page = await scene.open()
    await page.get_by_label("新用户").fill("赵先生")
    await page.get_by_role("button", name="关注", exact=True).click()
    await expect(page.locator(".line-account")).to_contain_text("答：subscribe")
    await page.get_by_role("button", name="让赵先生取消关注").click()
    await asyncio.sleep(1.1)  # two follows within one second are one to WeChat: an event has no MsgId
    await page.get_by_role("button", name="关注公众号").click()
    await expect(page.locator(".line-account")).to_have_count(2)
    await page.get_by_role("link", name="李先生").click()
    await expect(page.locator(".line-account")).to_have_count(0)


async def test_at_390_pixels_the_phone_fills_the_screen_and_the_trace_is_a_page(scene: Scene) -> None:
    page = await scene.open(390, 844)
    scene.bot.bubbles = GUIDE
    await say(page, "身份证丢了怎么补办")
    await expect(page.locator(".line-account")).to_have_count(1)
    box = await page.locator("#phone").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name="切换用户").click()
    await expect(page.get_by_role("link", name="小陈")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name="小陈")).to_be_hidden()
    await page.get_by_role("link", name="查看报文").click()
    await page.locator(".exchange summary").click()
    await expect(page.get_by_role("tabpanel")).to_contain_text("身份证丢了怎么补办")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("link", name="返回聊天").click()
    await expect(page.locator(".line-account")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_contrast_enough(scene: Scene, scheme: str) -> None:
    page = await scene.open(scheme=scheme)
    scene.bot.bubbles = GUIDE
    await say(page, "身份证丢了怎么补办")
    await expect(page.locator(".line-account")).to_have_count(1)
    await page.locator(".exchange summary").first.click()
    assert await page.evaluate(CONTRAST) == []
    await page.get_by_role("button", name="更多").click()
    await page.get_by_role("button", name="位置", exact=True).click()
    assert await page.evaluate(CONTRAST) == []
    await page.get_by_role("button", name="切换到菜单").click()
    await page.get_by_role("menuitem", name="互动").click()
    await asyncio.sleep(0.1)
    assert await page.evaluate(CONTRAST) == []
