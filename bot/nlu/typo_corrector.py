"""Last of the pipeline: what a message that was not understood may have meant to write, see `bot.nlu.respeller`.

It only sets the property `respelt`; `bot.processor` reads that text as well and keeps the better understanding.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.jieba_tokenizer import language_words, make_tokenizer, read_dictionary
from bot.nlu.readings import Readings, make_readings
from bot.nlu.respeller import Respeller, Span
from bot.nlu.wording import DECISION, RESPELT, normalized
from weijing.normalise import normalise
from weijing.project import project_path
from weijing.service_items import load_service_items

READINGS_FILE = "readings.json"
_OURS = frozenset({"service_item", "aspect"})
"""Entities that a correction is for; the others (numbers, names, places, times) are kept as they are."""
_HAN = re.compile("[\u4e00-\u9fff]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TypoCorrector(GraphComponent):
    """Sets `respelt` where the decision is not to answer, or to answer with less confidence than `sure`. Config: `dictionary_path`, `sure`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The dictionary of the house."""
        return {"dictionary_path": "data/dict", "sure": 0.7}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other readings train again; words are read when the model is loaded."""
        return hashlib.sha256(version("pypinyin").encode()).hexdigest()

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, respeller: Respeller | None = None) -> None:
        self._sure = config["sure"]
        self._model_storage = model_storage
        self._resource = resource
        self._respeller = respeller

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> TypoCorrector:
        """Rasa's constructor for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> TypoCorrector:
        """Rasa's constructor for a trained model."""
        with model_storage.read_from(resource) as folder:
            readings: Readings = json.loads((folder / READINGS_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, _respeller(read_dictionary(project_path(config["dictionary_path"])), readings))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep with the model how characters sound."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / READINGS_FILE).write_text(json.dumps(make_readings(), ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Respell messages that came in and were not understood."""
        for message in messages:
            if self._respeller and not self._understood(message):
                text = normalized(message)
                respelt = self._respeller.respell(text, _kept(message))
                if respelt != text:
                    message.set(RESPELT, respelt, add_to_output=True)
        return messages

    def _understood(self, message: Message) -> bool:
        sure = float((message.get(INTENT) or {}).get(PREDICTED_CONFIDENCE_KEY) or 0.0) >= self._sure
        return message.get(DECISION) not in ("clarify", "fallback") and (sure or message.get(DECISION) != "answer")


def _kept(message: Message) -> list[Span]:
    return [(entity["start"], entity["end"]) for entity in message.get(ENTITIES) or [] if entity["entity"] not in _OURS]


def _respeller(lines: list[str], readings: Readings) -> Respeller:
    return Respeller(_words(lines, make_tokenizer(lines)), readings, language_words())


def _words(lines: list[str], tokenizer: Any) -> Iterator[str]:
    """The words of the dictionary; names and aliases of the items, whole and in words."""
    yield from (line.split()[0] for line in lines)
    for item in load_service_items(project_path("data", "service_items")):
        for name in (item.name, *item.aliases):
            for part in _HAN.findall(normalise(name)):
                yield part
                yield from tokenizer.lcut(part)
