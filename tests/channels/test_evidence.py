"""The evidence keeper on a real Redis, a real PostgreSQL and a platform over real HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from channels.evidence import Keeper
from channels.wechat.api import PlatformApi
from channels.wechat.intake import EXPIRY_MS, Intake
from channels.wechat.media import PlatformMedia
from store.evidence import EvidenceStore, evidence_id
from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.migrate import migrate
from store.redis import Redis
from store.turns import Turns, now_ms
from tests.channels.conftest import settings_with
from tests.channels.media_platform import AMR, JPEG, MP4, MediaPlatform
from tests.e2e.house import House, free_port
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.media_type import LIMITS
from weijing.reach import plain_url
from weijing.settings import Settings
from weijing.tasks import end

VAULT_KEY = "q1VvUh3dRJtqKXvGfT0u8T4UvWcVlVwYtqR0dV0bq1w="
Rows = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[MediaPlatform]:
    """The platform's double, listening."""
    double = MediaPlatform()
    async with TestServer(double.app()) as server:
        double.base = str(server.make_url("")).rstrip("/")
        yield double


@pytest.fixture
def settings(redis_server: EmbeddedRedis, postgres_server: EmbeddedPostgres, platform: MediaPlatform) -> Settings:
    """The account and the engines."""
    migrate(postgres_server.url)
    return settings_with(redis_server.url, wechat_api_base=platform.base, database_url=postgres_server.url, vault_key=VAULT_KEY)


@pytest_asyncio.fixture
async def store(settings: Settings) -> AsyncIterator[EvidenceStore]:
    """Where evidence lies."""
    opened = await EvidenceStore.open(settings.database_url, settings.derived_key("evidence"))
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def keeper(redis: Redis, settings: Settings, store: EvidenceStore) -> AsyncIterator[Keeper]:
    """A keeper that runs in this process."""
    async with aiohttp.ClientSession() as session:
        media = PlatformMedia(PlatformApi(redis, settings, session), settings.platform_base, session)
        one = Keeper(redis, store, Intake(redis, store, media), "test-keeper")
        task = asyncio.create_task(one.run())
        yield one
        await end(task)


@pytest_asyncio.fixture
async def rows(settings: Settings) -> AsyncIterator[Rows]:
    """The rows of a user."""
    connection = await asyncpg.connect(plain_url(settings.database_url))

    async def of(openid: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await connection.fetch("SELECT * FROM weijing.evidence WHERE openid = $1 ORDER BY received_at", openid)]

    yield of
    await connection.close()


def sent(kind: str = "image", media_id: str = "", *, at: int = 0, text: str = "") -> Message:
    """A message that brings a file."""
    number = uuid.uuid4().hex
    return Message(number, f"o-{number[:8]}", kind=kind, text=text, data={"media_id": media_id or number}, at=at or now_ms())


async def accept(redis: Redis, *messages: Message) -> None:
    """Accept as the edge does."""
    for message in messages:
        await Turns(redis).accept(message, "edge-1")


async def notes(redis: Redis) -> int:
    """Notes that are not done."""
    return sum([await redis.xlen(key(part, "media")) for part in range(PARTITIONS)])


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Wait for a condition."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


async def done(redis: Redis) -> None:
    """Wait until every note is taken off."""

    async def empty() -> bool:
        return await notes(redis) == 0

    await until(empty)


async def told(redis: Redis, message: Message) -> str:
    """What the user was told about a file."""
    reply = await redis.hget(key(partition(message.openid), "turn", f"evidence:{evidence_id(message.key)}"), "reply")
    return str(json.loads(reply)[0]["text"]) if reply else ""


async def test_a_picture_that_was_accepted_is_kept_as_it_was_sent(
    redis: Redis, keeper: Keeper, platform: MediaPlatform, store: EvidenceStore, rows: Rows
) -> None:
    message = sent()
    platform.files[message.data["media_id"]] = JPEG
    await accept(redis, message)
    await done(redis)
    (row,) = await rows(message.openid)
    assert (row["id"], row["state"], row["media_type"], row["kind"]) == (evidence_id(message.key), "kept", "image/jpeg", "image")
    assert row["sha256"] == hashlib.sha256(JPEG).hexdigest() and await store.read(row["id"]) == JPEG
    assert keeper.healthy


async def test_a_note_holds_no_words(redis: Redis) -> None:
    spoken = sent("voice", text="我要举报，我叫张三")
    await accept(redis, spoken, Message("m" * 32, spoken.openid, text="一句话", at=now_ms()))
    entries = await redis.xrange(key(partition(spoken.openid), "media"))
    assert len(entries) == 1 and "张三" not in entries[0][1]["m"]
    assert await redis.xlen(key(partition(spoken.openid), "inbox")) == 2


async def test_a_file_of_wechats_leaves_no_note_for_nobody_can_fetch_it(redis: Redis) -> None:
    message = sent("file", "a-file-key")
    await accept(redis, message)
    assert await notes(redis) == 0 and await redis.xlen(key(partition(message.openid), "inbox")) == 1


async def test_every_repeat_of_a_push_and_every_repeat_of_a_note_is_one_row(redis: Redis, keeper: Keeper, platform: MediaPlatform, rows: Rows) -> None:
    message = sent()
    platform.files[message.data["media_id"]] = JPEG
    await accept(redis, message, message, message)
    await done(redis)
    await redis.xadd(key(partition(message.openid), "media"), {"m": message.dumps()})  # as after a crash between storing and taking off
    await done(redis)
    assert len(await rows(message.openid)) == 1 and platform.asked.count(message.data["media_id"]) == 1


