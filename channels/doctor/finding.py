"""What a check finds, and what every check is given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

import aiohttp

from channels.wechat.account import Account
from channels.wechat.api import PlatformApi
from weijing.errors import PlatformError
from weijing.settings import Settings

SECONDS = 12.0
"""A check that takes longer has failed."""


@dataclass(frozen=True)
class Finding:
    """One line.

    Args:
        state: `good`, `warning` (it works, something is to be done) or `failure`.
        words: what was found: the cause, with no secret in it.
        remedy: the page or command that mends it; empty when good.
    """

    name: str
    state: Literal["good", "warning", "failure"]
    words: str
    remedy: str = ""


@dataclass
class Patient:
    """The house under examination.

    Args:
        session: an HTTP client.
    """

    settings: Settings
    session: aiohttp.ClientSession
    account: Account = field(init=False)
    api: PlatformApi = field(init=False)
    _token: asyncio.Future[str] | None = None

    def __post_init__(self) -> None:
        self.api = PlatformApi(None, self.settings, self.session)
        self.account = Account(self.api)

    async def has_token(self) -> bool:
        """Whether the platform gives a token; asked once. The checks that need one are silent without it: the check of the token says why there is none."""
        try:
            await asyncio.shield(self.token())
        except PlatformError:
            return False
        return True

    def close(self) -> None:
        """Ask for nothing more."""
        if self._token:
            self._token.cancel()

    def token(self) -> asyncio.Future[str]:
        """The one call for a token, whoever asks first."""
        self._token = self._token or asyncio.ensure_future(self.api.token())
        return self._token


Check = Callable[[Patient], Awaitable[list[Finding]]]
"""Looks at one thing. What it raises becomes a failure of its name."""


def good(name: str, words: str) -> Finding:
    """All is well."""
    return Finding(name, "good", words)


def warning(name: str, words: str, remedy: str) -> Finding:
    """It works, and something is to be done."""
    return Finding(name, "warning", words, remedy)


def failure(name: str, words: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(name, "failure", words, remedy)
