"""A simulator on a real port, with a callback that each test scripts: what a broken or slow account answers cannot be got from a good one."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest_asyncio
import xmltodict
from aiohttp import web
from wechatpy.crypto import WeChatCrypto

from channels.simulator.people import User
from channels.simulator.platform import CALLBACK, Platform
from channels.simulator.routes import PLATFORM, add_simulator
from weijing.health import serve
from weijing.settings import Settings, load_settings

Script = Callable[[dict[str, str], web.Request], Awaitable[web.Response]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reply_xml(fields: dict[str, str], content: str, kind: str = "text") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName><FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )


@dataclass
class Account:
    """A running simulator and the scripted account behind it."""

    settings: Settings
    platform: Platform
    http: aiohttp.ClientSession
    pushes: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    script: Script | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.settings.edge_port}/simulator"

    def user(self, name: str = "王女士") -> User:
        return self.platform.people.named(name)

    async def receive(self, request: web.Request) -> web.Response:
        query = request.query
        plain = self.crypto.decrypt_message(await request.text(), query["msg_signature"], query["timestamp"], query["nonce"])
        fields = xmltodict.parse(plain)["xml"]
        self.pushes.append((fields, dict(query)))
        if self.script:
            return await self.script(fields, request)
        return self.sealed(reply_xml(fields, f"收到{fields.get('Content') or fields.get('Event') or fields['MsgType']}"), request)

    def sealed(self, xml: str, request: web.Request) -> web.Response:
        return web.Response(text=self.crypto.encrypt_message(xml, request.query["nonce"]), content_type="text/xml")

    @property
    def crypto(self) -> WeChatCrypto:
        return WeChatCrypto(self.settings.wechat_token.get_secret_value(), self.settings.wechat_aes_key.get_secret_value(), self.settings.wechat_app_id)

    async def do(self, **action: object) -> dict[str, object]:
        """Do something as 王女士 and wait for WeChat's requests to end."""
        async with self.http.post(f"{self.base}/users/{self.user().openid}/messages?wait=1", json=action) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, object] = await response.json()
            return answer


@pytest_asyncio.fixture
async def account() -> AsyncIterator[Account]:
    settings = load_settings().copy(update={"edge_port": free_port()})
    app = web.Application()
    add_simulator(app, settings, patience=0.5)
    async with aiohttp.ClientSession() as http:
        found = Account(settings, app[PLATFORM], http)
        app.router.add_post(CALLBACK, found.receive)
        runner = await serve(app, "127.0.0.1", settings.edge_port)
        yield found
        await runner.cleanup()
