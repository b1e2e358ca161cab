"""Dead letters: replies that were given up and messages that failed three times, on the streams `wj:{p}:dead`. An operator sees, resends or drops them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken

from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import Turns, delivery_event, now_ms
from weijing.errors import InputError

AGAIN = "{key}-again"
"""A message that is taken up again is a new one: the apology stays what was said to the old one."""


@dataclass(frozen=True)
class DeadLetter:
    """One dead letter.

    Args:
        kind: `reply` (the platform did not take it) or `message` (its turn failed three times).
        at: when it was given up, ms since the epoch.
        entry: its stream entry.
        sealed: of a message: the message, encrypted.
    """

    kind: Literal["reply", "message"]
    key: str
    openid: str
    cause: str
    at: int
    entry: str
    sealed: str = ""

    @property
    def user(self) -> str:
        """The user as an operator may see him: enough to tell two apart."""
        return f"{self.openid[:3]}…{self.openid[-4:]}"


class DeadLetters:
    """The dead letters of all partitions.

    Args:
        cipher: of the vault; opens the messages.
    """

    def __init__(self, redis: Redis, cipher: Fernet | None = None) -> None:
        self._redis = redis
        self._cipher = cipher
        self._scripts = Scripts(redis)

    async def count(self) -> int:
        """How many there are.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return sum(await self._each("xlen"))

    async def all(self) -> list[DeadLetter]:
        """All of them, oldest first.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        found = [_read(entry, fields["d"]) for entries in await self._each("xrange") for entry, fields in entries]
        return sorted(found, key=lambda letter: letter.at)

    async def find(self, name: str) -> DeadLetter:
        """The one of that message key; its beginning is enough.

        Raises:
            InputError: none, or several, begin so.
            StoreUnavailable: Redis did not answer.
        """
        found = [letter for letter in await self.all() if name and letter.key.startswith(name)]
        if len(found) != 1:
            raise InputError(f"{len(found)} dead letters begin with {name!r}; 'weijing dead list' shows their keys")
        return found[0]

    async def texts(self, letter: DeadLetter) -> list[str]:
        """What was said, as it was said: mask it before it is shown.

        Raises:
            InputError: the message was sealed with another VAULT_KEY.
            StoreUnavailable: Redis did not answer.
        """
        if letter.kind == "message":
            message = self._opened(letter)
            return [message.text or f"〔{message.kind}〕"]
        try:
            reply = await self._redis.hget(key(partition(letter.openid), "turn", letter.key), "reply")
        except FAULTS as error:
            raise unavailable(error) from error
        return [str(bubble.get("text") or json.dumps(bubble, ensure_ascii=False)) for bubble in json.loads(reply or "[]")]

    async def resend(self, letter: DeadLetter) -> bool:
        """Send a reply again, or take a message up again; False when somebody did so before.

        Raises:
            InputError: the message was sealed with another VAULT_KEY.
            StoreUnavailable: Redis did not answer; ask again.
        """
        if letter.kind == "message":
            return await self._take_up(letter)
        part = partition(letter.openid)
        keys = [key(part, "turn", letter.key), *(key(part, noun) for noun in ("due", "dead", "events"))]
        event = delivery_event(letter.openid, letter.key, "operator", "resent")
        return bool(await self._scripts.run("resend", keys, [letter.key, letter.entry, now_ms(), event]))

    async def drop(self, letter: DeadLetter, outcome: str = "dropped") -> bool:
        """Forget it; False when it was gone.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        part = partition(letter.openid)
        try:
            pipe = self._redis.pipeline(transaction=True)
            pipe.xdel(key(part, "dead"), letter.entry)
            if letter.kind == "reply":
                pipe.delete(key(part, "turn", letter.key))
            pipe.xadd(key(part, "events"), {"e": delivery_event(letter.openid, letter.key, "operator", outcome)})
            return bool((await pipe.execute())[0])
        except FAULTS as error:
            raise unavailable(error) from error

    async def forget(self, openid: str) -> None:
        """The user is gone, and so is what could not be delivered to him.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        part = partition(openid)
        try:
            for entry, fields in await self._redis.xrange(key(part, "dead")):
                letter = _read(entry, fields["d"])
                if letter.openid == openid:
                    await self._redis.delete(key(part, "turn", letter.key))
                    await self._redis.xdel(key(part, "dead"), entry)
        except FAULTS as error:
            raise unavailable(error) from error

    async def _take_up(self, letter: DeadLetter) -> bool:
        """Accept first and take off then: between the two it is accepted again, which does nothing."""
        message = self._opened(letter)
        again = replace(message, key=AGAIN.format(key=letter.key))
        turns = Turns(self._redis)
        accepted = await turns.accept(again, "")
        await turns.claim(again.openid, again.key, late=True)
        await self.drop(letter, "resent")
        return accepted.new

    def _opened(self, letter: DeadLetter) -> Message:
        try:
            return Message.loads(self._cipher.decrypt(letter.sealed.encode()).decode() if self._cipher else letter.sealed)
        except InvalidToken:
            raise InputError("the message was sealed with another VAULT_KEY; set that one to open it") from None

    async def _each(self, command: str) -> list[Any]:
        try:
            pipe = self._redis.pipeline(transaction=False)
            for part in range(PARTITIONS):
                getattr(pipe, command)(key(part, "dead"))
            return list(await pipe.execute())
        except FAULTS as error:
            raise unavailable(error) from error


def _read(entry: str, text: str) -> DeadLetter:
    value: dict[str, str] = json.loads(text)
    kind: Literal["reply", "message"] = "message" if "message" in value else "reply"
    return DeadLetter(kind, value["key"], value["openid"], value.get("cause", ""), int(entry.split("-")[0]), entry, value.get("message", ""))
