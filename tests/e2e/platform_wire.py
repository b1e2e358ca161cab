"""One request as WeChat makes it: a connection of its own, cut off after 5 s, and sometimes its reply is lost on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from async_timeout import timeout

from channels.simulator.envelope import Sealed
from channels.wechat.callback import PATH
from tests.e2e.house import House, Process, free_port

PATIENCE_S = 5.0
"""WeChat cuts a request off then."""
Loss = Literal["", "reply", "all"]
"""How WeChat loses an answer: it reads the head and closes, or it closes before reading anything."""


@dataclass
class Edge:
    """One of the edges behind the account's address, killed and started again during the storm.

    Args:
        lives: how often it was started.
    """

    house: House
    port: int
    process: Process
    lives: int = 1

    @property
    def life(self) -> int:
        """Which life it is in; 0 while it is dead or not yet listening."""
        return self.lives if self.process.popen.poll() is None else 0

    async def kill_and_restart(self, pause: float) -> None:
        """SIGKILL; nobody listens for `pause` seconds and the time that the start takes."""
        self.process.popen.kill()
        await asyncio.to_thread(self.process.popen.wait)
        await asyncio.sleep(pause)
        self.process = self.house.start("edge", EDGE_PORT=str(self.port))
        self.lives += 1
        await asyncio.to_thread(self.house.wait_ready, self.process, self.port)


def start_edge(house: House) -> Edge:
    """Start one on a free port; the caller waits until it is ready."""
    port = free_port()
    return Edge(house, port, house.start("edge", EDGE_PORT=str(port)))


@dataclass(frozen=True)
class Heard:
    """What became of one request.

    Args:
        outcome: `answered`, `cut` after 5 s, `broken` (refused or reset), or `lost` on WeChat's side.
        began: loop time of the first byte.
        seconds: from the first byte to the end.
        late: cut although the edge lived all the while.
    """

    outcome: Literal["answered", "cut", "broken", "lost"]
    began: float
    seconds: float
    status: int = 0
    body: str = ""
    late: bool = False


async def request(edge: Edge, sealed: Sealed, loss: Loss = "") -> Heard:
    """Post one push."""
    clock, life = asyncio.get_running_loop().time, edge.life
    started = clock()
    try:
        async with timeout(PATIENCE_S):
            status, body = await _speak(edge.port, sealed, loss)
    except asyncio.TimeoutError:
        return Heard("cut", started, clock() - started, late=bool(life) and edge.life == life)
    except (OSError, EOFError, ValueError):
        return Heard("broken", started, clock() - started)
    return Heard("lost" if loss else "answered", started, clock() - started, status, body)


async def _speak(port: int, sealed: Sealed, loss: Loss) -> tuple[int, str]:
    """(status, body); both are empty when they are lost.

    Raises:
        OSError, EOFError, ValueError: the connection failed, or the answer is not whole.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        body = sealed.body.encode()
        head = f"POST {PATH}?{urlencode(sealed.query)} HTTP/1.1\r\nHost: edge\r\nContent-Type: text/xml\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        if loss == "all":
            return 0, ""
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        if loss == "reply":
            return 0, ""
        length = int(next(line.split(":")[1] for line in answer.splitlines() if line.lower().startswith("content-length:")))
        return int(answer.split(" ", 2)[1]), (await reader.readexactly(length)).decode()
    finally:
        writer.close()
