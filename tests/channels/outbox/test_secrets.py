"""No token and no AppSecret in an error or a log."""

from __future__ import annotations

import logging

import aiohttp
import pytest

from channels.wechat.api import PlatformApi
from store.redis import Redis
from tests.channels.conftest import settings_with
from tests.channels.outbox.conftest import Platform
from weijing.errors import PlatformError


async def test_secrets_reach_neither_errors_nor_logs(redis: Redis, served: tuple[Platform, str], caplog: pytest.LogCaptureFixture) -> None:
    messages = []
    text = {"msgtype": "text", "text": {"content": "好"}}
    async with aiohttp.ClientSession() as session:
        with caplog.at_level(logging.DEBUG):
            with pytest.raises(PlatformError) as caught:
                await PlatformApi(redis, settings_with("", wechat_api_base="http://127.0.0.1:9"), session).send("u", text)
            messages.append(str(caught.value) + repr(caught.value.__cause__))
            await redis.flushall()
            api = PlatformApi(redis, settings_with("", wechat_api_base=served[1]), session)
            await api.send("u", text)
            served[0].broken = True
            with pytest.raises(PlatformError) as caught:
                await api.send("u", text)
            messages.append(str(caught.value) + repr(caught.value.__cause__))
            with pytest.raises(PlatformError) as caught:
                served[0].upload_errcode = 40004
                await api.upload("a.png", b"x", "image/png")
            messages.append(str(caught.value) + repr(caught.value.__cause__))
    ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]  # the platform's own access log is not ours
    assert len(messages) == 3
    for line in [*messages, *ours]:
        assert "ACCESS" not in line and "secret-of-the-test" not in line
