"""Why a message was understood as it was: its words, what the classifier and the linker thought, and the decider's rule that was met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.nlu.decider import EXACT, OUT_OF_SCOPE, Decider
from bot.nlu.declared import declared, wants_person_in_english
from bot.nlu.near_miss import near_miss
from bot.nlu.thresholds import Thresholds
from bot.nlu.wording import CANDIDATES, DECISION, LINKS, RESPELT, SCORES
from bot.processor import TurnProcessor
from weijing.emergency import screen
from weijing.language import language_of

_TOKENS = "text_tokens"
_SHOWN = 5


async def explain(processor: TurnProcessor, text: str) -> dict[str, Any]:
    """`tokens scores links respelt rule`: words, the five best labels of the classifier, the five best service items, a respelling, and the rule."""
    from rasa.core.channels.channel import UserMessage

    found = dict(await processor.parse_message(UserMessage(text), only_output_properties=False))
    scores: Mapping[str, float] = found.get(SCORES) or {}
    links = [{"item": one.item, "name": one.name, "share": round(one.share, 4)} for one in (found.get(LINKS) or [])[:_SHOWN]]
    best = sorted(scores.items(), key=lambda pair: -pair[1])[:_SHOWN]
    tokens = [token.text for token in found.get(_TOKENS) or []]
    told = {"tokens": tokens, "scores": [{"label": name, "share": round(share, 4)} for name, share in best], "links": links}
    return {**told, "respelt": found.get(RESPELT) or "", "rule": rule_of(text, found, thresholds_of(processor))}


def thresholds_of(processor: TurnProcessor) -> Thresholds:
    """Those that the model was trained with."""
    config: dict[str, Any] = next((node.config for name, node in processor.model_metadata.predict_schema.nodes.items() if "Decider" in name), {})
    defaults = Decider.get_default_config()
    return Thresholds(**{name: config.get(name, value) for name, value in defaults.items()})


def rule_of(text: str, found: Mapping[str, Any], thresholds: Thresholds) -> str:
    """The name of the rule by which `bot.nlu.decider` decided."""
    normal, decision = str(found.get("normalized") or text), found.get(DECISION)
    candidates: list[dict[str, Any]] = found.get(CANDIDATES) or []
    if screen(text):
        return "screened"
    if EXACT.get(normal.strip(" 。.!?,，！？~")):
        return "exact"
    if language_of(normal):
        return "person_in_english" if wants_person_in_english(normal) else "foreign"
    if decision == "emergency":
        return "emergency_share"
    if declared(normal):
        return "declared"
    if near_miss(normal):
        return "near_miss"
    return "sure" if decision in ("answer", "handoff") else _doubt(normal, decision, candidates, thresholds)


def _doubt(text: str, decision: Any, candidates: list[dict[str, Any]], thresholds: Thresholds) -> str:
    totals: dict[str, float] = {}
    for one in candidates:
        totals[one["intent"]] = totals.get(one["intent"], 0.0) + one["confidence"]
    ranked = sorted(totals.items(), key=lambda pair: -pair[1])
    if not ranked:
        return "nothing"
    (top, first), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    if top == OUT_OF_SCOPE:
        return "between_ours_and_not" if decision == "clarify" else "out_of_scope"
    if decision == "fallback":
        return "too_unsure"
    return "not_sure_enough" if first < thresholds.needed(top, text) else "close" if first - second < thresholds.margin else "items_close"
