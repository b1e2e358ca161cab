"""What the doctor's tests share: one check's findings, an account on the simulator, servers that answer as told."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import psycopg2
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.doctor.command import examine
from channels.doctor.finding import Check, Finding
from channels.simulator.platform import Platform
from channels.simulator.routes import PLATFORM
from tests.channels.conftest import Edge, StartEdge
from weijing.engines import EmbeddedPostgres
from weijing.settings import Settings

SECRETS = {
    "wechat_app_secret": "app-secret-of-the-test", "wechat_token": "tokenOfTheTest", "backend_token": "backend-token-of-the-test",
    "vault_key": "dmF1bHQta2V5LW9mLXRoZS10ZXN0LTEyMzQ1Njc4OTA=",
}  # fmt: skip


async def look(check: Check, settings: Settings) -> list[Finding]:
    return await examine(settings, [check])


async def the_one(check: Check, settings: Settings) -> Finding:
    (finding,) = await look(check, settings)
    return finding


def changed(settings: Settings, **changes: Any) -> Settings:
    """The settings with other values, read as they are at a start."""
    return Settings(**{**settings.dict(), **changes})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_database(server: EmbeddedPostgres, name: str) -> str:
    """An empty database; its URL."""
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return server.url.replace("/postgres?", f"/{name}?")


@pytest_asyncio.fixture
async def account(start_edge: StartEdge) -> tuple[Settings, Platform, Edge]:
    """An edge with the simulator, and settings by which the doctor finds them."""
    edge = await start_edge(**SECRETS)
    base = str(edge.server.make_url("")).rstrip("/")
    settings = edge.settings.copy(update={"wechat_api_base": f"{base}/simulator/platform", "public_url": base, "edge_port": edge.server.port})
    platform_double = edge.server.app[PLATFORM]
    platform_double.menu = {}
    return settings, platform_double, edge


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Any]:
    """Serve handlers by path; returns the base address."""
    servers = []

    async def start(**answers: Any) -> str:
        app = web.Application()
        for path, handler in answers.items():
            app.router.add_route("*", "/" + path.replace("__", "/"), handler)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield start
    for server in servers:
        await server.close()
