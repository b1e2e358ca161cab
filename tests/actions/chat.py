"""A conversation with the whole trained bot through Rasa's own Agent on our processor, actions in process."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from bot import lean

lean.install()  # before Rasa is imported

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.action_endpoint import InProcessActions  # noqa: E402
from bot.processor import load_processor  # noqa: E402
from bot.quiet import quiet_rasa  # noqa: E402
from store.context import CURRENT, TurnContext  # noqa: E402
from store.message import Bubble  # noqa: E402


def load_agent(model: Path) -> Agent:
    """Rasa's agent with a worker's processor and our actions."""
    quiet_rasa()
    agent = Agent()
    agent.processor = processor = load_processor(model, InProcessActions())
    processor.tracker_store.domain = agent.domain = processor.domain
    agent.tracker_store = processor.tracker_store
    return agent


class Chat:
    """One user; every chat is a new one."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.openid = f"o-{uuid4().hex}"
        self.turns = 0
        self.context = TurnContext("", self.openid)

    async def say(self, text: str) -> str:
        """Say something; answers all texts of the reply, one below the other."""
        return "\n".join(bubble["text"] for bubble in await self.bubbles(text) if bubble.get("text"))

    async def bubbles(self, text: str) -> list[Bubble]:
        """The reply with its buttons."""
        self.turns += 1
        self.context = TurnContext(f"{self.openid}-{self.turns}", self.openid)
        token = CURRENT.set(self.context)
        try:
            return list(await self._agent.handle_message(UserMessage(text, sender_id=self.openid)) or [])
        finally:
            CURRENT.reset(token)

    async def tracker(self) -> DialogueStateTracker:
        """The conversation as Rasa keeps it."""
        return await self._agent.tracker_store.get_or_create_tracker(self.openid)

    async def slot(self, name: str) -> Any:
        """A slot's value."""
        return (await self.tracker()).get_slot(name)

    async def form(self) -> str | None:
        """The open form."""
        return (await self.tracker()).active_loop_name
