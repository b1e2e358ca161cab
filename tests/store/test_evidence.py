"""Evidence in a real PostgreSQL: kept once, sealed, and gone when it must be."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from store.evidence import Evidence, EvidenceStore, evidence_id
from store.migrate import migrate
from store.turns import now_ms
from weijing.engines import EmbeddedPostgres
from weijing.errors import EvidenceRefused, EvidenceUnreadable, StoreUnavailable
from weijing.media_type import LIMITS, check_media
from weijing.reach import plain_url

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
JPEG = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00" + b"GPS 31.2 121.5" * 40
AMR = b"#!AMR\n" + b"\x3c" * 500
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x02\x00mp42mp41" + b"\x00" * 400


@pytest.fixture
def dsn(postgres_server: EmbeddedPostgres) -> str:
    """The migrated database of the session."""
    migrate(postgres_server.url)
    return postgres_server.url


@pytest_asyncio.fixture
async def store(dsn: str) -> AsyncIterator[EvidenceStore]:
    """A store."""
    opened = await EvidenceStore.open(dsn, KEY)
    yield opened
    await opened.close()


def picture(**changes: Any) -> Evidence:
    """A picture of a user of this test."""
    key = uuid.uuid4().hex
    return Evidence(**{"id": evidence_id(key), "openid": f"o-{key[:6]}", "key": key, "kind": "image", **changes})


async def ask(dsn: str, statement: str, *values: Any) -> list[Any]:
    """Rows of PostgreSQL, past the store."""
    connection = await asyncpg.connect(plain_url(dsn))
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


async def test_a_picture_is_kept_as_sent_and_sealed_in_the_table(store: EvidenceStore, dsn: str) -> None:
    item = picture()
    assert await store.keep(item, JPEG) == hashlib.sha256(JPEG).hexdigest()
    assert await store.read(item.id) == JPEG
    row = (await ask(dsn, "SELECT * FROM weijing.evidence WHERE id = $1", item.id))[0]
    assert (row["state"], row["media_type"], row["bytes"], row["source"]) == ("kept", "image/jpeg", len(JPEG), "wechat")
    assert b"Exif" not in row["content"] and b"GPS" not in row["content"]
    assert round((row["keep_until"] - row["received_at"]).total_seconds()) == 86_400


async def test_the_same_id_is_kept_once(store: EvidenceStore, dsn: str) -> None:
    item = picture()
    first = await store.keep(item, JPEG)
    assert await store.keep(item, JPEG + b"other") == first, "what is kept stays"
    assert await store.read(item.id) == JPEG
    assert len(await ask(dsn, "SELECT id FROM weijing.evidence WHERE id = $1", item.id)) == 1


async def test_another_key_does_not_open_it(store: EvidenceStore, dsn: str) -> None:
    item = picture()
    await store.keep(item, JPEG)
    stranger = await EvidenceStore.open(dsn, OTHER_KEY)
    with pytest.raises(EvidenceUnreadable, match="altered"):
        await stranger.read(item.id)
    await stranger.close()


@pytest.mark.parametrize("change", [
    "content = set_byte(content, 40, get_byte(content, 40) # 1)",
    "content = (SELECT content FROM weijing.evidence WHERE id = $2)",
    "sha256 = repeat('0', 64)",
    "content = '\\x00'::bytea",
])  # fmt: skip
async def test_a_row_that_was_tampered_with_does_not_open(store: EvidenceStore, dsn: str, change: str) -> None:
    item, other = picture(), picture()
    await store.keep(item, JPEG)
    await store.keep(other, JPEG + b"another")
    await ask(dsn, f"UPDATE weijing.evidence SET {change} WHERE id = $1 AND $2::text IS NOT NULL", item.id, other.id)
    with pytest.raises(EvidenceUnreadable):
        await store.read(item.id)


async def test_what_was_never_kept_cannot_be_read(store: EvidenceStore) -> None:
    item = picture()
    assert await store.want(item) == "wanted"
    with pytest.raises(EvidenceUnreadable):
        await store.read(item.id)
    await store.set_aside(item.id, "expired", "40007")
    assert await store.want(item) == "expired"


@pytest.mark.parametrize(("kind", "content", "reason"), [
    ("image", b"", "empty"),
    ("image", JPEG + b"\x00" * LIMITS["image"], "too_large"),
    ("image", b'{"errcode":40007,"errmsg":"invalid media_id"}', "wrong_type"),
    ("image", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "wrong_type"),
    ("image", MP4, "wrong_type"),
    ("voice", JPEG, "wrong_type"),
    ("file", b"PK\x03\x04" + b"\x00" * 100, "wrong_type"),
    ("file", b"MZ\x90\x00" + b"\x00" * 200, "wrong_type"),
])  # fmt: skip
async def test_what_it_may_not_be_is_refused_and_not_stored(store: EvidenceStore, dsn: str, kind: str, content: bytes, reason: str) -> None:
    item = picture(kind=kind)
    with pytest.raises(EvidenceRefused) as caught:
        await store.keep(item, content)
    assert caught.value.reason == reason
    assert not await ask(dsn, "SELECT id FROM weijing.evidence WHERE id = $1", item.id)


@pytest.mark.parametrize(("kind", "content", "media_type"), [
    ("image", JPEG, "image/jpeg"),
    ("image", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "image/png"),
    ("image", b"GIF89a" + b"\x00" * 40, "image/gif"),
    ("image", b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 40, "image/webp"),
    ("image", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 40, "image/heic"),
    ("voice", AMR, "audio/amr"),
    ("voice", b"\xff\xf3\x90\x64" + b"\x00" * 40, "audio/mpeg"),
    ("video", MP4, "video/mp4"),
    ("file", b"%PDF-1.7\n" + b"\x00" * 40, "application/pdf"),
])  # fmt: skip
def test_types_are_told_by_content(kind: str, content: bytes, media_type: str) -> None:
    assert check_media(kind, content) == media_type


async def test_what_is_past_its_time_goes_and_what_is_filed_stays(store: EvidenceStore, dsn: str) -> None:
    yesterday = now_ms() - 25 * 3_600_000
    loose, filed, fresh = picture(received_at=yesterday), picture(received_at=yesterday), picture()
    for item in (loose, filed, fresh):
        await store.keep(item, JPEG)
    await ask(dsn, "UPDATE weijing.evidence SET report_no = 'J2026-000001', keep_until = 'infinity' WHERE id = $1", filed.id)
    assert await store.forget() >= 1
    left = {row["id"] for row in await ask(dsn, "SELECT id FROM weijing.evidence")}
    assert loose.id not in left and {filed.id, fresh.id} <= left


async def test_what_a_user_who_left_had_not_filed_goes(store: EvidenceStore, dsn: str) -> None:
    loose = picture(received_at=now_ms() - 600_000)
    filed, later = picture(openid=loose.openid, received_at=loose.received_at), picture(openid=loose.openid)
    for item in (loose, filed, later):
        await store.keep(item, JPEG)
    await ask(dsn, "UPDATE weijing.evidence SET report_no = 'J2026-000001' WHERE id = $1", filed.id)
    columns, times = "openid, channel, first_at, last_at, erased_at", "(SELECT now() - interval '6 min' t) x"
    left_at = f"INSERT INTO weijing.conversations ({columns}) SELECT $1, 'wechat', t, t, t FROM {times}"
    await ask(dsn, left_at, loose.openid)
    await store.forget()
    left = {row["id"]: row["openid"] for row in await ask(dsn, "SELECT id, openid FROM weijing.evidence WHERE id = ANY($1)", [loose.id, filed.id, later.id])}
    assert left == {filed.id: "", later.id: later.openid}, "what was filed stays and is nobody's; what came after the user was back is his"
    assert await store.read(filed.id) == JPEG


async def test_a_postgres_that_is_away_is_said_and_nothing_is_claimed() -> None:
    away = await EvidenceStore.open("postgresql://nobody@127.0.0.1:1/none", KEY)
    with pytest.raises(StoreUnavailable):
        await away.keep(picture(), JPEG)
    await away.close()
