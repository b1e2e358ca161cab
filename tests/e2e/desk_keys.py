"""A conversation worked by the keyboard alone."""

from __future__ import annotations

from playwright.async_api import Page

from tests.e2e.desk_staff import Staff, heard
from tests.e2e.phone import Phone


async def keys(page: Page, *names: str) -> None:
    """Press one after the other."""
    for name in names:
        await page.keyboard.press(name)


async def picked(phone: Phone, staff: Staff) -> None:
    """Down the list to this conversation, and into it."""
    row = f'[data-openid="{phone.openid}"]'
    await staff.page.locator(row).wait_for()
    for _ in range(await staff.page.locator(".queue-row").count()):
        await keys(staff.page, "j")
        if await staff.page.evaluate("(row) => document.activeElement.matches(row)", row):
            break
    await focused(staff.page, row)
    await keys(staff.page, "Enter")


async def focused(page: Page, selector: str) -> None:
    """Wait until the keyboard is there."""
    await page.wait_for_function("(selector) => document.activeElement?.matches(selector)", arg=selector)


async def taken_over(phone: Phone, staff: Staff) -> None:
    """By the keyboard: go to those who wait, open the first, claim, and answer with a canned reply."""
    await keys(staff.page, "g", "w")
    await picked(phone, staff)
    await staff.page.locator("#claim").wait_for()
    await keys(staff.page, "c")
    await staff.page.locator("#draft").wait_for()
    await keys(staff.page, "r")
    await focused(staff.page, "#draft")
    await staff.page.keyboard.type("/nh")
    await staff.page.locator("#canned [aria-selected=true]").wait_for()
    await keys(staff.page, "Enter")
    await staff.page.wait_for_function("() => document.getElementById('draft').value.includes('人工坐席')")
    await keys(staff.page, "Control+Enter")
    await heard(phone, "我是人工坐席", delivery="customer_service")


async def handed_on(staff: Staff, colleague: str) -> None:
    """By the keyboard: out of the draft, the dialog of transfers, the colleague, a word, done."""
    await keys(staff.page, "Escape", "t")
    await staff.page.locator("#dialog[open]").wait_for()
    await staff.page.wait_for_function("() => document.activeElement?.closest('#dialog')")
    choice = f"#dialog [value='staff:{colleague}']"
    while not await staff.page.evaluate("(selector) => document.activeElement.matches(selector)", choice):
        await keys(staff.page, "ArrowDown" if await staff.page.evaluate("document.activeElement.type === 'radio'") else "Tab")
    await keys(staff.page, "Space")
    await staff.page.wait_for_function("(selector) => document.querySelector(selector).checked", arg=choice)
    while not await staff.page.evaluate("document.activeElement.matches('textarea')"):
        await keys(staff.page, "Tab")
    await staff.page.keyboard.type("请接着办")
    await keys(staff.page, "Tab", "Enter")
    await staff.sees("已转出", "#toasts")


async def ended(phone: Phone, staff: Staff) -> None:
    """By the keyboard: go to one's own, open it, bring it to an end."""
    await keys(staff.page, "g", "m")
    await picked(phone, staff)
    await staff.page.locator("#end").wait_for()
    await keys(staff.page, "e")
    await staff.page.wait_for_function("() => document.activeElement?.closest('#dialog form')")
    await keys(staff.page, "Enter")
    await heard(phone, "人工服务结束")
