"""A user of the simulated WeChat, for tests: says something and sees what the phone shows."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any
from urllib.parse import quote


class Phone:
    """One user.

    Args:
        base: the edge's address.
        name: of the user; the same name is the same openid.
    """

    def __init__(self, base: str, name: str) -> None:
        self._base = f"{base}/simulator/users"
        self.openid = str(self._get(f"?name={quote(name)}")[0]["openid"])

    def say(self, text: str) -> dict[str, Any]:
        """Send words; returns the exchange when WeChat's requests are over."""
        return self.do({"kind": "text", "text": text})

    def do(self, action: dict[str, Any]) -> dict[str, Any]:
        """Do something."""
        request = urllib.request.Request(
            f"{self._base}/{self.openid}/messages?wait=1", json.dumps(action).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            exchange: dict[str, Any] = json.load(response)["exchange"]
        return exchange

    def ask(self, text: str) -> str:
        """Send words; returns the words of the passive reply."""
        exchange = self.say(text)
        assert exchange["state"] == "passive", exchange
        return self.words(after_exchange=exchange["id"])

    def lines(self) -> list[dict[str, Any]]:
        """Every line of the chat."""
        found: list[dict[str, Any]] = self._get(f"/{self.openid}/messages")
        return found

    def words(self, *, after_exchange: int = 0, delivery: str = "") -> str:
        """What the account said since an exchange, joined; with `delivery` only what came that way."""
        said = [line for line in self.lines() if line["side"] == "account" and line["exchange"] >= after_exchange]
        return "\n".join(json.dumps(line["content"], ensure_ascii=False) for line in said if not delivery or line["delivery"] == delivery)

    def delivered(self, delivery: str) -> int:
        """How many messages came that way."""
        return sum(line["delivery"] == delivery for line in self.lines())

    def wait_for(self, delivery: str, count: int, seconds: float = 40.0) -> None:
        """Wait until so many messages came that way."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.delivered(delivery) >= count:
                return
            time.sleep(0.3)
        raise AssertionError(f"{self.delivered(delivery)} of {count} messages by {delivery}: {self.lines()}")

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self._base + path, timeout=10) as response:
            return json.load(response)
