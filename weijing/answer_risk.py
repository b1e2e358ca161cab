"""How much harm a wrong answer does: whether the bot gives it, a person looks first, or a person answers (`data/lookups/answer_risk.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from ruamel.yaml import YAML

from weijing.settings import ROOT

Risk = Literal["low", "medium", "high"]
RISKY: tuple[Risk, ...] = ("medium", "high")
FILE = ROOT / "data" / "lookups" / "answer_risk.yml"


def answer_risk(intent: str, item: str | None) -> Risk:
    """The risk of an answer to this intent about this service item; the higher of the two."""
    found = {_of("intents").get(intent, "low"), _of("items").get(item or "", "low")}
    return "high" if "high" in found else "medium" if "medium" in found else "low"


@lru_cache(maxsize=2)
def _of(kind: str) -> Mapping[str, Risk]:
    raw = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return {name: risk for risk in RISKY for name in raw[risk][kind]}
