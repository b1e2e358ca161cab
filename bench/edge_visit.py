"""WeChat's side of one server: it pushes, cuts after 5 s and repeats, and reads replies as strictly as it does."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

from bench.edge_pushes import ENVELOPE, Sealing, request, seal
from bench.edge_sides import Platform, Side
from bench.wire import Exchange, Wire
from channels.simulator.envelope import Envelope
from weijing.errors import ReplyRejected

CUT_S = 5.0


@dataclass
class Visit:
    """WeChat's side of one server."""

    side: Side
    platform: Platform
    verified: bool = True

    def __post_init__(self) -> None:
        self._wire = Wire(self.side.port if self.verified else self.side.unverified_port, CUT_S)

    async def post(self, query: dict[str, str], body: bytes) -> Exchange:
        """One request."""
        now = time.perf_counter()
        return await self._wire.post(request(self.side, query, body), now, now)

    async def push(self, xml: str, sealing: Sealing | None = None) -> Exchange:
        """Seal and send, once."""
        return await self.post(*seal(xml.encode(), sealing or Sealing()))

    async def push_as_wechat(self, xml: str) -> list[Exchange]:
        """Up to three requests, each cut after 5 s and repeated."""
        exchanges = []
        for _ in range(3):
            exchanges.append(await self.push(xml))
            if exchanges[-1].status:
                break
        return exchanges

    async def runs(self, openid: str, count: int = 1) -> int:
        """How often the handler ran for a user; looks again for a while when fewer than `count`."""
        for _ in range(20):
            found = sum(times for (user, _), times in self.side.handled().items() if user == openid)
            if found >= count:
                break
            await asyncio.sleep(0.05)
        return found

    async def close(self) -> None:
        """Hang up."""
        self._wire.close()


def words_of(exchange: Exchange, openid: str, envelope: Envelope = ENVELOPE) -> str | None:
    """The text of a reply that WeChat takes; None when it takes none."""
    try:
        return envelope.open(exchange.body.decode(), openid).text if exchange.status == 200 else None
    except (ReplyRejected, UnicodeDecodeError):
        return None


def user() -> str:
    """A new openid."""
    return f"o{secrets.token_hex(8)}"
