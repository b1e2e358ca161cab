"""The base of every action: its name, its time limit, and the honest reply when the backend is away."""

from __future__ import annotations

import asyncio
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ConversationPaused, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.used import count_use
from weijing.errors import BackendUnavailable

log = logging.getLogger(__name__)

Event = dict[str, Any]
"""An event as rasa_sdk makes it."""

LIMIT_S = 3.0
"""The longest an action may take: WeChat waits 5 s for the whole reply and Rasa itself would wait five minutes."""


class BaseAction(Action, ABC):
    """An action named after its class: `ActionAnswerGuide` is `action_answer_guide`.

    Any error but `BackendUnavailable` leaves the action, so that the worker drops the turn and takes the message again.
    """

    degraded: ClassVar[str] = "utter_backend_unavailable"
    """The response for a backend that does not answer."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Answer within the limit, or say that it cannot be done now."""
        try:
            events = await asyncio.wait_for(self.answer(dispatcher, tracker), LIMIT_S)
        except (BackendUnavailable, asyncio.TimeoutError) as error:
            log.warning("%s answered without the backend: %s", self.name(), error if isinstance(error, BackendUnavailable) else "it took too long")
            dispatcher.messages.clear()
            return self.degrade(dispatcher, tracker)
        return [*events, *count_use(tracker, events)]

    @abstractmethod
    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say what is to be said; the events go to the tracker."""

    def degrade(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """What is said and set when the backend is away."""
        dispatcher.utter_message(response=self.degraded)
        return []


def cleared(slots: Iterable[str]) -> list[Event]:
    """Events that empty these slots."""
    return [SlotSet(slot, None) for slot in slots]


def paused(reason: str) -> list[Event]:
    """Events that give the conversation to a person.

    Rasa stops at the pause and so never listens; the listen here lets the first message after the pause be understood.
    """
    return [SlotSet("handoff_reason", reason), ConversationPaused(), ActionExecuted("action_listen")]
