"""The audit trail: what is read and done stands in it, and a row that was changed, taken out or put in shows."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from console import audit
from store.db import async_engine
from tests.console.conftest import Desk


async def test_rows_made_at_once_are_one_chain(desk: Desk) -> None:
    engine = async_engine(desk.settings.database_url, connections=8)

    async def add(number: int) -> None:
        async with engine.begin() as connection:
            await audit.append(connection, "zuoxi1", "test.read", str(number), words="看了")

    await asyncio.gather(*(add(number) for number in range(30)))
    whole, broken = await audit.verify(engine)
    assert whole >= 30 and broken is None
    await engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE weijing.audit SET object = 'x' WHERE seq = 3", "DELETE FROM weijing.audit WHERE seq = 3"])
async def test_a_changed_trail_shows(desk: Desk, change: str) -> None:
    engine = async_engine(desk.settings.database_url)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE weijing.audit"))
        for number in range(5):
            await audit.append(connection, "zuoxi1", "test.read", str(number))
    assert await audit.verify(engine) == (5, None)
    async with engine.begin() as connection:
        await connection.execute(text(change))
    assert (await audit.verify(engine))[1] in {3, 4}
    await engine.dispose()
