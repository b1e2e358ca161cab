"""`weijing staff` and the start in production: the first administrator has a way in, and a demo's password opens nothing there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest

from console.entry.demo import refuse_people
from store.db import async_engine
from tests.console.conftest import Desk
from weijing.cli import main as weijing
from weijing.errors import StartError
from weijing.settings import load_settings


@dataclass
class Done:
    """What a command ended with."""

    code: int
    out: str
    err: str


Staff = Callable[..., Awaitable[Done]]


@pytest.fixture
def staff(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Staff]:
    """The command, as an operator types it, on the desk's database."""
    monkeypatch.setenv("DATABASE_URL", desk.settings.database_url)
    load_settings.cache_clear()

    async def run(*words: str) -> Done:
        code = await asyncio.to_thread(weijing, ["staff", *words])
        return Done(code, *capsys.readouterr())

    yield run
    load_settings.cache_clear()


async def test_the_first_administrator_is_made_at_the_command_line(desk: Desk, staff: Staff) -> None:
    done = await staff("add", "diyi", "--role", "admin", "--called", "第一")
    given = re.findall(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}", done.out)[0]
    page = await desk.nobody().post("/login", {"login": "diyi", "password": given, "code": ""}, htmx=False)
    assert page.status == 303 and page.headers["Location"] == "/me/password"
    again, listed = await staff("add", "diyi", "--role", "admin"), await staff("list")
    assert again.code == 1 and "有人用了" in again.err
    assert re.search(r"diyi +admin +desk +must change the password, no authenticator +第一", listed.out)


REFUSED = (("add", "Nr 1", "--role", "admin"), ("add", "both", "--role", "admin", "--role", "auditor"), ("password", "nobody"), ("retire", "guanli"))


@pytest.mark.parametrize("words", REFUSED)
async def test_what_cannot_be_is_said_in_one_sentence(staff: Staff, words: tuple[str, ...]) -> None:
    done = await staff(*words)
    assert done.code == 1 and done.err.startswith("weijing staff: ") and len(done.err.splitlines()) == 1


async def test_production_does_not_start_while_a_demos_password_opens_an_account(desk: Desk, staff: Staff) -> None:
    engine = async_engine(desk.settings.database_url)
    with pytest.raises(StartError, match="guanli, shenji"):
        await refuse_people(engine)
    desk.run("UPDATE weijing.staff SET active = false WHERE id <> 'guanli'")
    with pytest.raises(StartError, match="opens guanli:"):
        await refuse_people(engine)
    assert (await staff("password", "guanli")).code == 0
    await refuse_people(engine)
    assert desk.run("SELECT must_change, totp_sealed FROM weijing.staff WHERE id = 'guanli'") == [(True, "")]
    await engine.dispose()
