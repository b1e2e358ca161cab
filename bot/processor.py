"""One turn of Rasa on a given tracker: no tracker store, no lock store, no swallowed exception, no copies."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.model import get_latest_model
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, DefinePrevUserUtteredFeaturization, Event, Restarted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name
from rasa.utils.endpoints import EndpointConfig

from bot.nlu.decider import OUT_OF_SCOPE
from bot.nlu.wording import CANDIDATES, DECISION, RESPELT
from bot.pressed import as_answer
from bot.runner import PlainGraphRunner
from store.message import Bubble
from weijing.errors import SettingsError


class ReplyChannel(CollectingOutputChannel):
    """Collects what Rasa says; a text stays one bubble (stock Rasa cuts it at blank lines)."""

    @classmethod
    def name(cls) -> str:
        """Responses in the domain may name this channel."""
        return "wechat"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep the text whole."""
        await self._persist_message(self._message(recipient_id, text=text.strip()))

    def bubbles(self) -> list[Bubble]:
        """What was said, without the recipient."""
        return [{name: value for name, value in message.items() if name != "recipient_id"} for message in self.messages]


class TurnProcessor(MessageProcessor):
    """Rasa's processor, run on a tracker that the caller restored and will commit."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        path = Path(model_path)
        latest = str(path) if path.is_file() else get_latest_model(str(path))
        if not latest:
            raise SettingsError(f"no model at {path}: run 'weijing train' or set BOT_MODEL")
        try:
            with TempDirectoryPath(get_temp_dir_name()) as folder:
                metadata, runner = loader.load_predict_graph_runner(Path(folder), Path(latest), LocalModelStorage, PlainGraphRunner)
        except (tarfile.ReadError, OSError) as error:
            raise SettingsError(f"the model {latest} cannot be read ({type(error).__name__}): train it again") from error
        return Path(latest).name, metadata, runner

    async def turn(self, tracker: DialogueStateTracker, message: UserMessage) -> list[Bubble]:
        """Answer one message: the tracker grows by the turn's events.

        Raises:
            Exception: whatever an action or graph node raised; the caller drops the tracker and tries the message again.
        """
        channel = ReplyChannel()
        await self._update_tracker_session(tracker, channel)
        await self._handle_message_with_tracker(message, tracker)
        if self._should_handle_message(tracker):
            tracker = await self.run_action_extract_slots(channel, tracker)
            await self._run_prediction_loop(channel, tracker)
        return channel.bubbles()

    async def parse(self, text: str) -> dict[str, Any]:
        """What the NLU makes of a text."""
        return dict(await self.parse_message(UserMessage(text)))

    async def parse_message(self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True) -> dict[str, Any]:
        """What the NLU makes of a message; of one that it does not understand, of the respelt text if it understands that better."""
        found = dict(await super().parse_message(message, tracker, only_output_properties))
        if tracker and tracker.active_loop_name:  # a form takes words as they were written
            return as_answer(found, tracker)
        respelt = found.get(RESPELT)
        if not respelt:
            return found
        again = dict(await super().parse_message(UserMessage(respelt, sender_id=message.sender_id, message_id=message.message_id), tracker))
        return {**again, TEXT: found[TEXT], RESPELT: respelt} if understanding(again) > understanding(found) else found

    async def _update_tracker_session(self, tracker: DialogueStateTracker, output_channel: OutputChannel, metadata: dict[str, Any] | None = None) -> None:
        # Stock Rasa builds the whole applied history just to learn whether it is empty.
        if not _has_history(tracker) or self._has_session_expired(tracker):
            await super()._update_tracker_session(tracker, output_channel, metadata)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        session = self.domain.session_config
        last = next((event for event in reversed(tracker.events) if isinstance(event, (UserUttered, Restarted))), None)
        if not isinstance(last, UserUttered) or not session.are_sessions_enabled():
            return False
        return bool((time.time() - last.timestamp) / 60 > session.session_expiration_time)

    async def _run_action(
        self, action: Action, tracker: DialogueStateTracker, output_channel: OutputChannel, nlg: NaturalLanguageGenerator, prediction: PolicyPrediction
    ) -> bool:
        # Stock Rasa swallows an action's exception (the user gets silence) and copies the tracker for each action.
        keep = all(isinstance(event, DefinePrevUserUtteredFeaturization) for event in prediction.events)
        view = tracker if keep else tracker.copy()
        if not keep:
            view.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, view, self.domain)
        except ActionExecutionRejection:
            tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
            return bool(self.should_predict_another_action(action.name()))
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            tracker = await self.run_action_extract_slots(output_channel, tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))

    def _log_action_on_tracker(self, tracker: DialogueStateTracker, action: Action, events: list[Event] | None, prediction: PolicyPrediction) -> None:
        produced = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in produced):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(produced, self.domain)

    def is_action_limit_reached(self, tracker: DialogueStateTracker, should_predict_another_action: bool) -> bool:
        """Whether the turn has predicted as many actions as it may; looks back only to the last listen."""
        count = 0
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted):
                if event.action_name in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME):
                    break
                count += 1
        return should_predict_another_action and count >= int(self.max_number_of_predictions)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Checked once by `weijing validate`, not for each message: stock Rasa builds and compares whole domains here."""

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Slots hold citizen data; nothing of ours logs them."""


def understanding(parse: dict[str, Any]) -> tuple[bool, float]:
    """How well a message is understood: whether it is acted on, and how sure that is."""
    best = max((float(one["confidence"]) for one in parse.get(CANDIDATES) or [] if one["intent"] != OUT_OF_SCOPE), default=0.0)
    return parse.get(DECISION) not in ("clarify", "fallback"), best


def _has_history(tracker: DialogueStateTracker) -> bool:
    """Whether anything lies behind the last restart or session start."""
    return bool(tracker.events) and not isinstance(tracker.events[-1], (Restarted, SessionStarted))


def load_processor(model: Path, action_endpoint: EndpointConfig) -> TurnProcessor:
    """Load the newest model of a folder (or a model file) and make it ready for turns.

    Raises:
        SettingsError: no model, or one that cannot be read.
    """
    nlg = TemplatedNaturalLanguageGenerator({})
    processor = TurnProcessor(str(model), InMemoryTrackerStore(Domain.empty()), None, nlg, action_endpoint)
    nlg.responses = processor.domain.responses
    return processor
