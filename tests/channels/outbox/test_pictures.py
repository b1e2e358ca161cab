"""Pictures of ours: uploaded once, never fetched from an address."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.outbox import Sender
from channels.wechat.pictures import CACHE_S, add_pictures
from store.keys import key, partition
from store.redis import Redis
from tests.channels.outbox.conftest import BASE, PIXEL, MakeSender, Platform, again, post, scan, state

MAP = f"{BASE}/static/pictures/map.png"


async def test_a_picture_is_uploaded_once_for_all(make_sender: MakeSender, platform: Platform, redis: Redis) -> None:
    one, two = await make_sender("one"), await make_sender("two")
    for sender in (one, two, one, two):
        await sender.balance()
    await post(redis, "user-a", "a", {"text": "网点位置", "image": MAP})
    await scan(one)
    await scan(two)
    for number in range(5):
        await post(redis, f"user-{number}", f"b{number}", {"image": MAP})
    await scan(one)
    await scan(two)
    assert platform.uploads == [PIXEL]
    assert [body["msgtype"] for body in platform.sent] == ["text", *["image"] * 6]
    assert {body["image"]["media_id"] for body in platform.sent[1:]} == {"MEDIA-1"}
    (cache,) = await redis.keys("wj:*:media:*")
    assert 0 < await redis.ttl(cache) <= CACHE_S < 3 * 24 * 3600


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/x.png", f"{BASE}/static/pictures/absent.png", f"{BASE}/static/pictures/../../.env", f"{BASE}/static/pictures/%2e%2e/x.png",
        f"{BASE}.evil.example/static/pictures/map.png", "file:///etc/passwd", "http://169.254.169.254/latest", "/static/pictures/map.png",
        f"{BASE}/static/pictures/map.png?x=1", f"{BASE}/static/pictures/map.svg",
    ],
)  # fmt: skip
async def test_no_other_address_is_a_picture(sender: Sender, platform: Platform, redis: Redis, openid: str, url: str) -> None:
    await post(redis, openid, "p", {"text": "请看", "image": url})
    await scan(sender)
    assert platform.uploads == []
    (text,) = platform.texts()
    assert text.startswith("请看\n") and "查看图片" in text


async def test_a_file_that_is_no_picture_becomes_a_link(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    await post(redis, openid, "p", {"image": f"{BASE}/static/pictures/fake.png"})
    await scan(sender)
    assert platform.uploads == [] and "fake.png" in platform.texts()[0]


async def test_a_picture_that_the_platform_will_not_have_becomes_a_link(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.upload_errcode = 40004
    await post(redis, openid, "p", {"image": MAP})
    await scan(sender)
    assert "map.png" in platform.texts()[0]


async def test_a_media_id_that_is_forgotten_is_made_anew(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.errcodes = [40007]
    await post(redis, openid, "p", {"image": MAP})
    await scan(sender)
    await again(sender, redis, openid, "p")
    assert len(platform.uploads) == 2
    assert platform.sent[0]["image"]["media_id"] == "MEDIA-2"


async def test_an_upload_that_fails_is_tried_again(sender: Sender, platform: Platform, redis: Redis, openid: str) -> None:
    platform.upload_errcode = -1
    await post(redis, openid, "p", {"text": "一", "image": MAP})
    await scan(sender)
    assert await state(redis, openid, "p") == "sending"
    platform.upload_errcode = 0
    await again(sender, redis, openid, "p")
    assert [body["msgtype"] for body in platform.sent] == ["text", "image"]
    assert not await redis.exists(key(partition(openid), "due"))


async def test_phones_may_open_them(pictures_folder: Path) -> None:
    app = web.Application()
    add_pictures(app, pictures_folder)
    add_pictures(app, pictures_folder / "absent")
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as http:
        async with http.get(server.make_url("/static/pictures/map.png")) as response:
            assert (response.status, await response.read()) == (200, PIXEL)
        async with http.get(server.make_url("/static/pictures/")) as response:
            assert response.status in {403, 404}
    await server.close()
