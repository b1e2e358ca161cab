"""The web chat in a real browser on a bureau's page of another site, before a real edge and sender that are killed on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from channels.webchat.session import COOKIE, Sessions
from store.message import Bubble
from store.migrate import migrate
from store.redis import Redis, client
from store.turns import Turns
from tests.channels.conftest import Bot, settings_with
from tests.e2e.browser import open_browser
from tests.e2e.house import House, free_port
from tests.e2e.webchat_site import Scheme, Site, chat, launcher, open_chat, say, site_app, talk
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.errors import CommitRefused
from weijing.generated import generated_secrets
from weijing.health import serve
from weijing.settings import ROOT
from weijing.tasks import end

expect.set_options(timeout=20_000)
pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
PICTURE = ROOT / "channels" / "simulator" / "static" / "picture.png"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


class CalmBot(Bot):
    """Looks less often than a worker would: browser, edge and bot share few cores."""

    async def run(self) -> None:
        while True:
            for _, entry, message in await self.waiting():
                await asyncio.sleep(self.delay)
                echo: list[Bubble] = [{"text": f"答：{message.text or message.kind}"}]
                with suppress(CommitRefused):  # its visitor has left meanwhile
                    await self.answer_one(message, entry, echo if self.bubbles is None else self.bubbles)
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def redis(redis_server: EmbeddedRedis) -> AsyncIterator[Redis]:
    connection = client(redis_server.url)
    await connection.flushall()
    yield connection
    await connection.close(close_connection_pool=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    redis: Redis, redis_server: EmbeddedRedis, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """Processes and browser, once for all tests."""
    migrate(postgres_server.url)
    port, edge_port, sender_port = free_port(), free_port(), free_port()
    environment = {"REDIS_URL": redis_server.url, "DATABASE_URL": postgres_server.url, "EDGE_PORT": str(edge_port), "SENDER_PORT": str(sender_port)}
    environment["WEBCHAT_ORIGINS"] = f"http://localhost:{port},http://127.0.0.1:{port}"
    house, bot = House(tmp_path_factory.mktemp("webchat"), environment), CalmBot(redis)
    await bot.lease()
    runner = await serve(site_app(f"http://127.0.0.1:{edge_port}"), "127.0.0.1", port)
    edge, sender = house.start("edge"), house.start("sender")
    answering = asyncio.create_task(bot.run())
    try:
        for process, at in ((edge, edge_port), (sender, sender_port)):
            await asyncio.to_thread(house.wait_ready, process, at)
        async with open_browser() as browser:
            yield Site(browser, house, bot, port, edge_port, edge)
    finally:
        await end(answering)
        await asyncio.to_thread(house.stop)
        await runner.cleanup()


@pytest.fixture
def site(house: Site) -> Iterator[Site]:
    """The house with an empty slate."""
    house.bot.bubbles, house.bot.delay = None, 0.0
    house.bot.seen.clear()
    yield house
    assert not house.faults, house.faults


async def shows(page: Page, lines: list[str]) -> None:
    """Wait until the talk is these lines, and see that it stays so."""
    try:
        await expect(chat(page).locator("#lines .words")).to_have_count(len(lines))
    finally:
        assert await talk(page) == lines


async def visitor(site: Site, page: Page) -> str:
    """The openid of a page."""
    token = next(cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == COOKIE)
    secret = generated_secrets(site.house.folder)["VAULT_KEY"]
    return Sessions(settings_with("", vault_key=secret).derived_key("webchat-session")).visitor(token)


async def test_a_talk_goes_on_over_buttons_reloads_pages_and_tabs(site: Site, redis: Redis) -> None:
    page = await site.open()
    await expect(launcher(page)).to_have_text("在线咨询")
    await launcher(page).press("Enter")
    await expect(chat(page).get_by_label("输入消息")).to_be_focused()
    site.bot.bubbles = [{"text": f"{HOSTILE} 详见 <a href=\"https://www.gov.cn/\">国务院</a> <a href='javascript:alert(3)'>坏</a>"}]
    site.bot.bubbles += [{"text": "还想了解：", "buttons": [{"title": "要多少钱", "payload": "补领身份证的费用"}, {"title": "找人工", "payload": "转人工"}]}]
    await say(page, HOSTILE)
    await expect(chat(page).locator("#lines .words")).to_have_count(3)
    assert (await talk(page))[0] == HOSTILE and HOSTILE in (await talk(page))[1] and "<a href='javascript:alert(3)'>坏</a>" in (await talk(page))[1]
    links = chat(page).locator("#lines a")
    assert await links.count() == 1 and await links.get_attribute("rel") == "noopener noreferrer"

    site.bot.bubbles = [{"text": "40 元"}]
    await chat(page).get_by_role("button", name="2 找人工").focus()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(chat(page).locator("#lines .words").last).to_have_text("40 元")
    assert site.bot.seen[-1].text == "补领身份证的费用"
    whole = await talk(page)

    await page.get_by_role("link", name="第二页").click()
    await shows(page, whole)
    await page.reload()
    await shows(page, whole)
    other = await site.open(page.context)
    await open_chat(other)
    await shows(other, whole)
    site.bot.bubbles = None
    await say(other, "第二个窗口")
    for each in (page, other):
        await shows(each, [*whole, "第二个窗口", "答：第二个窗口"])

    await chat(page).get_by_label("输入消息").press("Escape")
    await expect(launcher(page)).to_be_focused()
    await Turns(redis).post(await visitor(site, page), "staff-1", [{"text": "您好，我是民警小张"}], kind="staff")
    await expect(launcher(page)).to_have_attribute("aria-label", "在线咨询，1 条新消息")
    await open_chat(page)
    await expect(chat(page).locator(".line-staff")).to_contain_text("工作人员")
    await expect(page.locator("weijing-webchat .badge")).to_be_hidden()


async def test_nothing_is_lost_or_doubled_when_everything_breaks(site: Site) -> None:
    page = await site.open(host="127.0.0.1")
    await open_chat(page)
    lost: list[str] = []

    async def lose_the_answer(route: Route) -> None:
        if "丢" in (route.request.post_data or "") and len(lost) < 2:
            await route.fetch()
            lost.append(route.request.url)
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/webchat/messages", lose_the_answer)
    await say(page, "一")
    await shows(page, ["一", "答：一"])
    await say(page, "丢了回执")
    await shows(page, ["一", "答：一", "丢了回执", "答：丢了回执"])

    await asyncio.to_thread(site.edge.kill)
    await say(page, "边缘死了")
    await expect(chat(page).locator("#bar")).to_have_text("网络断开，正在重连…")
    await expect(chat(page).locator("#pending .sending")).to_have_count(1)
    await page.reload()  # the page cannot even be had now; the words are kept
    await site.start_edge()
    await page.reload()
    await shows(page, ["一", "答：一", "丢了回执", "答：丢了回执", "边缘死了", "答：边缘死了"])
    await say(page, "活了")
    await expect(chat(page).locator("#lines .words").last).to_have_text("答：活了")

    await page.context.set_offline(True)
    for words in ("离线一", "离线二"):
        await say(page, words)
    await asyncio.sleep(2)
    await page.context.set_offline(False)
    await expect(chat(page).locator("#lines .words").last).to_have_text("答：离线二")
    site.bot.delay = 0.4
    for number in range(4):
        await say(page, f"第{number}")
        if number == 1:
            await asyncio.to_thread(site.edge.kill)
            await site.start_edge()
    await expect(chat(page).locator("#lines .words").last).to_have_text("答：第3")
    said = [message.text for message in site.bot.seen]
    shown = await talk(page)
    assert len(said) == len(set(said)) and [line for line in shown if not line.startswith("答")] == said
    assert [line for line in shown if line.startswith("答")] == [f"答：{words}" for words in said]
    assert len(lost) >= 1 and await chat(page).locator("#pending li").count() == 0


async def test_a_site_that_is_not_named_may_not_embed_the_chat(site: Site) -> None:
    port = free_port()
    runner = await serve(site_app(site.edge_url), "127.0.0.1", port)
    page = await site.browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "frame-ancestors" in message.text else None)
    await page.goto(f"http://localhost:{port}/")
    await launcher(page).click()
    await expect(page.locator("weijing-webchat .wait")).to_contain_text("在新窗口打开")
    await page.locator("weijing-webchat").get_by_role("button", name="关闭").click()
    await expect(launcher(page)).to_be_focused()
    assert refused and not await page.locator("weijing-webchat .panel.ready").count()
    await runner.cleanup()


async def test_pictures_emergencies_and_the_end(site: Site) -> None:
    page = await site.open(width=390, height=844)
    await open_chat(page)
    await chat(page).locator("#file").set_input_files(PICTURE)
    await expect(chat(page).locator("#lines .picture")).to_be_visible()
    await expect(chat(page).locator("#lines .words").last).to_have_text("答：image")
    await page.reload()
    await open_chat(page)
    await expect(chat(page).locator("#lines .picture")).to_be_visible()
    await chat(page).locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"<svg>"})
    await expect(chat(page).locator(".failed")).to_contain_text("只能发 JPG")
    await chat(page).get_by_role("button", name="删除").click()
    site.bot.bubbles = []
    await say(page, "有人拿刀砍我，快救命")
    await expect(chat(page).locator("#lines .line-card")).to_contain_text("110")
    assert await chat(page).locator(".line-card").count() == 1

    await chat(page).get_by_role("button", name="结束并清除").click()
    await chat(page).get_by_role("button", name="清除", exact=True).click()
    await expect(chat(page).locator("#log .line")).to_have_count(0)
    site.bot.bubbles = None
    await say(page, "重新开始")
    await shows(page, ["重新开始", "答：重新开始"])
    assert next(message.openid for message in site.bot.seen if message.text == "重新开始") != site.bot.seen[0].openid


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 800, "light"), (390, 844, "light"), (390, 844, "dark")])
async def test_it_looks_as_it_should(site: Site, redis: Redis, tmp_path: Path, width: int, height: int, scheme: Scheme) -> None:
    page = await site.open(width=width, height=height, scheme=scheme)
    await open_chat(page)
    site.bot.bubbles = [
        {"text": "补领居民身份证\n\n要带：居民户口簿\n费用：40 元\n依据：《居民身份证法》第十一条"},
        {"text": "您还想了解：", "buttons": [{"title": "在哪里办", "payload": "身份证在哪办"}, {"title": "多久能办好", "payload": "身份证多久办好"}]},
        {"custom": {"news": {"title": "办事指南：补领居民身份证", "description": "条件、材料、流程", "url": f"{site.edge_url}/h5/items/x"}}},
    ]
    await say(page, "身份证丢了怎么补办要带什么")
    await expect(chat(page).locator("#lines .bubble")).to_have_count(4)
    openid = await visitor(site, page)
    for kind, words in (("staff", "您好，我是民警小张，请问还有什么可以帮您？"), ("notice", "您的申请 A2026-000123 已受理。")):
        await Turns(redis).post(openid, f"{kind}-{openid}", [{"text": words}], kind=kind)
    await expect(chat(page).locator(".line-notice")).to_be_visible()
    await say(page, "家里着火了，快来救命")
    await expect(chat(page).locator("#lines .line-card")).to_be_visible()
    frame = next(frame for frame in page.frames if "/webchat/" in frame.url)
    assert await frame.evaluate(CONTRAST) == []
    panel = await page.locator("weijing-webchat .panel").bounding_box()
    assert panel and (panel["width"], panel["height"]) == ((390, 844) if width == 390 else (380, 600))
    assert await frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    nameless = "[...document.querySelectorAll('button')].filter(b => b.checkVisibility() && !b.textContent.trim() && !b.ariaLabel).length"
    assert await frame.evaluate(nameless) == 0
    await page.screenshot(path=tmp_path / f"{width}-{scheme}.png")
    await frame.evaluate("document.getElementById('scroll').scrollTop = 0")
    await page.screenshot(path=tmp_path / f"{width}-{scheme}-top.png")
    await frame.evaluate("document.documentElement.style.fontSize = '28px'")  # 200 %
    assert await frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = await chat(page).get_by_role("button", name="发送", exact=True).bounding_box()
    assert box and box["y"] + box["height"] <= height
    await page.screenshot(path=tmp_path / f"{width}-{scheme}-200.png")
