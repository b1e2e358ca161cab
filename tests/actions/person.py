"""A user of the whole bot through the worker's own turn: from the words to the bubbles, tracker and vault kept between."""

from __future__ import annotations

from uuid import uuid4

from cryptography.fernet import Fernet

from bot.live import LiveUsers
from bot.turn import TurnRunner, TurnSettings
from store.commits import Commit, UserState
from store.message import Message
from tests.actions.talk import TurnProcessor


class Person:
    """One user; every person is a new one."""

    def __init__(self, processor: TurnProcessor) -> None:
        self._runner = TurnRunner(processor, TurnSettings(Fernet(Fernet.generate_key())))
        self.openid = f"o-{uuid4().hex}"
        self.user = LiveUsers().restore(self.openid, processor.domain, UserState())
        self.turns = 0

    async def turn(self, text: str) -> Commit:
        """Say something; what the worker would commit."""
        self.turns += 1
        return await self._runner.run(Message(uuid4().hex, self.openid, text=text), f"{self.turns}-1", self.user)

    async def say(self, text: str) -> str:
        """The texts of the reply, one below the other."""
        return "\n".join(bubble.get("text") or "" for bubble in (await self.turn(text)).bubbles)
