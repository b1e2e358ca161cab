"""Stock Rasa's bare turn: `Agent.handle_message` with memory tracker store and an action server over HTTP."""

from __future__ import annotations

import logging
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog

from bench.bare import talk
from bench.script import LENGTH


class BareStock:
    """Turns of a stock agent.

    Args:
        model: the model file.
        port: of the action server.
    """

    def __init__(self, model: Path, port: int) -> None:
        configure_structlog(logging.ERROR)
        self._agent = Agent.load(model, action_endpoint=EndpointConfig(f"http://127.0.0.1:{port}/webhook", enable_selective_domain=True))

    async def turn(self, user: str, text: str) -> None:
        """One message of a user."""
        await self._agent.handle_message(UserMessage(text, CollectingOutputChannel(), user))

    async def advance(self, user: str, said: int, wanted: int) -> None:
        """Talk; but where whole scripts are missing, repeat the events of the last one: stock Rasa would take minutes to hear them."""
        scripts = (wanted - said) // LENGTH if said >= 2 * LENGTH else 0
        if scripts:
            tracker = await self._agent.tracker_store.retrieve(user)
            events = list(tracker.events)
            begun = [number for number, event in enumerate(events) if isinstance(event, UserUttered)][-LENGTH]
            longer = DialogueStateTracker.from_events(user, events + events[begun:] * scripts, slots=self._agent.domain.slots)
            await self._agent.tracker_store.save(longer)
        await talk(self, user, said + scripts * LENGTH + 1, wanted)
