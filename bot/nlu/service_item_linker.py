"""Item × aspect: which service item a message means and what it asks of it.

The items are read when the model is loaded, not when it is trained, and a worker follows the catalogue from there (`bot/catalogue.py`): a new record is linked
within seconds, one that is switched off no more. Without an item in the words the entity `service_item`
is left out and the conversation keeps the one it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.aspects import find_aspect
from bot.nlu.item_index import ItemIndex, Link
from bot.nlu.wording import GUIDE, LINKS, SCORES, affirmed, normalized
from store.context import current
from weijing.project import project_path
from weijing.service_items import ServiceItem, load_service_items


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ServiceItemLinker(GraphComponent, EntityExtractorMixin):
    """Sets the entities `service_item` (id) and `aspect`, and the links the decider chooses from. Config: `share`, what an item needs to become an entity."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """An item that is more likely than all others together."""
        return {"share": 0.5}

    def __init__(self, share: float, items: Sequence[ServiceItem]) -> None:
        self._share = share
        self._index = ItemIndex(items)

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> ServiceItemLinker:
        """Rasa's constructor."""
        return cls(config["share"], load_service_items(project_path("data", "service_items")))

    def use(self, index: ItemIndex) -> None:
        """Link by this index from now on; whoever made it did so beside the turns."""
        self._index = index

    def process(self, messages: list[Message]) -> list[Message]:
        """Link messages that came in."""
        for message in messages:
            self._process(message)
        return messages

    def _process(self, message: Message) -> None:
        text, scores = normalized(message), message.get(SCORES) or {}
        prior = {label.partition("/")[2]: share for label, share in scores.items() if label.startswith(f"{GUIDE}/")}
        links = self._index.links(affirmed(text), prior, before=current().about) if text else []
        found = [_item_entity(links[0], len(text))] if links and links[0].share >= self._share else []
        aspect = find_aspect(text)
        if aspect:
            found.append({"entity": "aspect", "value": aspect[0], "start": aspect[1], "end": aspect[2]})
        message.set(LINKS, links)
        message.set(ENTITIES, (message.get(ENTITIES) or []) + self.add_extractor_name(found), add_to_output=True)


def _item_entity(link: Link, length: int) -> dict[str, Any]:
    start, end = (link.start, link.end) if link.end else (0, length)
    return {"entity": "service_item", "value": link.item, "start": start, "end": end, "confidence_entity": link.share}
