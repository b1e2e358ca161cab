"""A console that listens, on a database of its own for each module, and people who log in to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg2
import pyotp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url

from console.app import init_app
from console.entry import password
from store.migrate import migrate
from store.redis import Redis
from tests.backend.conftest import Running, new_database
from tests.channels.conftest import settings_with
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.settings import Settings, load_settings

PASSWORD, SECRET = "correct horse 7 battery", pyotp.random_base32()


@pytest.fixture(scope="module")
def database(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """An empty database with the house's tables; its URL."""
    name = f"console_{uuid4().hex[:12]}"
    connection = psycopg2.connect(postgres_server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    url = make_url(postgres_server.url).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    yield url
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a module's consoles lay out their files."""
    return tmp_path_factory.mktemp("console")


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Real argon2id hashes of little cost: dozens of logins would take minutes otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        patch.setattr(password, "NOBODY", password.hash_password("nobody"))
        patch.setattr("console.entry.login.NOBODY", password.NOBODY)
        yield


@dataclass
class Page:
    """What came back."""

    status: int
    text: str
    headers: Any
    url: str
    content: bytes = b""

    @property
    def csrf(self) -> str:
        """The session's token, as the page carries it."""
        found = re.search(r'name="csrf" content="([^"]*)"', self.text)
        return found[1] if found else ""


@dataclass
class Person:
    """A browser of somebody of the staff, or of nobody."""

    http: aiohttp.ClientSession
    base: str
    csrf: str = ""

    async def get(self, path: str, *, htmx: bool = False, follow: bool = False) -> Page:
        """Open a page, or with `htmx` a part of one."""
        return await self._do("GET", path, {"HX-Request": "true"} if htmx else {}, follow)

    async def post(self, path: str, data: Any = None, *, htmx: bool = True, csrf: str | None = None, follow: bool = False) -> Page:
        """Do something, with the session's token unless another is given."""
        headers = {"X-CSRF-Token": self.csrf if csrf is None else csrf} | ({"HX-Request": "true"} if htmx else {})
        return await self._do("POST", path, headers, follow, data=data or {})

    async def _do(self, method: str, path: str, headers: dict[str, str], follow: bool, **more: Any) -> Page:
        async with self.http.request(method, self.base + path, headers=headers, allow_redirects=follow, **more) as response:
            text = await response.text() if response.content_type.startswith(("text/html", "application/json")) else ""
            return Page(response.status, text, response.headers, str(response.url), await response.read())


LogIn = Callable[[str], Awaitable[Person]]


@dataclass
class Desk:
    """A running console."""

    server: TestServer
    settings: Settings
    redis: Redis
    people: list[aiohttp.ClientSession] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Its address."""
        return str(self.server.make_url("")).rstrip("/")

    def nobody(self) -> Person:
        """A browser without a session."""
        self.people.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        return Person(self.people[-1], self.base)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """One statement on the database, past the console; its rows."""
        connection = psycopg2.connect(self.settings.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    async def log_in(self, login: str) -> Person:
        """A browser of one of the demo's people (`console.entry.demo.PEOPLE`); with the code of now as often as a test likes."""
        person = self.nobody()
        self.run("UPDATE weijing.staff SET totp_step = 0 WHERE id = %s", login)
        done = await person.post("/login", {"login": login, "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}, htmx=False)
        assert done.status == 303, done.text
        person.csrf = (await person.get("/trouble-that-is-not-there")).csrf
        assert person.csrf, "no token on a page of a session"
        return person


@pytest_asyncio.fixture
async def desk(database: str, folder: Path, redis: Redis, redis_server: EmbeddedRedis) -> AsyncIterator[Desk]:
    """A console with the demo's people; the backend is not there unless a test's settings say so (`made`)."""
    async with opened(settings_for(redis_server.url, database, folder), redis) as made:
        yield made


def settings_for(redis_url: str, database: str, folder: Path, **changes: Any) -> Settings:
    """Settings of a console under test."""
    values = {"weijing_var": folder, "database_url": database, "vault_key": Fernet.generate_key().decode(), "backend_url": "http://127.0.0.1:9"}
    values["workbench_repo"] = folder / "workbench"
    return settings_with(redis_url, **{**values, "console_demo_password": PASSWORD, "console_demo_totp": SECRET, **changes})


class opened:
    """A console while the context lasts; a database that was used by another one takes this one's people."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings, self._redis = settings, redis

    async def __aenter__(self) -> Desk:
        connection = await asyncio.to_thread(psycopg2.connect, self._settings.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE weijing.staff, weijing.staff_sessions, weijing.staff_codes")
        connection.close()
        self._desk = Desk(TestServer(init_app(self._settings)), self._settings, self._redis)
        await self._desk.server.start_server()
        return self._desk

    async def __aexit__(self, *_: object) -> None:
        for session in self._desk.people:
            await session.close()
        await self._desk.server.close()


@pytest.fixture(scope="session")
def office(postgres_server: EmbeddedPostgres) -> Iterator[Running]:
    """The government service API with the demo's units, on a database of its own; one for all tests, who file what they need."""
    with Running(load_settings().copy(update={"database_url": new_database(postgres_server)})) as running:
        yield running


@pytest_asyncio.fixture
async def case_desk(database: str, folder: Path, redis: Redis, redis_server: EmbeddedRedis, office: Running) -> AsyncIterator[Desk]:
    """A console that reaches the government service API."""
    token = office.settings.backend_token.get_secret_value()
    async with opened(settings_for(redis_server.url, database, folder, backend_url=office.base, backend_token=token), redis) as made:
        yield made
