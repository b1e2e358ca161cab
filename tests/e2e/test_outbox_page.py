"""What the sender delivers, on the phone of the simulator in a real browser: the real edge, the real sender's outlet, a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest_asyncio
from playwright.async_api import Page, expect

from channels.edge import init_app
from channels.outbox import Sender
from channels.simulator.routes import PLATFORM
from channels.wechat.api import PlatformApi
from channels.wechat.delivery import WeChatOutlet
from channels.wechat.notices import Notices, read_templates
from channels.wechat.pictures import Pictures, add_pictures
from channels.wechat.typing import TypingWatch
from store.ledger import Ledger
from store.pace import Pace
from store.redis import Redis
from store.turns import Turns
from tests.channels.conftest import Bot, settings_with
from tests.e2e.browser import open_browser
from tests.e2e.house import free_port
from weijing.engines import EmbeddedRedis
from weijing.health import serve
from weijing.tasks import end

PICTURE = Path(__file__).parent.parent.parent / "channels" / "simulator" / "static" / "picture.png"
TEMPLATES = "progress=TPL-progress,report=TPL-report01"


@dataclass
class Scene:
    page: Page
    redis: Redis
    openid: str
    base: str
    bot: Bot
    faults: list[str]

    async def post(self, name: str, *bubbles: dict[str, object], kind: str = "notice") -> None:
        await Turns(self.redis).post(self.openid, name, list(bubbles), kind=kind)

    async def say(self, words: str) -> None:
        if await self.page.locator("#to-keyboard").is_visible():
            await self.page.get_by_role("button", name="切换到键盘").click()
        await self.page.get_by_label("输入消息").fill(words)
        await self.page.keyboard.press("Enter")


@pytest_asyncio.fixture
async def scene(redis: Redis, redis_server: EmbeddedRedis, tmp_path: Path) -> AsyncIterator[Scene]:
    (tmp_path / "map.png").write_bytes(PICTURE.read_bytes())
    settings = settings_with(redis_server.url, edge_port=free_port(), wechat_notice_templates=TEMPLATES)
    app, bot, faults = init_app(settings), Bot(redis), []
    add_pictures(app, tmp_path)
    await bot.lease()
    async with open_browser() as browser, aiohttp.ClientSession() as session:
        runner = await serve(app, "127.0.0.1", settings.edge_port)
        api, pace = PlatformApi(redis, settings, session), Pace(redis, settings.wechat_app_id, 1200)
        outlet = WeChatOutlet(
            redis, api, pace, Pictures(redis, api, settings, tmp_path), Notices(redis, api, read_templates(TEMPLATES)), verified=True
        )
        sender = Sender(redis, {"wechat": outlet}, "sender")
        watch = TypingWatch(redis, api, pace, lambda: sender.parts)
        tasks = [asyncio.create_task(work) for work in (sender.run(), watch.run(), bot.run())]
        page = await browser.new_page(viewport={"width": 1440, "height": 1000})
        page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
        base = f"http://127.0.0.1:{settings.edge_port}"
        await page.goto(f"{base}/simulator")
        yield Scene(page, redis, app[PLATFORM].people.named("王女士").openid, base, bot, faults)
        await browser.close()
        await end(*tasks)
        await runner.cleanup()
    assert not faults, faults


async def test_words_pictures_and_cards_arrive_as_wechat_shows_them(scene: Scene) -> None:
    page, url = scene.page, f"{scene.base}/static/pictures/map.png"
    await scene.say("你好")
    await expect(page.locator(".line-account")).to_have_count(1)
    news = {"news": {"title": "补领居民身份证", "description": "材料、费用、时限，一页看完", "url": f"{scene.base}/h5/items/x", "picture": url}}
    await scene.post("news", {"text": "您问的事项在这里：", "custom": news})
    await expect(page.locator(".article")).to_contain_text("一页看完")
    await scene.post("image", {"image": url})
    await expect(page.locator(".picture-free")).to_be_visible()
    mini = {"miniprogram": {"title": "预约出入境窗口", "appid": "wx0123456789abcdef", "path": "pages/book", "picture": url}}
    await scene.post("mini", {"custom": mini})
    await expect(page.locator(".bubble-miniprogrampage")).to_contain_text("预约出入境窗口")
    assert await page.locator(".picture-free, .cover, .article img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 0)")
    assert await page.locator(".line-account").count() == 5


async def test_a_notice_tells_that_something_waits(scene: Scene) -> None:
    page = scene.page
    await scene.say("你好")
    await expect(page.locator(".line-account")).to_have_count(1)
    await page.get_by_role("button", name="更多").click()
    await page.get_by_role("button", name="允许通知").click()
    await expect(page.get_by_text("你已允许该公众号向你发送服务通知")).to_be_visible()
    for _ in range(100):
        if await scene.redis.keys("wj:*:consent:*"):
            break
        await asyncio.sleep(0.05)
    await Ledger(scene.redis).empty(scene.openid)
    told = {"notice": {"item": "补领居民身份证", "status": "待领取"}}
    await scene.post("done", {"text": "您的办件 A2026-000123 已办结，请携带原证件领取。", "custom": told}, kind="progress")
    notice = page.locator(".bubble-notice")
    await expect(notice).to_contain_text("办件进度提醒")
    await expect(notice).to_contain_text("A2026-000123")
    await expect(notice).to_contain_text("待领取")
    assert await page.get_by_text("请携带原证件领取").count() == 0, "the whole is kept for the next message"


async def test_who_waits_sees_typing(scene: Scene) -> None:
    scene.bot.delay = 3.0
    await scene.say("你好")
    await expect(scene.page.get_by_text("对方正在输入")).to_be_visible()
    await expect(scene.page.locator(".line-account")).to_have_count(1)
    await expect(scene.page.get_by_text("对方正在输入")).to_be_hidden()
