"""The bot's turn in the trace, from a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone

import pytest_asyncio

from channels.simulator.turns import Turns
from store.db import async_engine
from store.migrate import migrate
from store.tables import turns
from weijing.engines import EmbeddedPostgres


@pytest_asyncio.fixture
async def reader(postgres_server: EmbeddedPostgres) -> AsyncIterator[Turns]:
    migrate(postgres_server.url)
    found = Turns(postgres_server.url)
    yield found
    await found.close()


async def test_a_turn_is_shown_in_words(reader: Turns, postgres_server: EmbeddedPostgres) -> None:
    engine = async_engine(postgres_server.url)
    row = {"key": "simulator-1", "openid": "o1", "intent": "ask_guide", "confidence": 0.913, "decision": "answer", "service_item": "id-card", "ms": 1.84}
    async with engine.begin() as connection:
        await connection.execute(turns.delete().where(turns.c.key == row["key"]))
        await connection.execute(turns.insert().values(**row, aspect="materials", at=datetime.now(timezone.utc)))
    await engine.dispose()
    shown = await reader.read("simulator-1")
    assert shown == {"意图": "ask_guide 0.91", "判定": "回答", "事项": "id-card · materials", "用时": "1.8 毫秒"}


async def test_an_unknown_turn_and_an_absent_database_show_nothing(reader: Turns) -> None:
    assert await reader.read("never") == {}
    away = Turns("postgresql://nobody@127.0.0.1:9/none")
    assert await away.read("never") == {}
    await away.close()
