"""Last of the pipeline: is the message understood well enough to act on it?

Sure -> `answer` (or `handoff`, `emergency`); half sure -> `clarify`, the intent becomes `nlu_clarify`; unsure or not ours -> `fallback`. What was understood
stays in `candidates`, which the clarifying action makes its buttons of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.declared import declared, wants_person_in_english
from bot.nlu.item_index import Link
from bot.nlu.near_miss import near_miss
from bot.nlu.thresholds import Thresholds
from bot.nlu.wording import CANDIDATES, DECISION, GUIDE, LINKS, SCORES, normalized
from weijing.emergency import calm, screen
from weijing.language import language_of

EXACT: Mapping[str, str] = {
    **dict.fromkeys(("人工", "转人工", "人工服务", "人工客服", "找人工", "要人工", "我要人工", "找真人", "真人", "转接人工", "客服"), "request_handoff"),
    **dict.fromkeys(("继续", "下一页", "往下说"), "repeat"),
    **dict.fromkeys(("菜单", "主菜单", "功能菜单"), "help"),
    **dict.fromkeys(("退出", "取消", "不办了", "算了", "退出办理", "取消办理"), "cancel"),
}
"""Words that work at once from any state, whatever the classifier thinks."""
CLARIFY, FALLBACK, OUT_OF_SCOPE, FOREIGN = "nlu_clarify", "nlu_fallback", "out_of_scope", "foreign_language"
_MARKS = " 。.!?,，！？~"
_DOUBTED = 0.2
"""A share of `emergency` that is worth a look at the words around it."""
Candidate = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decider(GraphComponent, IntentClassifier):
    """Sets `decision` and `candidates`. Config: the fields of `Thresholds`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The thresholds as measured on scores of training examples that the model had not seen."""
        return dict(vars(Thresholds()))

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> Decider:
        """Rasa's constructor."""
        return cls(Thresholds(**{name: config[name] for name in vars(Thresholds())}))

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide on messages that came in."""
        for message in messages:
            candidates = find_candidates(message)
            intent, decision = decide(normalized(message), candidates, self._thresholds)
            if screen(message.get(TEXT) or ""):
                intent, decision = "emergency", "emergency"
            self._set(message, intent, decision, candidates)
        return messages

    def _set(self, message: Message, intent: str, decision: str, candidates: list[Candidate]) -> None:
        confidence = next((one["confidence"] for one in candidates if one["intent"] == intent), 1.0)
        if decision == "emergency" or intent not in {CLARIFY, FALLBACK, GUIDE, *(one["intent"] for one in candidates[:1])}:  # the words said so
            confidence = 1.0
            candidates = [{"intent": intent, "confidence": 1.0}, *(one for one in candidates if one["intent"] != intent)][:5]
        message.set(INTENT, {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}, add_to_output=True)
        message.set(DECISION, decision, add_to_output=True)
        message.set(CANDIDATES, candidates, add_to_output=True)


def find_candidates(message: Message) -> list[Candidate]:
    """Up to five things the user may mean, best first; a guide question appears once for each service item."""
    scores = _without_tales(message.get(SCORES) or {}, message.get(TEXT) or "")
    links: list[Link] = message.get(LINKS) or []
    guide = sum(share for label, share in scores.items() if label.partition("/")[0] == GUIDE)
    found: list[Candidate] = [{"intent": label, "confidence": share} for label, share in scores.items() if label.partition("/")[0] != GUIDE]
    follow_up = scores.get(GUIDE, 0.0)
    if follow_up >= guide / 2 and any(entity["entity"] == "aspect" for entity in message.get(ENTITIES) or []):
        found.append({"intent": GUIDE, "confidence": guide})
    else:
        total = sum(link.share for link in links) or 1.0
        found += [_guide(link, guide * link.share / total) for link in links] or [{"intent": GUIDE, "confidence": guide}]
    return sorted(found, key=lambda one: -one["confidence"])[:5]


def _without_tales(scores: Mapping[str, float], text: str) -> Mapping[str, float]:
    """The shares of the other intents where the words around a danger show a tale, a joke or a question."""
    danger = scores.get("emergency", 0.0)
    if danger < _DOUBTED or not calm(text):
        return scores
    return {label: share / max(1e-6, 1 - danger) for label, share in scores.items() if label != "emergency"}


def _guide(link: Link, confidence: float) -> Candidate:
    return {"intent": GUIDE, "confidence": confidence, "service_item": link.item, "category": link.category, "name": link.name, "share": link.share}


def decide(text: str, candidates: list[Candidate], thresholds: Thresholds) -> tuple[str, str]:
    """(intent for Rasa, decision)."""
    exact = EXACT.get(text.strip(_MARKS))
    if exact:
        return exact, "handoff" if exact == "request_handoff" else "answer"
    if language_of(text):
        return ("request_handoff", "handoff") if wants_person_in_english(text) else (FOREIGN, "answer")
    totals: dict[str, float] = {}
    for one in candidates:
        totals[one["intent"]] = totals.get(one["intent"], 0.0) + one["confidence"]
    if totals.get("emergency", 0.0) >= thresholds.alarming(text):
        return "emergency", "emergency"
    if told := declared(text):
        return told, "handoff" if told == "request_handoff" else "answer"
    (intent, first), (_, second), *_ = [*sorted(totals.items(), key=lambda pair: -pair[1]), ("", 0.0), ("", 0.0)]
    if intent == OUT_OF_SCOPE or near_miss(text):
        return (CLARIFY, "clarify") if not near_miss(text) and second >= thresholds.half and first < thresholds.sure else (OUT_OF_SCOPE, "fallback")
    if first < thresholds.half:
        return FALLBACK, "fallback"
    if first < thresholds.needed(intent, text) or first - second < thresholds.margin or not _item_is_clear(intent, candidates, thresholds):
        return CLARIFY, "clarify"
    return intent, "handoff" if intent == "request_handoff" else "answer"


def _item_is_clear(intent: str, candidates: list[Candidate], thresholds: Thresholds) -> bool:
    """Whether a guide question names one item, or none and goes on about the last one."""
    if intent != GUIDE:
        return True
    best = next(one for one in candidates if one["intent"] == GUIDE)
    return "service_item" not in best or float(best["share"]) >= thresholds.item
