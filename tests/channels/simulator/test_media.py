"""What the phone sends can be fetched as from WeChat: presets, chosen files, videos by their address, errors as JSON with HTTP 200."""

from __future__ import annotations

import pytest

from channels.simulator.media import LIFE_S
from tests.channels.simulator.conftest import Account
from tests.channels.simulator.test_api import token
from weijing.media_type import LIMITS, check_media

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


async def fetch(account: Account, media_id: str, access_token: str = "") -> tuple[str, bytes]:
    """Content type and body of cgi-bin/media/get."""
    key = access_token or (await token(account))["access_token"]
    async with account.http.get(f"{account.settings.platform_base}/cgi-bin/media/get", params={"access_token": key, "media_id": media_id}) as response:
        assert response.status == 200, "errors are HTTP 200 too"
        return response.content_type, await response.read()


@pytest.mark.parametrize(("action", "kind", "mime"), [
    ({"kind": "image"}, "image", "image/png"),
    ({"kind": "recording"}, "voice", "audio/amr"),
    ({"kind": "voice", "text": "身份证丢了"}, "voice", "audio/amr"),
])  # fmt: skip
async def test_a_preset_can_be_fetched_by_the_media_id_of_its_push(account: Account, action: dict[str, str], kind: str, mime: str) -> None:
    await account.do(**action)
    media_type, content = await fetch(account, account.pushes[0][0]["MediaId"])
    assert media_type == mime == check_media(kind, content)


async def test_a_recording_comes_without_recognition(account: Account) -> None:
    await account.do(kind="recording")
    assert "Recognition" not in account.pushes[0][0]


async def test_a_video_is_answered_with_its_address(account: Account) -> None:
    await account.do(kind="video")
    async with account.http.get(
        f"{account.settings.platform_base}/cgi-bin/media/get",
        params={"access_token": (await token(account))["access_token"], "media_id": account.pushes[0][0]["MediaId"]},
    ) as response:
        url = (await response.json())["video_url"]
    assert url.startswith(account.settings.platform_base.removesuffix("/platform"))
    async with account.http.get(url) as response:
        assert check_media("video", await response.read()) == "video/mp4"


async def test_a_chosen_picture_is_sent_and_can_be_fetched_until_it_expires(account: Account) -> None:
    async with account.http.post(f"{account.base}/users/{account.user().openid}/media/image", data=PNG) as response:
        media_id = (await response.json())["media_id"]
    assert (await fetch(account, media_id))[1] == PNG
    line = next(item for item in account.user().items if item.kind == "image")
    async with account.http.get(account.base.removesuffix("/simulator") + line.content["url"]) as response:
        assert await response.read() == PNG and response.headers["X-Content-Type-Options"] == "nosniff"
    start = account.platform.now()
    account.platform.now = lambda: start + LIFE_S + 1
    assert b"40007" in (await fetch(account, media_id))[1]


@pytest.mark.parametrize(("content", "status"), [(b"<svg onload='alert(1)'/>", 400), (b"", 400), (PNG + b"\x00" * LIMITS["image"], 413)])
async def test_what_wechat_takes_no_phone_sends(account: Account, content: bytes, status: int) -> None:
    async with account.http.post(f"{account.base}/users/{account.user().openid}/media/image", data=content) as response:
        assert response.status == status
    assert not account.pushes


async def test_errors_are_json(account: Account) -> None:
    assert b'"errcode": 40007' in (await fetch(account, "nobody's"))[1]
    assert b'"errcode": 40001' in (await fetch(account, "simulator-picture", "a wrong token"))[1]
