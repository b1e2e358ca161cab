"""Identifiers, and simple times and places, as entities: from raw numbers and from the masks that the worker put in their stead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.wording import normalized
from weijing.identifiers import find_identifiers
from weijing.privacy import KINDS, MASK

Entity = dict[str, Any]

_BY_MASK = {word: kind for kind, word in KINDS.items()} | {"姓名": "person", "地址": "place"}
_NUMBER = r"[0-9一二三四五六七八九十]{1,3}"
_DAY = "[一二三四五六日天]"
_HOURS = "(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            rf"(?:\d{{4}}年)?{_NUMBER}月{_NUMBER}[日号]|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|(?:大前|前|昨|今|明|后|大后)天"
            rf"|(?:[本这上下]个?)?(?:周|星期|礼拜){_DAY}|[上这下]个?(?:周|星期|月)|去年|今年|前年|刚才|刚刚|昨晚|今晚|今早"
        ),
    ),
    ("time", re.compile(rf"{_HOURS}?{_NUMBER}点(?:半|{_NUMBER}分)?(?!钱|建议)|\d{{1,2}}:\d{{2}}|{_HOURS}")),
)  # fmt: skip
_ENDING = "派出所|交警队|交警大队|车管所|分局|小区|花园|大厦|广场|市场|大街|街道|路|村|镇|乡"
_PLACE = re.compile(rf"[\u4e00-\u9fff]{{2,8}}?(?:{_ENDING})(?:〔地址#[0-9a-f]{{8}}〕)?")
_UNNAMED = frozenset({*_ENDING.split("|"), "公路", "马路"})
_LEAD = re.compile(r"^(?:我们?(?:家|这)?|住|在|离|最近|附近|就|位于|从|有人|请问|想问|查一?下|导航|怎么|去|到|的|哪个|这个|那个|是|一?条)+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class IdentifierExtractor(GraphComponent, EntityExtractorMixin):
    """Sets entities `id_number phone plate bank_card email travel_document credit_code application_no report_no case_no letter_no appointment_no` and
    `delivery_no query_code person date time place`.

    The value of a masked identifier is the mask itself: slots and trackers never hold the raw one.
    """

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> IdentifierExtractor:
        """Rasa's constructor."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Extract from messages that came in."""
        for message in messages:
            found = extract(normalized(message))
            message.set(ENTITIES, (message.get(ENTITIES) or []) + self.add_extractor_name(found), add_to_output=True)
        return messages


def extract(text: str) -> list[Entity]:
    """The entities of a normalised text, in order; none overlapping, identifiers first."""
    taken: list[Entity] = []
    for entity in _all(text):
        if all(entity["end"] <= other["start"] or entity["start"] >= other["end"] for other in taken):
            taken.append(entity)
    return sorted(taken, key=lambda entity: int(entity["start"]))


def _all(text: str) -> Iterator[Entity]:
    masks = [_entity(_BY_MASK.get(found[1], "identifier"), found[0], found.start()) for found in MASK.finditer(text)]
    yield from (mask for mask in masks if mask["entity"] != "place")
    for found in find_identifiers(text) if any(sign.isdigit() or sign == "@" for sign in text) else ():
        yield {"entity": found.kind, "value": found.value, "start": found.start, "end": found.end}
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"  # a time is no part of a place
            yield _entity(kind, match[0], match.start())
    for match in _PLACE.finditer(text):
        words = _LEAD.sub("", match[0])
        if words and words not in _UNNAMED:
            yield _entity("place", words, match.end() - len(words))
    yield from (mask for mask in masks if mask["entity"] == "place")


def _entity(kind: str, value: str, start: int) -> Entity:
    return {"entity": kind, "value": value, "start": start, "end": start + len(value)}
