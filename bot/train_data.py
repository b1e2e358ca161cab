"""The project's training data read once: Rasa's own importers read every file up to three times and copy every example again and again."""

from __future__ import annotations

from functools import cached_property

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData


class ReadOnce(RasaFileImporter):
    """Domain, rules and examples as they stand in the files, without what Rasa adds for retrieval intents and end-to-end stories: we have neither."""

    def get_domain(self) -> Domain:
        """The domain; one object, however often it is asked for."""
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """The rules, all of them."""
        return self._stories

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        """The examples."""
        return self._nlu_data

    @cached_property
    def _domain(self) -> Domain:
        domain: Domain = Domain.load(self._domain_path)
        return domain

    @cached_property
    def _stories(self) -> StoryGraph:
        return super().get_stories()

    @cached_property
    def _nlu_data(self) -> TrainingData:
        parts = [load_data(file, "zh") for file in self._nlu_files]
        return TrainingData(
            [example for part in parts for example in part.training_examples],
            {word: meant for part in parts for word, meant in part.entity_synonyms.items()},
            [feature for part in parts for feature in part.regex_features],
            [table for part in parts for table in part.lookup_tables],
        )
