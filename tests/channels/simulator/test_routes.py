"""The simulator's pages and endpoints."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest
from aiohttp import web

from channels.simulator.people import MAX_ITEMS, MAX_USERS, People
from channels.simulator.routes import add_simulator
from tests.channels.simulator.conftest import Account
from weijing.errors import SettingsError
from weijing.settings import load_settings


def test_production_refuses_the_simulator() -> None:
    with pytest.raises(SettingsError, match="WEIJING_ENV"):
        add_simulator(web.Application(), load_settings().copy(update={"weijing_env": "production"}))


async def page(account: Account, path: str = "", status: int = 200) -> str:
    async with account.http.get(account.base + path) as response:
        assert response.status == status
        return await response.text()


async def test_the_page_has_the_account_and_its_menu_and_nothing_inline(account: Account) -> None:
    async with account.http.get(account.base) as response:
        html, policy = await response.text(), response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy
    assert "某某公安·微警（演示）" in html and "居住登记" in html and "file_residence" in html
    assert "<style" not in html and " style=" not in html and " onclick=" not in html and not re.search(r"""(src|href|action)=["']https?:""", html)


async def test_what_people_type_is_never_html(account: Account) -> None:
    await account.do(kind="text", text="<img src=x onerror=alert(1)>\"'&")
    for path in ("", "/trace"):
        html = await page(account, path)
        assert "&lt;img src=x" in html
        assert "<img src=x" not in html


async def test_a_new_user_follows_and_is_greeted(account: Account) -> None:
    async with account.http.post(f"{account.base}/users", data={"name": "赵先生"}) as response:
        assert response.status == 200 and response.url.query["user"] == "赵先生"
    for _ in range(50):
        if account.user("赵先生").exchanges[-1].state != "running":
            break
        await asyncio.sleep(0.1)
    assert account.pushes[0][0]["Event"] == "subscribe"
    assert "收到subscribe" in await page(account, "?user=赵先生")


async def test_an_unknown_user_is_led_to_the_first(account: Account) -> None:
    assert "王女士" in await page(account, "?user=nobody")


@pytest.mark.parametrize("body", [{}, {"kind": "text", "text": "  "}, {"kind": "text", "text": "长" * 2001}, {"kind": "location", "place": 9}, ["kind"], "x"])
async def test_what_cannot_be_sent_is_refused(account: Account, body: object) -> None:
    async with account.http.post(f"{account.base}/users/{account.user().openid}/messages", json=body) as response:
        assert response.status == 400
    assert not account.pushes


async def test_other_sites_may_not_write(account: Account) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with account.http.post(f"{account.base}/users", data={"name": "x"}, headers=headers) as response:
        assert response.status == 403


async def read_events(response: aiohttp.ClientResponse, count: int) -> list[dict[str, str]]:
    events: list[dict[str, str]] = []
    event: dict[str, str] = {}
    while len(events) < count:
        line = (await asyncio.wait_for(response.content.readline(), 10)).decode().rstrip("\n")
        name, _, value = line.partition(": ")
        if line:
            event[name] = event.get(name, "") + value
        elif event:
            events.append(event)
            event = {}
    return events


async def test_an_open_page_hears_of_lines_and_cards(account: Account) -> None:
    async with account.http.get(f"{account.base}/users/{account.user().openid}/events?after=0") as response:
        assert response.content_type == "text/event-stream"
        await account.do(kind="text", text="在吗")
        events = await read_events(response, 4)
    assert [event["event"] for event in events] == ["item", "exchange", "item", "exchange"]
    assert "在吗" in events[0]["data"] and "收到在吗" in events[2]["data"] and 'data-state="passive"' in events[3]["data"]


async def test_a_page_that_lost_its_connection_misses_nothing(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    url = f"{account.base}/users/{account.user().openid}/events?after=0"
    async with account.http.get(url, headers={"Last-Event-ID": "1"}) as response:
        (event,) = await read_events(response, 1)
    assert event["id"] == "2" and "收到在吗" in event["data"]


async def test_the_raw_xml_is_given_on_request(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    exchange = account.user().exchanges[-1]
    async with account.http.get(f"{account.base}/users/{account.user().openid}/exchanges/{exchange.id}") as response:
        attempt = (await response.json())["attempts"][0]
    assert "<![CDATA[在吗]]>" in attempt["plain"] and "在吗" not in attempt["sealed"] and "<Encrypt>" in attempt["sealed"]
    assert "收到在吗" in attempt["reply_plain"] and "<Encrypt>" in attempt["reply_sealed"]


def test_memory_is_bounded() -> None:
    people = People("wx1")
    first = people.named("王女士")
    for number in range(MAX_ITEMS + 5):
        first.show("user", "text", {"text": str(number)})
    assert len(first.items) == MAX_ITEMS and first.items[0].seq == 6
    for number in range(MAX_USERS):
        people.named(f"用户{number}")
    assert len(list(people)) == MAX_USERS and people.get(first.openid) is None


def test_an_openid_is_the_same_in_every_run() -> None:
    openid = People("wx1").named("王女士").openid
    assert openid == People("wx1").named("王女士").openid != People("wx2").named("王女士").openid
    assert len(openid) == 28 and openid.isalnum()
