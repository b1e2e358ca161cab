"""A client of the simulator's endpoints: does what a user of the terminal types and prints what comes back."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import aiohttp

from channels.simulator.rich_text import segments
from weijing.errors import EngineError

POLL_SECONDS = 1.0
LATER_SECONDS = 20.0
"""How long `answered` waits for a customer-service message."""


class Client:
    """One user in a terminal.

    Args:
        session: HTTP client.
        base: address of the simulator.
        xml: print the XML of each push and reply too.
    """

    def __init__(self, session: aiohttp.ClientSession, base: str, *, xml: bool) -> None:
        self._session = session
        self._base = base
        self._xml = xml
        self._user = ""
        self._seen = 0
        self._heard = True

    async def enter(self, name: str) -> None:
        """Be that user, from now on.

        Raises:
            EngineError: no simulator answers there.
        """
        users = await self._get("/users", name=name)
        self._user = f"/users/{users[0]['openid']}"
        self._seen = max((item["seq"] for item in await self._get(self._user + "/messages")), default=0)

    async def do(self, action: dict[str, Any]) -> bool:
        """Do one thing and print what comes back at once; False when WeChat would show its fault notice."""
        self._heard = False
        try:
            async with self._session.post(f"{self._base}{self._user}/messages", json=action, params={"wait": "1"}) as response:
                if response.status == 400:
                    print(await response.text(), file=sys.stderr)
                    return False
                done = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            raise EngineError("the simulator does not answer any more; is the house still running?") from None
        if self._xml:
            print_xml(done["exchange"])
        await self.news()
        return bool(done["exchange"]["state"] != "fault")

    async def news(self) -> None:
        """Print the account's lines that are new."""
        for item in await self._get(self._user + "/messages", after=str(self._seen)):
            self._seen = max(self._seen, item["seq"])
            if item["side"] != "user":
                self._heard = True
                print(plain(item), flush=True)

    async def answered(self) -> None:
        """Wait until the account has said something to the last message, at most 20 s."""
        end = time.monotonic() + LATER_SECONDS
        while not self._heard and time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)
            await self.news()

    async def poll(self) -> None:
        """Print what the sender delivers, for ever."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self.news()

    async def _get(self, path: str, **query: str) -> Any:
        try:
            async with self._session.get(self._base + path, params=query) as response:
                response.raise_for_status()
                return await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            raise EngineError(f"no simulator at {self._base}; start the house with 'weijing run'") from None


def plain(item: dict[str, Any]) -> str:
    """A chat line as words; links that send words show them in brackets."""
    content, kind = item["content"], item["kind"]
    if kind == "msgmenu":
        choices = [f"  [{choice['content']}]" for choice in content["items"]]
        return "\n".join(part for part in (content["head"], *choices, content["tail"]) if part)
    if kind == "news":
        return "\n".join(f"《{article['title']}》{article['description']} {article['url']}" for article in content["articles"])
    if kind == "miniprogrampage":
        return f"〔小程序〕{content['title']} {content['page']}"
    if kind == "notice":
        return "\n".join([f"〔服务通知〕{content['title']}", *(f"{row['name']}：{row['value']}" for row in content["rows"])])
    if kind == "media":
        return f"〔{content['media']} {content['media_id']}〕"
    return "".join(f"[{part.text}]" if part.send else part.text for part in segments(content["text"]))


def print_xml(exchange: dict[str, Any]) -> None:
    """The pushes of an exchange and their replies, plain and sealed."""
    for attempt in exchange["attempts"]:
        print(f"── 第 {attempt['number']} 次推送 HTTP {attempt['status']} {attempt['milliseconds']} 毫秒 {attempt['reason']}")
        for name in ("plain", "sealed", "reply_sealed", "reply_plain"):
            print(f"── {name}\n{attempt[name]}")
