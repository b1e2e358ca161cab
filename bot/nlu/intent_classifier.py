"""Intents with calibrated confidences, from n-grams and, where these are not sure, a sentence encoder; `ask_guide` is told apart by category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, METADATA, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import load_encoder
from bot.nlu.intent_model import IntentModel
from bot.nlu.wording import SCORES, neutral, normalized, words
from weijing.encoder_package import encoder_name
from weijing.settings import load_settings

if TYPE_CHECKING:
    from bot.nlu.trainer import Examples

_RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CascadeIntentClassifier(GraphComponent, IntentClassifier):
    """Sets intent, ranking and the probability of every label. Training takes seconds, a message 0.1 ms or, on a second look, 5 ms."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: IntentModel | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Another encoder trains again."""
        return encoder_name(load_settings().nlu_encoder)

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> CascadeIntentClassifier:
        """Rasa's constructor for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> CascadeIntentClassifier:
        """Rasa's constructor for a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, IntentModel.load(folder, load_encoder()))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has an intent."""
        from bot.nlu.trainer import train

        model = train(examples_of(learnt(training_data)), load_encoder())
        with self._model_storage.write_to(self._resource) as folder:
            model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify messages that came in."""
        for message in messages:
            if self._model:
                self._classify(message, self._model)
        return messages

    def _classify(self, message: Message, model: IntentModel) -> None:
        shares = model.shares(neutral(normalized(message)), words(message))
        scores = dict(zip(model.labels, map(float, shares), strict=True))
        intents: dict[str, float] = {}
        for label, share in scores.items():
            name = label.partition("/")[0]
            intents[name] = intents.get(name, 0.0) + share
        ranking = sorted(({INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: share} for name, share in intents.items()), key=_confidence, reverse=True)
        message.set(SCORES, scores)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:_RANKED], add_to_output=True)


def _confidence(ranked: dict[str, Any]) -> float:
    return float(ranked[PREDICTED_CONFIDENCE_KEY])


def learnt(training_data: TrainingData) -> list[Message]:
    """The examples that are learnt from: those with an intent and words."""
    return [example for example in training_data.intent_examples if example.get("text")]


def examples_of(found: list[Message]) -> Examples:
    """The same as the trainer wants them."""
    from bot.nlu.trainer import Examples

    return Examples(
        [neutral(normalized(example)) for example in found],
        [words(example) for example in found],
        [label_of(example) for example in found],
        [(example.get(METADATA) or {}).get("share", 1.0) for example in found],
    )


def label_of(example: Message) -> str:
    """The intent, with the category that the example's metadata names: `ask_guide/traffic`."""
    category = ((example.get(METADATA) or {}).get("intent") or {}).get("category")
    intent: str = example.get(INTENT)
    return f"{intent}/{category}" if category else intent
