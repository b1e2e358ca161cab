"""How many customer-service messages WeChat still takes for a user, and the account's access tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from channels.simulator.actions import Trigger
from weijing.errors import PlatformError

Clock = Callable[[], float]
"""Seconds since the epoch."""

WINDOWS: dict[Trigger, tuple[float, int]] = {"message": (48 * 3600.0, 5), "tap": (60.0, 3)}
"""Seconds and messages that each trigger allows (客服消息下发条数, since 2023-06)."""


@dataclass
class _Window:
    until: float
    left: int


class Allowance:
    """One user's windows. They do not add up: a message sent counts in every window that is open."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._windows: dict[Trigger, _Window] = {}
        self.last_contact = 0.0

    def open(self, trigger: Trigger) -> None:
        """The user did something; its window starts anew."""
        if trigger in WINDOWS:
            seconds, count = WINDOWS[trigger]
            self.last_contact = self._now()
            self._windows[trigger] = _Window(self.last_contact + seconds, count)

    def close(self) -> None:
        """The user stopped following."""
        self._windows.clear()

    def left(self) -> int:
        """Messages that may still be sent now."""
        return max((window.left for window in self._open()), default=0)

    def check(self) -> None:
        """Whether a message may go.

        Raises:
            PlatformError: 45015 no window is open, 45047 the windows are used up.
        """
        if not self._open():
            raise PlatformError("response out of time limit or subscription is canceled", 45015)
        if not self.left():
            raise PlatformError("out of response count limit", 45047)

    def use(self) -> None:
        """Count one message."""
        for window in self._open():
            window.left = max(0, window.left - 1)

    def _open(self) -> list[_Window]:
        return [window for window in self._windows.values() if window.until > self._now()]


class MinuteQuota:
    """How many calls the account may make in one minute; WeChat publishes no figure for messages."""

    def __init__(self, now: Clock, limit: int = 3000) -> None:
        self._now = now
        self.limit = limit
        self._minute, self._count = 0, 0

    def use(self) -> None:
        """Count one call.

        Raises:
            PlatformError: 45011 there were too many in this minute.
        """
        minute = int(self._now() // 60)
        self._minute, self._count = minute, self._count + 1 if minute == self._minute else 1
        if self._count > self.limit:
            raise PlatformError("api minute-quota reach limit  must slower  retry next minute", 45011)


SECONDS = 7200
"""Life of an access token (获取接口调用凭据)."""
OVERLAP = 300
"""`cgi-bin/token`: the token before stays valid so long after a new one was made."""


class Tokens:
    """The tokens of the account: one from `stable_token`, and those of `token`, which know nothing of each other."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._stable = ""
        self._plain = ""
        self._until: dict[str, float] = {}

    def stable(self, *, force: bool = False) -> tuple[str, int]:
        """(token, seconds left): the same token while it is valid, and a new one in its last five minutes or when forced."""
        if force or self._left(self._stable) < OVERLAP:
            if force:
                self._until.pop(self._stable, None)
            self._stable = self._make()
        return self._stable, int(self._left(self._stable))

    def plain(self) -> tuple[str, int]:
        """(token, seconds left): a new token with each call; the one before is valid for five minutes more."""
        if self._plain in self._until:
            self._until[self._plain] = min(self._until[self._plain], self._now() + OVERLAP)
        self._plain = self._make()
        return self._plain, SECONDS

    def check(self, token: str) -> None:
        """Whether a token is valid.

        Raises:
            PlatformError: 40001.
        """
        if self._left(token) <= 0:
            raise PlatformError("invalid credential, access_token is invalid or not latest", 40001)

    def _make(self) -> str:
        self._until = {token: until for token, until in self._until.items() if until > self._now()}
        token = secrets.token_urlsafe(96)
        self._until[token] = self._now() + SECONDS
        return token

    def _left(self, token: str) -> float:
        return self._until.get(token, 0.0) - self._now()
