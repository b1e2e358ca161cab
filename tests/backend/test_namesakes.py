"""How many people bear a name: in bands, not for reading out a register, and nothing of a name stays."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from backend.namesakes import TRIES, band
from tests.backend.conftest import Answer, Api


async def ask(api: Api, *names: str, openid: str = "") -> Answer:
    return await api("POST", "/v1/namesakes", json={"openid": openid or f"o-{uuid4().hex}", "names": list(names)})


async def test_bands_in_the_order_of_the_question(api: Api) -> None:
    found = (await ask(api, "张伟", "司马独一", "赵一诺", "李静", "王芳")).json
    assert found["bands"] == ["1000+", "0", "1-9", "10-99", "100-999"] and "演示" in found["scope"]
    assert [band(people) for people in (0, 1, 9, 10, 99, 100, 999, 1000)] == ["0", "1-9", "1-9", "10-99", "10-99", "100-999", "100-999", "1000+"]


async def test_a_name_is_neither_stored_nor_logged(api: Api, database: asyncpg.Connection, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await ask(api, "司马独一", "张伟")
    tables = [row[0] for row in await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'backend' AND tablename <> 'service_items'")]
    rows = "\n".join([str(dict(row)) for table in tables for row in await database.fetch(f"SELECT * FROM backend.{table}")])
    assert "countNamesakes 200" in caplog.text and "司马独一" not in caplog.text + rows and "张伟" not in caplog.text + rows


async def test_twenty_questions_an_hour(api: Api) -> None:
    answers = [await ask(api, "张伟", openid="o-curious") for _ in range(TRIES + 1)]
    assert [one.status for one in answers] == [200] * TRIES + [429] and answers[-1].json["code"] == "too_many_attempts"
    assert (await ask(api, "张伟")).status == 200, "another user is not closed"


async def test_where_nothing_was_counted_nothing_is_said(api: Api, database: asyncpg.Connection) -> None:
    await database.execute("DELETE FROM backend.namesakes")
    assert (await ask(api, "张伟")).status == 404
