"""A visitor as the page is one: posts with ids of its own, follows the stream from the last entry it has, leaves out what it has."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import aiohttp

from weijing.tasks import end


class Guest:
    """One page of a visitor.

    Args:
        base: address of the web chat.
        token: of another page of the same visitor, or empty.
    """

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str = "") -> None:
        self._http, self.base, self.token = http, base, token
        self.entries: list[dict[str, Any]] = []
        self.typing: list[bool] = []
        self.last = ""
        self.received = 0
        self.ended = ""
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> Guest:
        """Ask for a session and follow the stream."""
        status, answer = await self.post("session", {"token": self.token})
        assert status == 200, answer
        self.token = answer["token"]
        self.follow()
        return self

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """One POST as our page makes it."""
        root = self.base.split("/webchat")[0]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self._http.post(f"{self.base}/{path}", data=data, headers={"Origin": root, "Authorization": f"Bearer {self.token}", **headers}) as response:
            return response.status, await response.json()

    async def say(self, text: str, id_: str = "") -> tuple[int, dict[str, Any]]:
        """Say something."""
        return await self.post("messages", {"id": id_ or str(uuid.uuid4()), "text": text})

    def follow(self) -> None:
        """Connect the stream."""
        self._task = asyncio.create_task(self._follow())

    async def drop(self) -> None:
        """The connection breaks."""
        if self._task:
            await end(self._task)
            self._task = None

    async def _follow(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Last-Event-ID": self.last}
        async with self._http.get(f"{self.base}/stream", headers=headers, timeout=aiohttp.ClientTimeout()) as response:
            if response.status != 200:
                self.ended = str(response.status)
                return
            block: dict[str, str] = {}
            async for raw in response.content:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    block[name] = value
                elif block:
                    self._hear(block)
                    block = {}
        self.ended = self.ended or "closed"

    def _hear(self, block: dict[str, str]) -> None:
        value = json.loads(block.get("data", "{}"))
        if block.get("event") == "entry":
            self.received += 1
            if _place(block["id"]) > _place(self.last):
                self.last = block["id"]
                self.entries.append(value)
        elif block.get("event") == "typing":
            self.typing.append(value["typing"])
        elif block.get("event") == "left":
            self.ended = "left"

    def lines(self) -> list[str]:
        """The talk in words."""
        return [entry.get("text") or "".join(bubble.get("text", "") for bubble in entry.get("bubbles", [])) for entry in self.entries]

    async def until_typing(self, on: bool, seconds: float = 20.0) -> None:
        """Wait until somebody is typing, or nobody any more."""
        for _ in range(int(seconds / 0.02)):
            if self.typing[-1:] == [on]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"typing was {self.typing}")

    async def until(self, count: int, seconds: float = 20.0) -> list[str]:
        """Wait until the page shows so many lines."""
        for _ in range(int(seconds / 0.02)):
            if len(self.entries) >= count:
                return self.lines()
            await asyncio.sleep(0.02)
        raise AssertionError(f"{len(self.entries)} of {count} lines: {self.lines()}")


def _place(seq: str) -> tuple[int, int]:
    ms, _, number = seq.partition("-")
    return int(ms or 0), int(number or 0)
