"""What every handler of the console works with."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import ClientSession, web
from sqlalchemy.ext.asyncio import AsyncEngine

from console.live import Live
from console.page import Pages
from store.redis import Redis
from store.tally import Tally
from store.turns import Turns
from weijing.settings import Settings


@dataclass
class Console:
    """One console process.

    Args:
        http: for the government service API (its base address and bearer token are set) and nothing else.
        key: of the tokens that deeds carry.
    """

    settings: Settings
    engine: AsyncEngine
    redis: Redis
    tally: Tally
    turns: Turns
    http: ClientSession
    live: Live
    pages: Pages
    key: bytes

    @property
    def https(self) -> bool:
        """Whether browsers reach us by https, so that cookies are for https alone."""
        return self.settings.console_url.startswith("https://")


CONSOLE = web.AppKey("console", Console)


def console_of(request: web.Request) -> Console:
    """The console that serves this request."""
    return request.config_dict[CONSOLE]
