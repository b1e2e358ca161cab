"""What needs a browser: a deed in its dialog with what the citizen will read, a refusal that is read inside the dialog, and rows chosen for a bulk deed."""

from __future__ import annotations

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.backend.conftest import Running
from tests.console.casework import call, file
from tests.console.conftest import PASSWORD, SECRET, Desk
from tests.e2e.browser import open_browser

WAIT_MS = 20_000


async def logged_in(desk: Desk, page: Page) -> None:
    await page.goto(f"{desk.base}/login")
    for name, value in (("login", "zhuguan"), ("password", PASSWORD), ("code", pyotp.TOTP(SECRET).now())):
        await page.fill(f"[name={name}]", value)
    await page.click("button[type=submit]")
    await page.wait_for_url(lambda url: not url.endswith("/login"), timeout=WAIT_MS)


@pytest.mark.timeout(120)
async def test_a_deed_is_previewed_refused_in_its_dialog_and_done(case_desk: Desk, office: Running) -> None:
    number = (await file(office))["report_no"]
    async with open_browser() as browser:
        page = await browser.new_page()
        page.set_default_timeout(WAIT_MS)
        await logged_in(case_desk, page)
        await page.goto(f"{case_desk.base}/cases/{number}")
        await page.click("[data-open=move-refused]")
        dialog = page.locator("#move-refused")
        await dialog.locator("[name=public_note]").fill("请拨打12345")
        await expect(dialog.locator("[data-preview]")).to_have_text("请拨打12345")
        await dialog.locator("[name=reason]").fill(" ")
        await dialog.locator("[type=submit]").click()
        await expect(dialog.locator(".toast")).to_contain_text("还没有填写理由", timeout=WAIT_MS)
        await dialog.locator("[name=reason]").fill("不属于公安机关")
        await dialog.locator("[type=submit]").click()
        await expect(page.locator("#toasts .toast")).to_contain_text("已不予受理", timeout=WAIT_MS)
        assert await page.locator("dialog[open]").count() == 0 and await page.evaluate("document.activeElement.id") == "case"
        await page.goto(f"{case_desk.base}/cases?scope=all&kind=report&q={number}")
        await page.check(f'[name=item][value^="{number}"]')
        await page.select_option("#bulk select", "desk/zuoxi2")
        await page.fill("#bulk [name=reason]", "按职责分派")
        await page.click("#bulk [type=submit]")
        await expect(page.locator(".case-holder")).to_contain_text("陈坐席", timeout=WAIT_MS)
    assert (await call(office, "GET", f"/v1/work/{number}"))["assignee"] == "zuoxi2"
