"""Adds to the training data how people ask for each service item, so that the classifier knows an item as soon as its record is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.wording import GUIDE
from weijing.project import project_path
from weijing.service_items import ServiceItem, load_service_items

SHARE = 0.3
"""How much an example made from a name counts against one written by a person."""
_PATTERNS = (
    "{}", "{}怎么办理", "办{}需要什么材料", "{}多少钱", "{}要多久", "{}在哪里办", "{}需要什么条件", "网上可以办{}吗", "如何办理{}",
    "{}流程", "我想办{}", "{}要带什么",
)  # fmt: skip
_EACH = 2
"""Patterns used for one name; the next name takes the next ones."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ServiceItemExamples(GraphComponent):
    """Training only: messages pass through."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> ServiceItemExamples:
        """Rasa's constructor."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed items train again."""
        return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_folder().rglob("*.yml")))).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Nothing to do for messages that came in."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data and one example for each way of asking."""
        known = {example.get("text") for example in training_data.intent_examples}
        examples = (example for item in load_service_items(_folder()) for example in _examples(item))
        return with_examples(training_data, (example for example in examples if example.get("text") not in known))


def with_examples(training_data: TrainingData, more: Iterable[Message]) -> TrainingData:
    """The training data with more examples; unlike Rasa's `merge` it copies none."""
    return TrainingData(
        [*training_data.training_examples, *more],
        training_data.entity_synonyms,
        training_data.regex_features,
        training_data.lookup_tables,
        training_data.responses,
    )


def _examples(item: ServiceItem) -> Iterator[Message]:
    for question in item.questions:
        yield _example(question, item.category, 1.0)
    for number, name in enumerate((item.name, *item.aliases)):
        for step in range(_EACH):
            yield _example(_PATTERNS[(number * _EACH + step) % len(_PATTERNS)].format(name), item.category, SHARE)


def _example(text: str, category: str, share: float) -> Message:
    example: Message = Message.build(text, GUIDE)
    example.set("metadata", {"intent": {"category": category}, "share": share})
    return example


def _folder() -> Path:
    return project_path("data", "service_items")
