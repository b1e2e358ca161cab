"""A conversation with the bot's rules and actions, in process: what the NLU would find is said by the test."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from cryptography.fernet import Fernet

from bot import lean

lean.install()  # before Rasa is imported

from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.shared.core.events import ConversationResumed  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.action_endpoint import InProcessActions  # noqa: E402
from bot.processor import TurnProcessor, load_processor  # noqa: E402
from bot.understanding import clean, to_user_message  # noqa: E402
from store.context import CURRENT, TurnContext  # noqa: E402
from store.message import Bubble, Message  # noqa: E402
from weijing.settings import ROOT  # noqa: E402

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

RULES_ONLY = """
recipe: default.v1
assistant_id: weijing
language: zh
pipeline: [{name: KeywordIntentClassifier}]
policies:
  - name: bot.policies.IndexedRulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_default_fallback
    enable_fallback_prediction: true
"""


def train_rules(folder: Path) -> Path:
    """A model of our domain and rules alone; the keyword classifier in it is never asked."""
    import rasa.model_training

    config, words = folder / "config.yml", folder / "nlu.yml"
    config.write_text(RULES_ONLY)
    words.write_text("version: '3.1'\nnlu:\n- intent: greet\n  examples: |\n    - 您好\n- intent: thank\n  examples: |\n    - 谢谢\n")
    result = rasa.model_training.train(str(ROOT / "domain.yml"), str(config), [str(ROOT / "data" / "rules"), str(words)], output=str(folder))
    return Path(result.model)


def load_rules(model: Path) -> TurnProcessor:
    """The processor on this model, with our actions in process."""
    return load_processor(model, InProcessActions())


class Talk:
    """One user's conversation, masked as the worker masks it.

    Args:
        processor: shared by many talks.
    """

    def __init__(self, processor: TurnProcessor) -> None:
        self._processor = processor
        self.tracker = DialogueStateTracker(f"o-{uuid4().hex}", processor.domain.slots)
        self._cipher = Fernet(Fernet.generate_key())
        self._vault: dict[str, str] = {}
        self._turns = 0
        self.context = self._next_context()

    async def say(self, text: str, intent: str, *, decision: str = "answer", candidates: list[dict[str, Any]] | None = None, **entities: str) -> str:
        """Say something; answers all texts of the reply, one below the other."""
        bubbles = await self.bubbles(text, intent, decision=decision, candidates=candidates, **entities)
        return "\n".join(bubble["text"] for bubble in bubbles if bubble.get("text"))

    async def bubbles(
        self, text: str, intent: str, *, decision: str = "answer", candidates: list[dict[str, Any]] | None = None, **entities: str
    ) -> list[Bubble]:
        """The reply with its buttons."""
        self.context = self._next_context()
        token = CURRENT.set(self.context)
        try:
            words = clean(Message(self.context.message_key, self.tracker.sender_id, text=text), self.tracker, self.context)
            found = [{"entity": name, "value": value, "start": 0, "end": 0} for name, value in entities.items()]
            parse = {"text": words, "intent": {"name": intent, "confidence": 0.99}, "entities": found, "decision": decision, "candidates": candidates or []}
            message = UserMessage(words, sender_id=self.tracker.sender_id, input_channel="wechat", message_id=self.context.message_key, parse_data=parse)
            return await self._processor.turn(self.tracker, message)
        finally:
            CURRENT.reset(token)
            self._vault |= self.context.added

    async def send(self, event_key: str, **data: str) -> str:
        """Send what an H5 page sends; answers all texts of the reply."""
        return await self.take(Message(uuid4().hex, self.tracker.sender_id, kind="form", event_key=event_key, data=data))

    async def take(self, message: Message) -> str:
        """Take a message as the worker does (words in it are left to the keyword classifier, which knows none); answers all texts of the reply."""
        message = replace(message, openid=self.tracker.sender_id)
        self.context = replace(self._next_context(), message_key=message.key)
        token = CURRENT.set(self.context)
        try:
            bubbles = await self._processor.turn(self.tracker, to_user_message(message, self.tracker, self.context, self._processor.domain.intents))
        finally:
            CURRENT.reset(token)
            self._vault |= self.context.added
        return "\n".join(bubble["text"] for bubble in bubbles if bubble.get("text"))

    def resume(self) -> None:
        """Give the conversation back to the bot, as the worker does."""
        self.tracker.update(ConversationResumed(), self._processor.domain)

    def slot(self, name: str) -> Any:
        """A slot's value."""
        return self.tracker.get_slot(name)

    @property
    def form(self) -> str | None:
        """The open form."""
        return self.tracker.active_loop_name

    def _next_context(self) -> TurnContext:
        self._turns += 1
        return TurnContext(f"{self.tracker.sender_id}-{self._turns}", self.tracker.sender_id, cipher=self._cipher, stored=self._vault)
