"""What the bot took in by a turn, in words for staff: the slots of `data/lookups/slot_names.yml` and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ruamel.yaml import YAML

from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "slot_names.yml"


@lru_cache(maxsize=1)
def slot_names() -> Mapping[str, str]:
    """Slot -> Chinese name; a slot that is missing is told to nobody."""
    names: dict[str, str] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return names
