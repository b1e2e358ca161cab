"""Subscription notices, uploads, the minute's quota and cards, as the simulated platform takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from channels.simulator.allowance import MinuteQuota
from channels.wechat.notices import notice_data
from tests.channels.outbox.conftest import PIXEL
from tests.channels.simulator.conftest import Account
from tests.channels.simulator.test_api import call, send, token
from weijing.errors import PlatformError
from weijing.settings import load_settings

TEMPLATE = "TPL-progress"


@pytest.fixture(autouse=True)
def templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account of these tests has one template."""
    monkeypatch.setenv("WECHAT_NOTICE_TEMPLATES", f"progress={TEMPLATE}")
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def notice(account: Account, **changes: Any) -> dict[str, Any]:
    data = notice_data("progress", [{"text": "您的办件 A2026-000123 有进展。"}])
    return {"touser": account.user().openid, "template_id": TEMPLATE, "data": data, **changes}


async def test_only_who_accepted_gets_a_notice(account: Account) -> None:
    bizsend = "message/subscribe/bizsend"
    assert (await call(account, bizsend, notice(account)))["errcode"] == 43101
    await account.do(kind="consent", templates=[TEMPLATE, "TPL-other"], answer="accept")
    pushed = account.pushes[-1][0]
    assert [row["TemplateId"] for row in pushed["SubscribeMsgPopupEvent"]["List"]] == [TEMPLATE, "TPL-other"]
    assert (await call(account, bizsend, notice(account)))["errcode"] == 0
    shown = account.user().items[-1]
    assert shown.content["title"] == "办件进度提醒" and {"name": "办件编号", "value": "A2026-000123"} in shown.content["rows"]
    assert (await call(account, bizsend, notice(account, template_id="TPL-none")))["errcode"] == 40037
    good = notice(account)["data"]
    for data in ({}, {"thing1": {"value": "好"}}, {**good, "phrase3": {"value": "超过五个汉字"}}, {**good, "time4": "now"}):
        assert (await call(account, bizsend, notice(account, data=data)))["errcode"] == 47003, data
    await account.do(kind="consent", templates=[TEMPLATE], answer="reject")
    assert (await call(account, bizsend, notice(account)))["errcode"] == 43101


async def test_a_picture_is_uploaded_and_shown(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    url = f"{account.settings.platform_base}/cgi-bin/media/upload"
    key = (await token(account))["access_token"]

    async def upload(content: bytes, access_token: str = key, kind: str = "image") -> dict[str, Any]:
        form = aiohttp.FormData()
        form.add_field("media", content, filename="map.png", content_type="image/png")
        async with account.http.post(url, params={"access_token": access_token, "type": kind}, data=form) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    assert (await upload(PIXEL, "stale"))["errcode"] == 40001
    assert (await upload(b"<html>"))["errcode"] == 40004
    assert (await upload(PIXEL, kind="poem"))["errcode"] == 40004
    media_id = (await upload(PIXEL))["media_id"]
    assert await send(account, msgtype="image", image={"media_id": media_id}) == 0
    async with account.http.get(f"{account.base}/media/{media_id}") as response:
        assert await response.read() == PIXEL
    page = {"title": "预约", "appid": "wx1", "pagepath": "pages/a"}
    assert await send(account, msgtype="miniprogrampage", miniprogrampage=page) == 40007
    assert await send(account, msgtype="miniprogrampage", miniprogrampage={**page, "thumb_media_id": media_id}) == 0
    assert account.user().items[-1].content["title"] == "预约"


async def test_too_many_calls_in_a_minute_are_refused(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    account.platform.minute.limit = 2
    assert {await send(account) for _ in range(6)} >= {45011}


def test_the_next_minute_begins_anew() -> None:
    now = [120.0]
    quota = MinuteQuota(lambda: now[0], 2)
    quota.use()
    quota.use()
    with pytest.raises(PlatformError, match="minute-quota"):
        quota.use()
    now[0] += 60
    quota.use()


async def test_a_passive_reply_ends_the_typing_sign(account: Account) -> None:
    await account.do(kind="text", text="在吗")
    body = {"touser": account.user().openid, "command": "Typing"}
    assert (await call(account, "message/custom/typing", body))["errcode"] == 0
    await account.do(kind="text", text="还在吗")
    assert account.user().typing_until == 0.0
