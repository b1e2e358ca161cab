"""The running house for transcripts: what a talk's steps do to it, and to the clock."""

from __future__ import annotations

import json
import re
import signal
import time
from typing import Any

import psutil
import redis

from channels.wechat.answer import LATER
from store.keys import key, partition
from tests.e2e.house import House
from tests.e2e.phone import Phone

LATER_S = 60.0
"""How long an answer that comes by itself may take on a busy machine."""


class Talk:
    """One user who goes through the steps of a talk.

    Args:
        house: runs.
        base: the edge's address.
        user: his name; every talk has its own.
        store: the house's Redis.
    """

    def __init__(self, house: House, base: str, user: str, store: redis.Redis[str]) -> None:
        self._house = house
        self._phone = Phone(base, user)
        self._store = store
        self._kept: dict[str, str] = {}
        self._reply = ""
        self.turns = 0

    def do(self, step: dict[str, Any]) -> None:
        """One step.

        Raises:
            AssertionError: the house did not say what the transcript says.
        """
        before = len(self._account_lines())
        if "say" in step:
            self._send({"kind": "text", "text": self._filled(step["say"])})
        elif "send" in step:
            self._send(step["send"] if isinstance(step["send"], dict) else {"kind": step["send"]})
        elif "backend" in step:
            backend(self._house, running=step["backend"] == "up")
        elif "days" in step:
            self._age(86400.0 * step["days"])
        for words in listed(step.get("hear")):
            assert re.search(self._filled(words), self._reply), f"{step}: {words!r} is not in {self._reply!r}"
        for words in listed(step.get("miss")):
            assert not re.search(self._filled(words), self._reply), f"{step}: {words!r} is in {self._reply!r}"
        for words in listed(step.get("later")):
            self._wait(self._filled(words), before)
        for name, pattern in (step.get("keep") or {}).items():
            found = re.search(pattern, self._reply)
            assert found, f"{step}: no {pattern} in {self._reply!r}"
            self._kept[name] = found[0]

    def count(self, words: str) -> int:
        """How many of the account's messages hold these words."""
        return sum(bool(re.search(self._filled(words), line)) for line in self._account_lines())

    def _send(self, action: dict[str, Any]) -> None:
        self.turns += 1
        exchange = self._phone.do(action)
        assert exchange["state"] == "passive", exchange
        self._reply = self._said_since(exchange["id"])
        deadline = time.monotonic() + LATER_S
        while LATER in self._reply:  # the machine was busy: the answer follows by itself
            assert time.monotonic() < deadline, f"only the acknowledgement came to {action}"
            time.sleep(0.5)
            self._reply = self._said_since(exchange["id"])

    def _said_since(self, exchange: int) -> str:
        lines = [shown(line) for line in self._phone.lines() if line["side"] == "account" and line["exchange"] >= exchange]
        return "\n".join(line for line in lines if LATER not in line) or "\n".join(lines)

    def _wait(self, words: str, before: int) -> None:
        deadline = time.monotonic() + LATER_S
        while not any(re.search(words, line) for line in self._account_lines()[before:]):
            assert time.monotonic() < deadline, f"{words!r} never came: {self._account_lines()}"
            time.sleep(0.3)
        self._reply = "\n".join(self._account_lines()[before:])

    def _account_lines(self) -> list[str]:
        return [shown(line) for line in self._phone.lines() if line["side"] == "account"]

    def _filled(self, words: str) -> str:
        for name, value in self._kept.items():
            words = words.replace(f"<{name}>", value)
        return words

    def _age(self, seconds: float) -> None:
        """Everything that this user said happened so much earlier: the stored events are moved, and the worker that remembers them is replaced."""
        name = key(partition(self._phone.openid), "tracker", self._phone.openid)
        for index, text in enumerate(self._store.lrange(name, 0, -1)):
            event = json.loads(text)
            event["timestamp"] -= seconds
            self._store.lset(name, index, json.dumps(event, ensure_ascii=False))
        for process in processes(self._house, "bot.parent"):
            if "bot.parent" in command(psutil.Process(process.ppid())):
                process.kill()


def shown(line: dict[str, Any]) -> str:
    """A line of the chat as the phone shows it: words and the choices under them."""
    return json.dumps(line["content"], ensure_ascii=False).replace("\\n", "\n")


def listed(value: Any) -> list[str]:
    """One or several texts."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def backend(house: House, *, running: bool) -> None:
    """Freeze the backend, as one that hangs, or let it run again."""
    for process in processes(house, "weijing backend"):
        process.send_signal(signal.SIGCONT if running else signal.SIGSTOP)


def processes(house: House, words: str) -> list[psutil.Process]:
    """Processes of the house whose command line holds these words."""
    return [one for one in psutil.Process(house.processes[0].popen.pid).children(recursive=True) if words in command(one)]


def command(process: psutil.Process) -> str:
    """Its command line; empty for one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
