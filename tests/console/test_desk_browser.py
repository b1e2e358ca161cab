"""The desk in a real browser: what happens appears by itself, a draft is not lost, one reply is sent once, nothing is inaccessible."""

from __future__ import annotations

import asyncio
import io
import time
import wave
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from playwright.async_api import Page

from console.assets import PACKAGES
from console.session import COOKIE
from store.evidence import Evidence, EvidenceStore, evidence_id
from store.redis import Redis
from tests.console.conftest import Desk
from tests.console.desk_people import found, happened, outbox, turn
from tests.e2e.browser import open_browser

EMPTY = "WITH c AS (DELETE FROM weijing.conversations), h AS (DELETE FROM weijing.handoffs) DELETE FROM weijing.messages"
"""Row by row: the console that reads beside us and a TRUNCATE would wait for each other."""


@pytest_asyncio.fixture
async def browser(desk: Desk) -> AsyncIterator[Page]:
    """A browser of 林坐席, with nobody waiting yet; a fault of a script fails the test."""
    await found(desk, EMPTY)
    person, faults = await desk.log_in("zuoxi1"), []
    token = next(cookie.value for cookie in person.http.cookie_jar if cookie.key == COOKIE)
    async with open_browser() as chromium:
        page = await chromium.new_page(viewport={"width": 1440, "height": 900})
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        await page.context.add_cookies([{"name": COOKIE, "value": token, "url": desk.base}])
        yield page
    assert not faults


async def test_a_conversation_from_its_arrival_to_the_reply(desk: Desk, browser: Page, redis: Redis) -> None:
    openid = f"o{uuid4().hex[:20]}"
    await browser.goto(f"{desk.base}/desk/waiting")
    await browser.wait_for_function("performance.getEntriesByType('resource').length > 5")
    await happened(desk, turn(openid, "身份证丢了", reason="request", topic="身份证"))
    await browser.locator(f'[data-openid="{openid}"]').wait_for()  # it came by itself
    await browser.keyboard.press("j")
    await browser.keyboard.press("Enter")
    await browser.locator("#claim").wait_for()
    await browser.keyboard.press("c")
    await browser.locator("#draft").wait_for()
    await browser.keyboard.press("r")
    await browser.keyboard.type("您好，补领要本人来")
    started = time.monotonic()
    await happened(desk, turn(openid, "还在吗", ago=0))
    await browser.get_by_text("还在吗").first.wait_for()
    assert time.monotonic() - started < 5, "under one second on an idle machine"
    assert await browser.input_value("#draft") == "您好，补领要本人来", "an update takes no draft away"
    await browser.reload()
    assert await browser.input_value("#draft") == "您好，补领要本人来", "nor does a reload"
    await browser.get_by_role("button", name="事项卡").click()
    await browser.locator("#item-search").press_sequentially("sfz")
    await browser.locator("#item-found").get_by_text("没有找到").wait_for()
    await browser.get_by_role("button", name="关上").click()
    await browser.focus("#draft")
    await browser.keyboard.press("Control+Enter")
    await browser.keyboard.press("Control+Enter")
    await browser.locator("#lines .said.staff").wait_for()
    await asyncio.sleep(0.3)
    assert await outbox(redis, openid) == [[{"text": "您好，补领要本人来"}]] and await browser.input_value("#draft") == ""


async def test_what_comes_while_one_reads_above_is_counted_and_a_voice_plays(desk: Desk, browser: Page) -> None:
    openid = f"o{uuid4().hex[:20]}"
    said = turn(openid, "〔语音〕", kind="voice", ago=40)
    lines = [turn(openid, f"第{number}句", ago=300 - number) for number in range(30)]
    await happened(desk, turn(openid, "转人工", reason="request", ago=400), *lines, said)
    store = await EvidenceStore.open(desk.settings.database_url, desk.settings.derived_key("evidence"))
    await store.keep(Evidence(evidence_id(said["key"]), openid, said["key"], "voice"), wav())
    await store.close()
    await browser.goto(f"{desk.base}/desk/waiting/{openid}")
    await browser.wait_for_function("performance.getEntriesByType('resource').length > 5")
    heard = "async () => { const voice = document.querySelector('#lines audio'); await voice.play(); return voice.duration; }"
    assert await browser.evaluate(heard) > 0.4
    await browser.evaluate("document.getElementById('scroll').scrollTop = 0")
    await happened(desk, *(turn(openid, f"又一句{number}", bubbles=[], ago=3 - number) for number in range(3)))
    await browser.get_by_role("button", name="3 条新消息").click()
    left = "(() => { const box = document.getElementById('scroll'); return box.scrollHeight - box.scrollTop - box.clientHeight; })()"
    assert await browser.evaluate(left) < 60
    await browser.locator("#pill").wait_for(state="hidden")


def wav() -> bytes:
    """Half a second of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    return file.getvalue()


async def test_axe_finds_nothing_serious(desk: Desk, browser: Page) -> None:
    openid = f"o{uuid4().hex[:20]}"
    await happened(desk, turn(openid, "身份证丢了", reason="emergency", urgency="urgent"), turn(f"o{uuid4().hex[:20]}", "不服罚款", held="六十日内提出。"))
    axe = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for width, path in ((1440, f"/desk/waiting/{openid}"), (390, f"/desk/waiting/{openid}"), (1440, "/desk/held"), (390, "/desk/waiting")):
        await browser.set_viewport_size({"width": width, "height": 844})
        await browser.goto(desk.base + path)
        await browser.locator("h1:visible, .queue-row:visible").first.wait_for()
        faults = await browser.evaluate(f"{axe}\n;axe.run(document, {{resultTypes: ['violations']}}).then((found) => found.violations)")
        serious = [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in faults if one["impact"] in ("serious", "critical")]
        assert not serious, f"{path} at {width}: {serious}"


async def test_a_voice_as_wechat_sends_it_is_played(desk: Desk, browser: Page) -> None:
    openid, second = f"o{uuid4().hex[:20]}", (b"\x3c" + b"\x00" * 31) * 50
    event = turn(openid, "〔语音〕", kind="voice", reason="request")
    await happened(desk, event)
    store = await EvidenceStore.open(desk.settings.database_url, desk.settings.derived_key("evidence"))
    await store.keep(Evidence(evidence_id(event["key"]), openid, event["key"], "voice"), b"#!AMR\n" + second)
    await store.close()
    await browser.goto(f"{desk.base}/desk/waiting/{openid}")
    await browser.get_by_role("button", name="听语音").click()
    seconds = "player => player.readyState ? player.duration : new Promise(done => player.addEventListener('loadedmetadata', () => done(player.duration)))"
    assert await browser.locator("#lines audio").evaluate(seconds) == 1
