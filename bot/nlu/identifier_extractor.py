"""Identifiers, days, times and places as entities: from raw numbers and from the masks that the worker put in their stead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.wording import normalized
from weijing.identifiers import find_identifiers
from weijing.place_spans import find_places
from weijing.privacy import KINDS, MASK
from weijing.time_spans import find_times
from weijing.workdays import SHANGHAI

Entity = dict[str, Any]

_BY_MASK = {word: kind for kind, word in KINDS.items()} | {"姓名": "person", "地址": "place"}
_SIGN = re.compile("[0-9@]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class IdentifierExtractor(GraphComponent, EntityExtractorMixin):
    """Sets entities `id_number phone plate bank_card email travel_document credit_code application_no report_no case_no letter_no appointment_no` and
    `delivery_no query_code person date time place`.

    The value of a masked identifier is the mask itself: slots and trackers never hold the raw one. A day or time that the words alone settle has an `iso`
    beside its value, a division its `code` and `level`.
    """

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> IdentifierExtractor:
        """Rasa's constructor."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Extract from messages that came in."""
        for message in messages:
            found = extract(normalized(message), _borders(message))
            message.set(ENTITIES, (message.get(ENTITIES) or []) + self.add_extractor_name(found), add_to_output=True)
        return messages


def extract(text: str, borders: Collection[int] | None = None) -> list[Entity]:
    """The entities of a normalised text, in order; none overlapping, identifiers first.

    Args:
        borders: where words begin or end; a day or time begins at one, a place lies between two.
    """
    taken: list[Entity] = []
    for entity in _all(text, borders):
        if all(entity["end"] <= other["start"] or entity["start"] >= other["end"] for other in taken):
            taken.append(entity)
    return sorted(taken, key=lambda entity: int(entity["start"]))


def _all(text: str, borders: Collection[int] | None) -> Iterator[Entity]:
    masks = [_entity(_BY_MASK.get(found[1], "identifier"), found[0], found.start()) for found in MASK.finditer(text)]
    yield from (mask for mask in masks if mask["entity"] != "place")
    numbers = find_identifiers(text) if _SIGN.search(text) else []
    yield from ({"entity": found.kind, "value": found.value, "start": found.start, "end": found.end} for found in numbers)
    at = -1
    for spoken in find_times(text, datetime.now(SHANGHAI).date()):
        if borders is None or spoken.start in borders or spoken.start == at:
            at = spoken.end
            text = f"{text[: spoken.start]}{'，' * len(spoken.text)}{text[spoken.end :]}"  # a time is no part of a place
            yield _entity(spoken.kind, spoken.text, spoken.start) | ({"iso": spoken.iso} if spoken.iso else {})
    for place in find_places(text, borders):
        yield _entity("place", place.text, place.start) | ({"code": place.code, "level": place.level} if place.level else {})
    yield from (mask for mask in masks if mask["entity"] == "place")


def _entity(kind: str, value: str, start: int) -> Entity:
    return {"entity": kind, "value": value, "start": start, "end": start + len(value)}


def _borders(message: Message) -> Collection[int] | None:
    tokens = message.get(TOKENS_NAMES[TEXT])
    return {at for token in tokens for at in (token.start, token.end)} if tokens else None
