"""The first login, the own password, the authenticator, recovery codes and one's own sessions."""

from __future__ import annotations

import html
import re
import subprocess
import sys

import argon2
import pyotp
import pytest

from console.admin import accounts
from console.entry.login import OVER
from console.entry.weakness import weakness
from store.db import async_engine
from tests.console.conftest import PASSWORD, SECRET, Desk, Page, Person

MINE = "river lantern 52 quiet stone"


async def newcomer(desk: Desk) -> str:
    """A new account, `xinren`; its one-time password."""
    engine = async_engine(desk.settings.database_url)
    async with engine.begin() as connection:
        facts = {"id": "xinren", "name": "新人", "unit_id": "desk", "roles": ["agent"], "capacity": 3}
        password = await accounts.add(connection, "guanli", facts)
    await engine.dispose()
    return password


async def enter(person: Person, password: str, code: str = "", login: str = "xinren") -> Page:
    """A login; the person then has the session's token."""
    page = await person.post("/login", {"login": login, "password": password, "code": code}, htmx=False)
    person.csrf = (await person.get("/me/password")).csrf
    return page


def carried(page: Page, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return html.unescape(found[1])


async def test_a_first_login_changes_the_password_then_sets_up_the_authenticator(desk: Desk) -> None:
    given, person = await newcomer(desk), desk.nobody()
    assert (await enter(person, given)).headers["Location"] == "/me/password"
    for path in ("/me", "/me/totp", "/"):
        assert (await person.get(path)).headers.get("Location", "") == "/me/password", f"{path} before the password is changed"
    assert (await person.post("/me/password", {"new": given, "again": given})).status == 422, "the given password is not kept"
    done = await person.post("/me/password", {"new": MINE, "again": MINE}, htmx=False)
    assert done.headers["Location"] == "/me/totp"
    assert (await person.get("/me")).headers["Location"] == "/me/totp"
    page = await person.get("/me/totp")
    person.csrf = page.csrf
    offer, secret = carried(page, "offer"), re.sub(r"\s", "", re.findall(r'class="secret">([^<]+)<', page.text)[0])
    assert "data:image/svg+xml" in page.text
    wrong = await person.post("/me/totp", {"offer": offer, "code": "12345x"}, htmx=False)
    assert wrong.status == 422 and carried(wrong, "offer") == offer, "the same QR code stays"
    done = await person.post("/me/totp", {"offer": offer, "code": pyotp.TOTP(secret).now()}, htmx=False)
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", done.text)
    assert len(codes) == 10 and (await person.get("/me")).status == 200
    assert (await enter(desk.nobody(), MINE)).status == 422, "the password alone is not enough now"
    assert (await enter(desk.nobody(), MINE, pyotp.TOTP(secret).now())).status == 422, "the code that confirmed is used"
    assert (await enter(desk.nobody(), MINE, codes[0].upper())).status == 303
    assert (await enter(desk.nobody(), MINE, codes[0])).status == 422, "a recovery code is good once"
    assert (await enter(desk.nobody(), MINE, codes[1].replace("-", ""))).status == 303


async def test_another_persons_offer_is_not_taken(desk: Desk) -> None:
    one, other = await desk.log_in("zuoxi1"), await desk.log_in("zuoxi2")
    page = await one.get("/me/totp")
    secret = re.sub(r"\s", "", re.findall(r'class="secret">([^<]+)<', page.text)[0])
    taken = await other.post("/me/totp", {"offer": carried(page, "offer"), "old": PASSWORD, "code": pyotp.TOTP(secret).now()}, htmx=False)
    assert taken.status == 422
    asked = await one.post("/me/totp", {"offer": carried(page, "offer"), "old": "not mine", "code": pyotp.TOTP(secret).now()}, htmx=False)
    assert asked.status == 422 and "当前密码不对" in asked.text


async def test_a_given_password_ends_after_three_days(desk: Desk) -> None:
    given = await newcomer(desk)
    desk.run("UPDATE weijing.staff SET password_until = now() WHERE id = 'xinren'")
    page = await enter(desk.nobody(), given)
    assert page.status == 422 and OVER in page.text


async def test_a_new_password_ends_every_other_session_and_changes_this_ones_token(desk: Desk) -> None:
    here, there = await desk.log_in("zuoxi1"), await desk.log_in("zuoxi1")
    before = {cookie.value for cookie in here.http.cookie_jar}
    assert (await here.post("/me/password", {"old": "wrong", "new": MINE, "again": MINE})).status == 422
    assert (await here.post("/me/password", {"old": PASSWORD, "new": MINE, "again": MINE + "x"})).status == 422
    assert (await here.post("/me/password", {"old": PASSWORD, "new": MINE, "again": MINE}, htmx=False)).headers["Location"] == "/me"
    assert (await here.get("/me")).status == 200 and before.isdisjoint(cookie.value for cookie in here.http.cookie_jar)
    assert (await there.get("/me")).headers["Location"] == "/login"
    desk.run("UPDATE weijing.staff SET totp_step = 0")
    assert (await enter(desk.nobody(), PASSWORD, pyotp.TOTP(SECRET).now(), "zuoxi1")).status == 422


async def test_somebody_at_an_open_screen_cannot_guess_the_password_there(desk: Desk) -> None:
    person = await desk.log_in("zuoxi1")
    found = [(await person.post("/me/codes", {"old": f"guess {number}"})).status for number in range(11)]
    assert found == [422] * 10 + [429]


async def test_own_sessions_are_listed_and_ended_and_nobody_elses(desk: Desk) -> None:
    here, there, other = await desk.log_in("zuoxi1"), await desk.log_in("zuoxi1"), await desk.log_in("zuoxi2")
    page = await here.get("/me")
    named = re.findall(r"/me/sessions/([0-9a-f]{64})/end", page.text)
    assert len(named) == 1
    assert (await other.post(f"/me/sessions/{named[0]}/end")).status == 404, "another's session looks as if it did not exist"
    assert (await there.get("/me")).status == 200
    assert (await here.post(f"/me/sessions/{named[0]}/end")).status == 200
    assert (await there.get("/me")).headers["Location"] == "/login"
    again = await desk.log_in("zuoxi1")
    assert (await here.post("/me/sessions/others/end")).status == 200
    assert (await again.get("/me")).headers["Location"] == "/login" and (await here.get("/me")).status == 200


GUESSED = (
    "short", "password1234", "P@ssw0rd2026!", "123456789012", "qwertyuiop12", "aaaaaaaaaaaa", "1qaz2wsx3edc", "zuoxi1-river-lantern",
    "公安公安公安公安公安公安", "abc" * 5, "x" * 129,
)  # fmt: skip


@pytest.mark.parametrize("password", GUESSED)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    assert weakness(password, "zuoxi1")


@pytest.mark.parametrize("password", [PASSWORD, MINE, "lanternriverstone", "四月的风吹过旧码头的灯塔", "tuqi-vemo-laxi-9"])
def test_a_long_uncommon_password_will_do_without_any_rule_of_composition(password: str) -> None:
    assert not weakness(password, "zuoxi1")


def test_passwords_are_hashed_as_the_library_advises() -> None:
    hasher = subprocess.run([sys.executable, "-c", "from console.entry.password import NOBODY; print(NOBODY)"], capture_output=True, text=True, check=True)
    assert hasher.stdout.startswith("$argon2id$") and argon2.extract_parameters(hasher.stdout.strip()) == argon2.profiles.RFC_9106_LOW_MEMORY
