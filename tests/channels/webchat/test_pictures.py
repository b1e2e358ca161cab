"""Pictures: kept as evidence in a real PostgreSQL, said as a message, seen by nobody else."""

from __future__ import annotations

import uuid

import pytest
import pytest_asyncio

from store.migrate import migrate
from tests.channels.conftest import Bot, Edge, StartEdge
from tests.channels.webchat.conftest import VAULT_KEY, Visit, base
from weijing.engines import EmbeddedPostgres

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"a" * 500
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100


@pytest_asyncio.fixture
async def edge(start_edge: StartEdge, postgres_server: EmbeddedPostgres) -> Edge:
    migrate(postgres_server.url)
    return await start_edge(vault_key=VAULT_KEY, database_url=postgres_server.url)


async def test_a_picture_is_kept_said_once_and_shown_to_its_sender_alone(visit: Visit, busy_bot: Bot, edge: Edge) -> None:
    page, other = await visit(), await visit()
    id_ = str(uuid.uuid4())
    for _ in range(2):
        assert await page.post(f"pictures/{id_}", JPEG) == (200, {"accepted": True})
    assert (await page.until(2))[1] == "答：image" and page.entries[0] == {"id": id_, "who": "user", "at": page.entries[0]["at"], "picture": True}
    assert [message.kind for message in busy_bot.seen] == ["image"] and busy_bot.seen[0].data["media_id"].startswith("E-")
    for visitor, status in ((page, 200), (other, 404)):
        async with edge.http.get(f"{base(edge)}/pictures/{id_}", headers={"Authorization": f"Bearer {visitor.token}"}) as response:
            assert response.status == status
            if status == 200:
                assert await response.read() == JPEG and response.content_type == "image/jpeg" and "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"<html>", b"MZ" + b"\0" * 100, b"%PDF-1.4 abc", JPEG + b"a" * (10 << 20)], ids=len)
async def test_what_is_no_picture_is_refused(visit: Visit, bot: Bot, content: bytes) -> None:
    page = await visit()
    status, answer = await page.post("pictures/12345678", content)
    assert status in {413, 415} and answer["error"].endswith("。")
    assert not await bot.waiting()


async def test_a_phones_heic_is_taken(visit: Visit, bot: Bot) -> None:
    page = await visit()
    assert (await page.post("pictures/12345678", HEIC))[0] == 200


async def test_without_postgresql_the_page_is_told_to_try_again(start_edge: StartEdge, visit: Visit, bot: Bot) -> None:
    edge = await start_edge(vault_key=VAULT_KEY, database_url="postgresql://nobody@127.0.0.1:1/none")
    page = await visit(at=edge)
    assert (await page.post("pictures/12345678", JPEG))[0] == 503
    assert (await page.say("你好"))[0] == 200
