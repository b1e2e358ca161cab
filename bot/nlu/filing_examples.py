"""Adds to the training data how people begin each filing, so that a filing needs no line but those of its definition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.service_item_examples import with_examples
from weijing.filing import load_filings
from weijing.project import project_path


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class FilingExamples(GraphComponent):
    """Training only: messages pass through."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> FilingExamples:
        """Rasa's constructor."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed definitions train again."""
        return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(project_path("data", "filings").glob("*.yml")))).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Nothing to do for messages that came in."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data, and name and examples of each filing."""
        known = {example.get("text") for example in training_data.intent_examples}
        return with_examples(training_data, (example for example in filing_examples() if example.get("text") not in known))


def filing_examples() -> Iterator[Message]:
    """Name and examples of every definition, labelled with its intent."""
    for filing in load_filings(project_path("data", "filings")).values():
        for text in dict.fromkeys((filing.name, *filing.examples)):
            yield Message.build(text, filing.intent)
