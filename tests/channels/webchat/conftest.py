"""A running edge with the web chat, and visitors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from cryptography.fernet import Fernet

from channels.outbox import Sender
from channels.webchat.delivery import WebchatOutlet
from store.redis import Redis
from store.webchat_log import WebchatLog
from tests.channels.conftest import Edge, StartEdge
from tests.channels.webchat.guest import Guest

VAULT_KEY = Fernet.generate_key().decode()
Visit = Callable[..., Awaitable[Guest]]


def base(edge: Edge) -> str:
    """The web chat's address."""
    return str(edge.server.make_url("/webchat"))


@pytest_asyncio.fixture
async def edge(start_edge: StartEdge) -> Edge:
    """An edge."""
    return await start_edge(vault_key=VAULT_KEY)


@pytest_asyncio.fixture
async def visit(edge: Edge) -> AsyncIterator[Visit]:
    """Open pages; all are closed at the end."""
    pages: list[Guest] = []

    async def open_page(*, token: str = "", at: Edge = edge) -> Guest:
        pages.append(Guest(at.http, base(at), token))
        return await pages[-1].begin()

    yield open_page
    for page in pages:
        await page.drop()


@pytest_asyncio.fixture
async def sender(redis: Redis, edge: Edge) -> AsyncIterator[Sender]:
    """A sender with the web chat's outlet."""
    sender = Sender(redis, {"webchat": WebchatOutlet(WebchatLog(redis, edge.settings.derived_key("webchat-log")))}, "test-sender")
    await sender.balance()
    yield sender
    await sender.idle()
