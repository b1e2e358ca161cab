"""What a trainer does on the workbench's pages, in a browser."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.desk_keys import focused, keys
from tests.e2e.desk_staff import WAIT_MS, Staff

JOB_S = 400.0
"""A training with its evaluation takes a minute on a quiet machine."""
PICTURES = os.environ.get("WEIJING_PICTURES", "")
"""A folder: the pages are photographed there as the scene goes on."""
SIZES = ((390, 844), (1440, 900))


async def photographed(staff: Staff, name: str) -> None:
    """A picture of the page as it stands, narrow and wide."""
    for width, height in SIZES if PICTURES else ():
        await staff.page.set_viewport_size({"width": width, "height": height})
        await staff.page.wait_for_timeout(400)
        await staff.page.screenshot(path=Path(PICTURES) / f"workbench-{name}-{width}.png")


async def queued(staff: Staff, words: str) -> None:
    """Open the queue, and pass over others with S until this message is on the card."""
    await staff.open("/workbench/review")
    while (shown := await staff.page.locator("[data-said]").input_value()) != words:
        await keys(staff.page, "s")
        await expect(staff.page.locator("[data-said]")).not_to_have_value(shown, timeout=WAIT_MS)


async def skipped_and_back(staff: Staff, words: str) -> None:
    """S by mistake; Z brings it back."""
    await keys(staff.page, "s")
    await staff.sees(words, "#toasts .toast >> nth=-1")
    await keys(staff.page, "z")
    await staff.sees("已放回待标注", "#toasts .toast >> nth=-1")
    await expect(staff.page.locator("[data-said]")).to_have_value(words, timeout=WAIT_MS)


async def entity_marked(staff: Staff, start: str, letters: int) -> None:
    """By the keyboard: the first letters are selected and marked as what the list begins with."""
    page = staff.page
    await page.focus(".more summary")
    await keys(page, "Enter")
    await page.focus("[data-said]")
    await keys(page, "Control+Home", *["Shift+ArrowRight"] * letters)
    await page.focus("[data-mark]")
    await keys(page, "Enter")
    await staff.sees(f"{start} · 地点", "[data-chips]")


async def corrected(staff: Staff, letters: str, title: str) -> None:
    """By the keyboard: E, the first letters of the intent's pinyin, its line, saved."""
    await keys(staff.page, "e")
    await focused(staff.page, "[data-search]")
    await staff.page.keyboard.type(letters)
    await expect(staff.page.locator("#options [aria-selected=true]")).to_contain_text(title, timeout=WAIT_MS)
    await keys(staff.page, "Enter")
    await focused(staff.page, "[data-chosen] button")
    await keys(staff.page, "Enter")


async def asked(staff: Staff, button: str) -> int:
    """Ask for a job with a button; its number."""
    await staff.page.get_by_role("button", name=button, exact=True).click()
    await staff.page.wait_for_url("**/workbench/jobs/*")
    found = re.search(r"/jobs/(\d+)$", staff.page.url)
    assert found
    return int(found[1])


async def done(staff: Staff) -> list[int]:
    """Watch a job to its end on its page, which is never loaded anew; how far it was each time that this changed."""
    await staff.page.evaluate("window.same = true")
    badge, bar, seen = staff.page.locator("#job header .badge"), staff.page.locator("#job progress"), [0]
    deadline = time.monotonic() + JOB_S
    while (state := await badge.inner_text()) in ("排队", "进行中"):
        now = int(await bar.get_attribute("value") or 0)
        seen += [now] if now != seen[-1] else []
        assert time.monotonic() < deadline, await staff.page.locator("#job").inner_text()
        await asyncio.sleep(0.2)
    assert state == "完成", await staff.page.locator("#job").inner_text()
    assert await staff.page.evaluate("window.same"), "the page followed by itself"
    return seen


async def released(staff: Staff, model: str, share: str) -> None:
    """Give a model users, and wait until it has them."""
    await staff.open(model)
    await staff.page.select_option("[name=share]", label=share)
    await asked(staff, "发布")
    await done(staff)


async def rest_photographed(trainer: Staff) -> None:
    """Pages that the scene does not pass, for the documentation."""
    if not PICTURES:
        return
    page = trainer.page
    await trainer.open("/workbench/data")
    await photographed(trainer, "data")
    await trainer.open("/workbench/review")
    await keys(page, "w")
    await page.locator("section.why").wait_for(timeout=120_000)
    await page.locator("section.why").scroll_into_view_if_needed()
    await photographed(trainer, "why")
    await trainer.open("/workbench/items")
    await photographed(trainer, "items")
    await trainer.open("/workbench/items/id_card_renewal")
    await photographed(trainer, "item")
    await trainer.open("/workbench/try")
    await page.fill("[name=text]", "身份证丢了，人在外地能补吗")
    await keys(page, "Enter")
    await page.locator("#trace dl").first.wait_for(timeout=120_000)
    await photographed(trainer, "try")
