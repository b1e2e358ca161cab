"""What staff read for an intent 意图: a few Chinese words instead of its id, from `data/lookups/intents.yml`."""

from __future__ import annotations

from functools import lru_cache

from ruamel.yaml import YAML

from weijing.settings import ROOT

PATH = ROOT / "data" / "lookups" / "intents.yml"


@lru_cache(maxsize=1)
def intent_words() -> dict[str, str]:
    """Intent -> words, in the order of the domain; read once, not to be changed."""
    words: dict[str, str] = YAML(typ="safe").load(PATH.read_text(encoding="utf-8"))
    return words


def intent_word(intent: str | None) -> str:
    """How a page names an intent: by its id where it has no words yet, `无` where there is none."""
    return intent_words().get(intent or "", intent or "无")
