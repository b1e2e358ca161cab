"""What a trainer and a supervisor do from the wrong answer to the model that may be released."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.desk_keys import focused, keys
from tests.e2e.desk_staff import WAIT_MS, Staff
from tests.e2e.workbench_staff import asked, corrected, done, entity_marked, photographed, queued, skipped_and_back

WRONG = "建设路二手手机店收赃货"
"""A report that the model takes for none of ours. Should it be understood one day, take another one."""
MORE = ("有家二手手机店专收偷来的手机", "手机店收赃，没有发票的也收", "这家店收偷来的手机", "修手机的那家店在收赃货")
"""Other words for it."""
WIDE = "高新区派出所晚上１０点还开门吗"


async def labelled(trainer: Staff) -> None:
    """One of the two by a careless key; the other rightly, with an entity, seeing the conflict with the first. It waits for a second person."""
    await queued(trainer, WRONG)
    await photographed(trainer, "review")
    await skipped_and_back(trainer, WRONG)
    await trainer.page.uncheck("[name=take]")
    await keys(trainer.page, "1")
    await trainer.sees("不归公安管", "#toasts .toast >> nth=-1")
    await queued(trainer, WRONG)
    await entity_marked(trainer, "建设路", 3)
    await corrected(trainer, "jbts", "举报投诉")
    await trainer.sees(f"「{WRONG}」现在归「不归公安管」", "[data-clash]")
    await photographed(trainer, "conflict")
    await focused(trainer.page, "[data-clash] button")
    await keys(trainer.page, "Enter")
    await trainer.sees("等第二个人审批", "#toasts .toast >> nth=-1")


async def approved(boss: Staff) -> None:
    """The supervisor lets through what waits, one after the other, and reads the commit with its author."""
    await boss.page.get_by_role("link", name="审批", exact=True).click()
    await boss.sees("建设路（地点）", "#approvals li")
    await photographed(boss, "approvals")
    for left in range(len(MORE), -1, -1):
        await boss.page.get_by_role("button", name="通过", exact=True).first.click()
        await expect(boss.page.locator("#approvals li")).to_have_count(left, timeout=WAIT_MS)
    await boss.open("/workbench/history")
    await photographed(boss, "history")
    await boss.page.locator("main li a", has_text=f"{WRONG}」 → 举报投诉").click()
    await boss.sees("吴训练")
    await boss.sees("Approved-by: 周主管")
    await boss.sees(f"+    - [建设路](place){WRONG[3:]}", ".diff")
    await photographed(boss, "change")


async def added(trainer: Staff, intent: str, *texts: str) -> None:
    """More examples, written on the intent's page."""
    await trainer.open(f"/workbench/data/{intent}")
    await trainer.page.fill("[name=examples]", "\n".join(texts))
    await photographed(trainer, "intent")
    await trainer.page.get_by_role("button", name="添加", exact=True).click()
    await trainer.page.wait_for_url(lambda address: "/labels" in address or "done=" in address)


async def linted(trainer: Staff) -> None:
    """An example with full-width digits: the linter finds it and mends it."""
    await added(trainer, "find_office", WIDE)
    await trainer.open("/workbench/findings")
    mend = trainer.page.get_by_role("button", name="改成半角", exact=True)
    await mend.wait_for(timeout=180_000)
    await photographed(trainer, "findings")
    await mend.click()
    await trainer.page.wait_for_url("**/workbench/findings")
    await trainer.sees("正在检查")


async def trained(trainer: Staff) -> str:
    """A training with live progress, then the gate, which lets the model through; where its report card is."""
    await trainer.open("/workbench/models")
    await asked(trainer, "训练")
    assert len(await done(trainer)) > 3, "progress is live"
    await photographed(trainer, "job")
    await trainer.page.get_by_role("link", name="看成绩单").click()
    await trainer.sees("可以发布", "section[aria-labelledby=gate]")
    await expect(trainer.page.locator("section[aria-labelledby=gate] td .badge.bad")).to_have_count(0)
    await photographed(trainer, "model")
    return trainer.page.url.removeprefix(trainer.base)


async def replayed(trainer: Staff) -> None:
    """The handed-over conversation becomes a test, and the new model passes it."""
    await trainer.open("/workbench/replay")
    await photographed(trainer, "replay")
    await trainer.page.locator("main li a").first.click()
    await trainer.page.locator("li", has_text=WRONG).locator("[name^=intent-]").fill("file_report")
    await photographed(trainer, "conversation")
    await asked(trainer, "重放")
    await done(trainer)
    await trainer.sees("重放 1 句，1 句听对了")
