"""A conversation through the worker's own turn, between the user, the bot and the desk, on our rules; each turn is stored and restored as in a worker."""

from __future__ import annotations

import itertools
import json
from typing import Any

from cryptography.fernet import Fernet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.live import LiveUser
from bot.processor import TurnProcessor
from bot.turn import TurnRunner, TurnSettings
from bot.window import restore
from store.commits import Commit
from store.held import Held
from store.message import Bubble, Message
from store.turns import now_ms


class DeskTalk:
    """One user's conversation; what the NLU would find is a menu click's intent here (`click`)."""

    def __init__(self, processor: TurnProcessor) -> None:
        self._turns = TurnRunner(processor, TurnSettings(Fernet(Fernet.generate_key())))
        self._domain = processor.domain
        self._header: list[str] = []
        self._window: list[str] = []
        self._length = 0
        self._numbers = itertools.count(1)
        self.held: Held = ()
        self.at = now_ms()
        self.commit: Commit | None = None

    async def click(self, intent: str, *, emergency: bool = False) -> str:
        """The user chooses a menu entry; answers the texts of the reply."""
        return await self._texts(Message("", "o1", kind="event", event="click", event_key=intent, emergency=emergency))

    async def ask(self, item: str) -> str:
        """The user asks about a service item, as a page would send it."""
        return await self._texts(Message("", "o1", kind="form", event_key="ask_guide", data={"service_item": item}))

    async def write(self, text: str) -> str:
        """The user writes; the rules' classifier knows greetings and thanks only."""
        return await self._texts(Message("", "o1", text=text))

    async def staff(self, deed: str, by: str = "", *, at: int = 0, **data: str) -> list[Bubble]:
        """A deed of the desk; answers what the user is told of it."""
        return await self.turn(Message("", "o1", kind="staff", data={"deed": deed, "by": by, **data}, at=at))

    async def say(self, text: str) -> list[Bubble]:
        """Words of the staff."""
        return await self.staff("said", "li", bubbles=json.dumps([{"text": text}]))

    async def turn(self, message: Message) -> list[Bubble]:
        """Run and store a turn; the reply."""
        self.at += 1000
        tracker = self.tracker
        user = LiveUser(tracker, len(self._header), self._length, {})
        message = Message(**{**vars(message), "key": f"m{next(self._numbers)}", "at": message.at or self.at})
        self.commit = commit = await self._turns.run(message, "1-1", user, self.held)
        self._window = [*self._window, *commit.tracker][commit.trim :]
        self._header = commit.header or self._header
        self._length += len(commit.tracker)
        return commit.bubbles

    @property
    def tracker(self) -> DialogueStateTracker:
        """The tracker as restored from what is stored."""
        return restore("o1", self._domain, self._header, self._window)

    @property
    def event(self) -> dict[str, Any]:
        """What the last turn tells the projector."""
        assert self.commit
        value: dict[str, Any] = json.loads(self.commit.events[0])
        return value

    async def _texts(self, message: Message) -> str:
        return "\n".join(bubble["text"] for bubble in await self.turn(message) if bubble.get("text"))