async def test_voice_and_video_are_kept_and_a_video_url_is_followed_without_the_token(
    redis: Redis, keeper: Keeper, platform: MediaPlatform, rows: Rows
) -> None:
    voice, video = sent("voice"), sent("video", "video-1")
    platform.files[voice.data["media_id"]] = AMR
    await accept(redis, voice, video)
    await done(redis)
    assert [(row["state"], row["media_type"]) for one in (voice, video) for row in await rows(one.openid)] == [("kept", "audio/amr"), ("kept", "video/mp4")]


@pytest.mark.parametrize(("media_id", "content", "kind", "state", "reason", "words"), [
    ("", b"x" * (LIMITS["voice"] + 1), "voice", "refused", "too_large", "上限 2 MB"),
    ("", b"<html><script>alert(1)</script></html>", "image", "refused", "wrong_type", "格式"),
    ("", MP4, "image", "refused", "wrong_type", "格式"),
    ("", b"", "image", "refused", "empty", "空的"),
    ("never-there", None, "image", "expired", "expired", "没能从微信取到"),
    ("elsewhere-1", None, "video", "refused", "not_offered", "改发"),
], ids=["too large", "a page", "a video", "empty", "never there", "elsewhere"])  # fmt: skip
async def test_what_cannot_be_kept_is_noted_and_the_user_told(
    redis: Redis, keeper: Keeper, platform: MediaPlatform, rows: Rows,
    media_id: str, content: bytes | None, kind: str, state: str, reason: str, words: str,
) -> None:  # fmt: skip
    message = sent(kind, media_id)
    if content is not None:
        platform.files[message.data["media_id"]] = content
    await accept(redis, message)
    await done(redis)
    (row,) = await rows(message.openid)
    assert (row["state"], row["reason"], row["content"]) == (state, reason, None)
    assert words in await told(redis, message)
    assert "/stolen" not in platform.asked, "no other host is ever asked"


async def test_a_refused_token_is_replaced_and_a_busy_platform_asked_again(redis: Redis, keeper: Keeper, platform: MediaPlatform, rows: Rows) -> None:
    message = sent()
    platform.files[message.data["media_id"]] = JPEG
    platform.errors[message.data["media_id"]] = [40001, -1]
    await accept(redis, message)
    await done(redis)
    assert (await rows(message.openid))[0]["state"] == "kept"
    assert len(platform.asked) == 3 and next(platform.tokens_given) >= 3


async def test_what_the_platform_did_not_give_in_three_days_is_given_up(redis: Redis, keeper: Keeper, platform: MediaPlatform, rows: Rows) -> None:
    message = sent(at=now_ms() - EXPIRY_MS - 1000)
    platform.errors[message.data["media_id"]] = [-1]
    await accept(redis, message)
    await done(redis)
    assert not [row for row in await rows(message.openid) if row["state"] not in {"expired"}]
    assert "没能从微信取到" in await told(redis, message)


async def test_a_keeper_killed_in_the_middle_of_a_download_loses_nothing_and_doubles_nothing(
    redis: Redis, platform: MediaPlatform, settings: Settings, rows: Rows, tmp_path: Path
) -> None:
    message, port = sent(), free_port()
    platform.files[message.data["media_id"]] = JPEG
    platform.stall.add(message.data["media_id"])
    names = ("redis_url", "database_url", "wechat_app_id", "wechat_api_base")
    environment = {name.upper(): str(getattr(settings, name)) for name in names} | {"VAULT_KEY": VAULT_KEY, "EVIDENCE_PORT": str(port)}
    environment["WECHAT_APP_SECRET"] = settings.wechat_app_secret.get_secret_value()
    house = House(tmp_path, environment)
    try:
        await accept(redis, message)
        first = house.start("evidence")
        await asyncio.wait_for(platform.halfway.wait(), 60)
        first.popen.kill()
        await asyncio.to_thread(first.popen.wait)
        assert [row["state"] for row in await rows(message.openid)] == ["wanted"] and await notes(redis) == 1
        platform.stall.clear()
        for part in range(PARTITIONS):  # a dead keeper's leases run out after 15 s; not waited for here
            await redis.delete(key(part, "evidence"))
        second = house.start("evidence")
        await done(redis)
        await asyncio.to_thread(house.wait_ready, second, port)
        assert [row["state"] for row in await rows(message.openid)] == ["kept"]
        assert await asyncio.to_thread(second.stop) == 0
        assert settings.wechat_app_secret.get_secret_value() not in first.text() + second.text() and platform.token not in first.text() + second.text()
    finally:
        await asyncio.to_thread(house.stop)


async def test_while_postgresql_is_away_the_notes_wait(redis: Redis, platform: MediaPlatform, settings: Settings, rows: Rows) -> None:
    message = sent()
    platform.files[message.data["media_id"]] = JPEG
    await accept(redis, message)
    away = await EvidenceStore.open("postgresql://nobody@127.0.0.1:1/none", b"k" * 32)
    async with aiohttp.ClientSession() as session:
        media = PlatformMedia(PlatformApi(redis, settings, session), settings.platform_base, session)
        blind = Keeper(redis, away, Intake(redis, away, media), "blind")
        task = asyncio.create_task(blind.run())
        await asyncio.sleep(1.0)
        await end(task)
    assert not blind.healthy and await notes(redis) == 1 and not platform.asked
    await away.close()
