"""Every page of the route table, looked at by axe-core: at 1440 and 390 px, light and dark, nothing serious or critical, and nothing that scrolls sideways.

A page of the table is a GET route whose answer is a whole document; a new one is looked at without a word here, unless its address names a new kind of object.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from console.assets import PACKAGES
from console.entry.demo import PEOPLE
from console.route import Route
from console.routes import ROUTES
from console.session import COOKIE
from store.redis import Redis
from tests.console.bureau import bureau, service
from tests.console.conftest import Desk, Person
from tests.console.scene import play
from tests.e2e.browser import open_browser

__all__ = ["bureau", "service"]
STREAMS = {"/live"}
OTHERS = {
    "/cases/{number}/evidence/{evidence}", "/cases/{number}/seal-openings/{opening}", "/workbench/jobs/{job}", "/workbench/models/{model}",
    "/workbench/models/{model}/sentences", "/workbench/replay/{handoff}", "/workbench/review/{id}", "/workbench/review/{id}/why", "/workbench/export/{kind}",
    "/workbench/history/{commit}",
}  # fmt: skip
"""Of objects that the demo has none of: files, parts of pages, trained models and their jobs; the tests of their parts look at them."""
ASKS = {
    "/desk/rows": "?list=waiting", "/desk/talks/{openid}/dialog": "?what=transfer", "/desk/talks/{openid}/older": "?at=2026-01-01T00:00:00%2B00:00&id=1",
    "/board/history/file": "?figure=visits&form=csv", "/board/overdue/file": "?form=csv",
}  # fmt: skip
"""What an address must ask for to be answered."""
AXE = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = "(only) => axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) }).then((found) => found.violations)"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIGHTS = [(1440, "light"), (390, "light"), (390, "dark")]


def login_of(route: Route) -> str:
    """Who of the demo's people may open it, who sees most first; bad ratings are read by inspectors alone."""
    if "follow-ups" in route.path:
        return "ducha"
    order = ("zhuguan", "guanli", "shenji", "xunlian", "zuoxi1")
    people = {login: {str(role) for role in roles} for login, _, _, roles in PEOPLE}
    return next((login for login in order if route.roles & people[login]), "zhuguan")


async def objects(boss: Person, admin: Person, inspector: Person) -> dict[str, str]:
    """Where a route's address names an object: which one, by the last place before it that tells them apart."""

    async def first(person: Person, path: str, pattern: str) -> str:
        found = re.search(pattern, (await person.get(path)).text)
        assert found, f"nothing like {pattern} on {path}"
        return found[1]

    case = await first(boss, "/cases?scope=all&kind=report", r'href="/cases/(J\d{4}-\d{6})"')
    return {
        "/cases/{number}": case, "{other}": await first(boss, f"/cases?scope=all&kind=report&q={case[:-1]}", r'href="/cases/(J\d{4}-\d{6})"'),
        "/letters/{number}": await first(boss, "/admin/content/letters", r"content/letters/([^\"?]+)\""),
        "/follow-ups/{number}": await first(inspector, "/admin/content/follow-ups", r"content/follow-ups/([^\"?]+)\""),
        "{staff}": "zuoxi1", "/data/{intent}": "greet", "/items/{item}": "id_card_first",
        "{unit}": "desk", "{canned}": await first(admin, "/admin/canned", r"/admin/canned/(\d+)"),
        "{survey}": await first(admin, "/admin/content/surveys", r"content/surveys/(?!new)([^\"?/]+)\""),
    }  # fmt: skip


def address(path: str, known: dict[str, str]) -> str:
    """The address of a route, with an object in it."""
    for name, value in known.items():
        place = name[name.index("{") :]
        if name in path:
            path = path.replace(name, name.replace(place, value))
    assert "{" not in path, f"{path} names an object of a new kind: tell `objects` where one is"
    return path


async def faults(page: Page) -> list[str]:
    """What axe finds serious, at every width and in both colour schemes; how much a page is too wide."""
    told = []
    await page.evaluate(AXE)
    for width, scheme in SIGHTS:
        await page.set_viewport_size({"width": width, "height": 844})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found: list[Any] = await page.evaluate(RUN, ["color-contrast"] if scheme == "dark" else None)
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        told += [f"{width} {scheme} {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in serious]
        over = await page.evaluate(WIDE)
        told += [f"{width}: {over} px too wide"] if over > 0 else []
    return told


async def browsers(browser: Browser, base: str, people: dict[str, Person]) -> dict[str, Page]:
    """A page of the browser for everybody."""
    pages = {}
    for login, person in people.items():
        context = await browser.new_context(reduced_motion="reduce")
        token = next((cookie.value for cookie in person.http.cookie_jar if cookie.key == COOKIE), "")
        await context.add_cookies([{"name": COOKIE, "value": token, "url": base}] if token else [])
        pages[login] = await context.new_page()
    return pages


@pytest.mark.timeout(280)
async def test_no_page_of_the_table_has_a_serious_fault(bureau: Desk, redis: Redis) -> None:
    scene = await play(bureau, redis)
    people = {login: await bureau.log_in(login) for login in ("zhuguan", "ducha", "guanli", "shenji", "xunlian", "zuoxi1")}
    known = {**await objects(people["zhuguan"], people["guanli"], people["ducha"]), "{openid}": scene["openid"], "{id}": scene["id"]}
    wrong, seen = [], 0
    async with open_browser() as browser:
        pages = await browsers(browser, bureau.base, {**people, "": bureau.nobody()})
        for route in ROUTES:
            if route.method != "GET" or route.path in STREAMS | OTHERS:
                continue
            path, login = address(route.path, known) + ASKS.get(route.path, ""), "" if route.public else login_of(route)
            answer = await (people[login].get(path) if login else bureau.nobody().get(path))
            if answer.status not in (200, 303) or "<!doctype html>" not in answer.text:
                wrong += [f"{path} for {login}: {answer.status}"] if answer.status >= 400 else []
                continue
            await pages[login].goto(bureau.base + path)
            wrong += [f"{path}: {one}" for one in await faults(pages[login])]
            seen += 1
    assert seen > 35, f"{seen} pages only"
    assert not wrong, "\n".join(wrong)
