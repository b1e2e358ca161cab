"""A console with a real backend behind it, on one database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.redis import Redis
from tests.backend.conftest import Running
from tests.console.conftest import Desk, opened, settings_for
from weijing.engines import EmbeddedRedis


@pytest.fixture(scope="module")
def service(database: str, folder: Path, redis_server: EmbeddedRedis) -> Iterator[Running]:
    """The government service API with the demo's matters."""
    with Running(settings_for(redis_server.url, database, folder, weijing_env="demo", wechat_app_id="wxdemo")) as running:
        yield running


@pytest_asyncio.fixture
async def bureau(service: Running, redis: Redis) -> AsyncIterator[Desk]:
    """A console that speaks to it."""
    async with opened(service.settings.copy(update={"backend_url": service.base}), redis) as made:
        yield made
