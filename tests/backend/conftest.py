"""The backend on a real port and a database of its own for each module."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import psycopg2
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML
from sqlalchemy.engine import make_url

from backend.app import init_app
from backend.contract import SPEC
from backend.security import Bucket
from weijing.engines import EmbeddedPostgres
from weijing.health import serve
from weijing.settings import Settings, load_settings

TIP = {"kind": "tip", "topic": "赌博", "content": "示例小区3栋地下室每晚有人聚众赌博", "mode": "anonymous"}


@dataclass(frozen=True)
class Answer:
    """What came back: `json` is None when it was no JSON."""

    status: int
    json: Any
    headers: Any
    type: str


SPEC_FILE = YAML(typ="safe").load(SPEC.read_text(encoding="utf-8"))
REGISTRY: Any = Registry().with_resource("urn:spec", Resource.from_contents(SPEC_FILE, default_specification=DRAFT202012))


def pointed(schema: Any) -> Any:
    """The schema with its reference pointing into the spec."""
    return {"$ref": "urn:spec" + schema["$ref"]} if "$ref" in schema else schema


def check_answer(method: str, path: str, status: int, body: Any) -> None:
    """Hold an answer against the spec: what the operation may answer is what it answers."""
    for route, methods in SPEC_FILE["paths"].items():
        exact = path.split("?")[0] in SPEC_FILE["paths"] and "{" in route
        if not exact and method.lower() in methods and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route), path.split("?")[0]):
            answer = methods[method.lower()]["responses"][str(status)]
            answer = SPEC_FILE["components"]["responses"][answer["$ref"].split("/")[-1]] if "$ref" in answer else answer
            (content,) = answer["content"].values()
            Draft202012Validator(pointed(content["schema"]), registry=REGISTRY).validate(body)


@dataclass(frozen=True)
class Api:
    """A caller of the running backend; every answer that it gets is held against the spec."""

    base: str
    token: str
    session: aiohttp.ClientSession

    async def __call__(self, method: str, path: str, *, token: str | None = None, key: str | None = None, headers: Any = None, **more: Any) -> Answer:
        sent = {"Authorization": f"Bearer {self.token if token is None else token}"} | (headers or {})
        sent |= {"Idempotency-Key": key} if key else {}
        async with self.session.request(method, self.base + path, headers=sent, **more) as response:
            body = await response.json(content_type=None) if "json" in response.content_type else None
            check_answer(method, path, response.status, body)
            return Answer(response.status, body, response.headers, response.content_type)

    async def report(self, key: str | None = None, **fields: Any) -> Answer:
        """File a report; without a key under a fresh one."""
        return await self("POST", "/v1/reports", key=key or uuid4().hex, json=TIP | fields)

    async def progress(self, number: str, **proof: str) -> Answer:
        """Ask for an application (`kind=value`) or a report (`query_code=...`)."""
        if number.startswith("J"):
            return await self("POST", f"/v1/reports/{number}/progress-queries", json=proof)
        ((kind, value),) = proof.items()
        return await self("POST", f"/v1/applications/{number}/progress-queries", json={"proof": {"kind": kind, "value": value}})


def new_database(server: EmbeddedPostgres) -> str:
    """The URL of a fresh database."""
    name = f"backend_{uuid4().hex[:12]}"
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def settings(postgres_server: EmbeddedPostgres) -> Settings:
    return load_settings().copy(update={"database_url": new_database(postgres_server)})


@dataclass
class Running:
    """A backend in a thread of its own, so that the tests' event loops and blocking clients can both talk to it."""

    settings: Settings
    bucket: Bucket | None = None
    base: str = ""

    def __enter__(self) -> Running:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = self._do(serve(init_app(self.settings, self.bucket), "127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)


@pytest.fixture(scope="module")
def backend(settings: Settings) -> Iterator[Running]:
    with Running(settings) as running:
        yield running


@pytest_asyncio.fixture
async def api(backend: Running) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(backend.base, backend.settings.backend_token.get_secret_value(), session)


@pytest_asyncio.fixture
async def database(backend: Running) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the backend's own."""
    connection = await asyncpg.connect(backend.settings.database_url)
    yield connection
    await connection.close()
