"""The staff desk on the whole house: two members of staff, an auditor and a citizen's phone at once, from the call for a person to the rating."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from console.trail.words import ACTS
from tests.e2e.browser import open_browser
from tests.e2e.desk_keys import ended, handed_on, taken_over
from tests.e2e.desk_staff import Staff, ask, heard, rows, until_rows
from tests.e2e.house import House, free_port
from tests.e2e.phone import Phone

NAMES = ("EDGE_PORT", "BACKEND_PORT", "BOT_PORT", "SENDER_PORT", "PROJECTOR_PORT", "COURIER_PORT", "EVIDENCE_PORT", "CONSOLE_PORT", "TRAINER_PORT")
FILING = ("我要举报，昨天晚上九点幸福路9号三楼有人开赌场聚众赌钱", "没有", "实名", "张三", "13800138000", "确认提交")
WAITING = "SELECT openid FROM weijing.conversations WHERE openid = %s AND owner = 'waiting'"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model_path: Path) -> Iterator[House]:
    """`weijing run` with embedded engines on free ports."""
    ports = {name: str(free_port()) for name in NAMES}
    engines = {"REDIS_URL": "", "DATABASE_URL": "", "BACKEND_URL": ""}
    made = House(tmp_path_factory.mktemp("desk"), {**ports, **engines, "BOT_MODEL": str(model_path), "BOT_WORKERS": "1"})
    run = made.start("run")
    made.wait_said(run, "/simulator", 240)
    yield made
    made.stop()


async def filed(phone: Phone) -> str:
    """A named report, followed by who filed it; its number."""
    receipt = await ask(phone, *FILING)
    number, code = re.search(r"J20\d\d-\d{6}", receipt), re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", receipt)
    assert number and code, receipt
    assert "有变化" in await ask(phone, f"查{number[0]}", code[0], "有变化告诉我")
    return number[0]


async def escalated(house: House, phone: Phone, *staff: Staff) -> None:
    """The citizen calls for a person, and everybody sees it appear without a reload."""
    for one in staff:
        await one.open("/desk/waiting")
        await one.page.evaluate("window.same = true")
    await ask(phone, "转人工")
    await until_rows(house, WAITING, phone.openid)
    started = time.monotonic()
    await asyncio.gather(*(one.page.locator(f'[data-openid="{phone.openid}"]').wait_for() for one in staff))
    assert time.monotonic() - started < 10, "under one second on an idle machine"
    assert all([await one.page.evaluate("window.same") for one in staff]), "it came by itself"


async def race(phone: Phone, *staff: Staff) -> tuple[Staff, Staff]:
    """Both claim at once, no request leaving before the other is ready: who won, and who was told."""
    ready: list[asyncio.Event] = [asyncio.Event() for _ in staff]

    async def together(route: Route) -> None:
        next(event for event in ready if not event.is_set()).set()
        await asyncio.gather(*(event.wait() for event in ready))
        await route.continue_()

    for one in staff:
        await one.page.route("**/claim", together)
        await one.page.click(f'[data-openid="{phone.openid}"]')
        await one.page.locator("#claim").wait_for()
    await asyncio.gather(*(one.page.click("#claim") for one in staff))
    told = [asyncio.ensure_future(one.page.locator("#draft, #toasts .toast.bad").first.wait_for()) for one in staff]
    await asyncio.gather(*told)
    won = [one for one in staff if await one.page.locator("#draft").count()]
    assert len(won) == 1, "one owner always"
    lost = next(one for one in staff if one is not won[0])
    await lost.sees("接", "#toasts .toast.bad")
    return won[0], lost


async def answered(phone: Phone, staff: Staff, words: str) -> None:
    """A reply of the staff reaches the phone as a customer-service message, and the page says that it has arrived."""
    await staff.page.fill("#draft", words)
    await staff.page.click("#send")
    await heard(phone, words, delivery="customer_service")
    await staff.sees("已送达", "#lines .said.staff >> nth=-1")


async def closed(phone: Phone, staff: Staff) -> None:
    """The conversation ends; the bot is back."""
    await staff.page.click("#end")
    await staff.page.locator("#dialog").get_by_role("button", name="办结", exact=True).click()
    await heard(phone, "评价|打分|满意")


async def moved(staff: Staff, number: str, deed: str, button: str, state: str, note: str = "") -> None:
    """One step of the case."""
    await staff.open(f"/cases/{number}")
    await staff.fill(f"move-{deed}", button=button, reason="经核查，符合规定", **({"public_note": note} if note else {}))
    await staff.sees(state, ".stepper .here, .case-head")


async def supplemented(house: House, phone: Phone, staff: Staff, number: str) -> None:
    """A picture is asked for in the chat, sent, and stands among the evidence with its hash; the case goes on by itself."""
    await staff.fill("ask", button="发出", kind="picture", question="请补一张现场照片，能看清门牌")
    await heard(phone, "能看清门牌")
    exchange = await asyncio.to_thread(phone.do, {"kind": "image"})
    await heard(phone, f"补充到 {number} 吗", since=exchange["id"])
    assert "现在共 1 份" in await ask(phone, "补充到刚才那件")
    await until_rows(house, "SELECT id FROM weijing.evidence WHERE report_no = %s AND state = 'kept'", number)
    await staff.open(f"/cases/{number}")
    await staff.sees("SHA-256", ".evidence")
    await staff.page.click("[data-show]")
    await staff.page.locator(".evidence-view img").wait_for()


async def rated(house: House, phone: Phone, number: str) -> None:
    """The citizen hears of the outcome by himself, is asked, and rates."""
    await heard(phone, "已当场查获")
    await ask(phone, f"评价{number}", "质量优，流程良，态度优", "没有")
    await until_rows(house, "SELECT matter FROM backend.ratings")


async def read_by(house: House, auditor: Staff, thing: str, expected: set[tuple[str, str]]) -> None:
    """The auditor sees every reading of a thing: each that is on record stands on the page, and those that must have been are on record."""
    statement = "SELECT a.act, p.name FROM weijing.audit a JOIN weijing.staff p ON p.id = a.staff_id WHERE a.object = %s OR a.object LIKE %s || '/%%'"
    recorded = set(await asyncio.to_thread(rows, house, statement, thing, thing))
    assert recorded >= expected, expected - recorded
    await auditor.open(f"/audit/object?object={thing}")
    for act, name in recorded:
        await expect(auditor.page.locator("tr", has_text=ACTS[act]).filter(has_text=name).first).to_be_visible()


@pytest.mark.timeout(500)
async def test_from_the_call_for_a_person_to_the_rating(house: House) -> None:
    phone = Phone(f"http://127.0.0.1:{house.environment['EDGE_PORT']}", "desk")
    async with open_browser() as browser:
        agent, boss, auditor = [await Staff.arrive(house, browser, login) for login in ("zuoxi1", "zhuguan", "shenji")]
        number = await filed(phone)
        await escalated(house, phone, agent, boss)
        won, _ = await race(phone, agent, boss)
        await answered(phone, won, "您好，您的线索我们在核实，结果会告诉您。")
        await closed(phone, won)
        await moved(boss, number, "accepted", "受理", "受理")
        await supplemented(house, phone, boss, number)
        await moved(boss, number, "completed", "办结", "办结", note="已当场查获，依法处理")
        await rated(house, phone, number)
        await read_by(house, auditor, phone.openid, {("conversation.read", "林坐席"), ("conversation.read", "周主管")})
        await read_by(house, auditor, number, {("case.read", "周主管"), ("evidence.read", "周主管")})
    assert rows(house, "SELECT owner, assignee FROM weijing.conversations WHERE openid = %s", phone.openid) == [("bot", None)]


@pytest.mark.timeout(500)
async def test_a_whole_conversation_by_the_keyboard_alone(house: House) -> None:
    phone = Phone(f"http://127.0.0.1:{house.environment['EDGE_PORT']}", "keys")
    async with open_browser() as browser:
        agent, boss = [await Staff.arrive(house, browser, login) for login in ("zuoxi2", "ducha")]
        await ask(phone, "转人工")
        await until_rows(house, WAITING, phone.openid)
        await taken_over(phone, agent)
        await handed_on(agent, "ducha")
        await ended(phone, boss)
        assert not any([await staff.page.evaluate("Boolean(window.pointed)") for staff in (agent, boss)])
