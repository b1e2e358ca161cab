"""The door: who gets in, who is kept out, and for how long a session stands."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest

from console import session
from console.entry.login import ADDRESS_TRIES, USED, WRONG
from store.redis import Redis
from tests.console.conftest import PASSWORD, SECRET, Desk, Page, Person, opened, settings_for
from weijing.engines import EmbeddedRedis


async def try_in(person: Person, login: str, password: str = PASSWORD, code: str | None = None) -> Page:
    """One try, with the code of now."""
    return await person.post("/login", {"login": login, "password": password, "code": pyotp.TOTP(SECRET).now() if code is None else code}, htmx=False)


@pytest.mark.parametrize(
    "login, password, code", [("zuoxi1", "wrong", None), ("zuoxi1", PASSWORD, "000000x"), ("zuoxi1", PASSWORD, ""), ("nobody", PASSWORD, None)]
)
async def test_what_is_wrong_is_not_told(desk: Desk, login: str, password: str, code: str | None) -> None:
    person = desk.nobody()
    page = await try_in(person, login, password, code)
    assert page.status == 422 and WRONG in page.text and "Set-Cookie" not in page.headers
    assert (await person.get("/me")).headers["Location"] == "/login"


async def test_five_tries_lock_the_account_and_it_opens_by_itself(desk: Desk) -> None:
    for _ in range(5):
        await try_in(desk.nobody(), "zuoxi1", "wrong")
    assert (await try_in(desk.nobody(), "zuoxi1")).status == 422, "locked"
    assert (await try_in(desk.nobody(), "zuoxi2")).status == 303, "others are not"
    desk.run("UPDATE weijing.staff SET locked_until = now() WHERE id = 'zuoxi1'")
    assert (await try_in(desk.nobody(), "zuoxi1")).status == 303


async def test_a_code_is_taken_once(desk: Desk) -> None:
    code = pyotp.TOTP(SECRET).now()
    assert (await try_in(desk.nobody(), "zuoxi1", code=code)).status == 303
    again = await try_in(desk.nobody(), "zuoxi1", code=code)
    assert again.status == 422 and USED in again.text
    assert (await try_in(desk.nobody(), "zuoxi2", code=code)).status == 303, "each person has codes of their own, though a demo's look alike"


async def test_one_address_cannot_try_without_end(desk: Desk) -> None:
    assert (await try_in(desk.nobody(), "unknown-1")).status == 422
    names = await desk.redis.keys("wj:limit:console-login:*")
    assert len(names) == 1
    await desk.redis.set(names[0], ADDRESS_TRIES, keepttl=True)
    assert (await try_in(desk.nobody(), "unknown-2")).status == 429


async def test_a_login_gives_a_new_session_whatever_the_browser_brought(desk: Desk) -> None:
    person = desk.nobody()
    person.http.cookie_jar.update_cookies({session.COOKIE: "planted-by-somebody"})
    assert (await try_in(person, "zuoxi1")).status == 303
    assert desk.run("SELECT count(*) FROM weijing.staff_sessions WHERE id_hash = %s", session.digest("planted-by-somebody")) == [(0,)]
    assert (await person.get("/me")).status == 200


@pytest.mark.parametrize("address, secure", [("https://desk.example", True), ("", False)])
async def test_the_cookie_is_for_no_script_no_other_site_and_https_alone(
    database: str, folder: Path, redis: Redis, redis_server: EmbeddedRedis, address: str, secure: bool
) -> None:
    async with opened(settings_for(redis_server.url, database, folder, console_public_url=address), redis) as desk:
        cookie = (await try_in(desk.nobody(), "zuoxi1")).headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and ("Secure" in cookie) is secure


@pytest.mark.parametrize("change", ["seen_at = now() - interval '31 minutes'", "expires_at = now()", "revoked_at = now()"])
async def test_a_session_ends(desk: Desk, change: str) -> None:
    person = await desk.log_in("zuoxi1")
    assert (await person.get("/me")).status == 200
    desk.run(f"UPDATE weijing.staff_sessions SET {change}")
    assert (await person.get("/me")).headers["Location"] == "/login"


async def test_a_session_lasts_twelve_hours_at_most(desk: Desk) -> None:
    await desk.log_in("zuoxi1")
    assert desk.run("SELECT expires_at - created_at = interval '12 hours' FROM weijing.staff_sessions") == [(True,)]


async def test_what_an_open_page_asks_by_itself_is_no_sign_of_life(desk: Desk) -> None:
    person = await desk.log_in("zuoxi1")
    desk.run("UPDATE weijing.staff_sessions SET seen_at = now() - interval '20 minutes'")
    await person.get("/")  # quiet, as counters and the live stream are
    assert desk.run("SELECT seen_at < now() - interval '19 minutes' FROM weijing.staff_sessions") == [(True,)]
    await person.get("/me")
    assert desk.run("SELECT seen_at > now() - interval '1 minute' FROM weijing.staff_sessions") == [(True,)]


async def test_logging_out_ends_the_session_on_the_server(desk: Desk) -> None:
    person = await desk.log_in("zuoxi1")
    token = next(cookie.value for cookie in person.http.cookie_jar)
    assert (await person.post("/logout", htmx=False)).headers["Location"] == "/login"
    person.http.cookie_jar.update_cookies({session.COOKIE: token})
    assert (await person.get("/me")).headers["Location"] == "/login"
