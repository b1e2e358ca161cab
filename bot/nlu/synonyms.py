"""Words that mean the same to a service item: 驾照 and 驾驶证, 掉了 and 丢失.

`data/lookups/synonyms.txt` holds one set a line, the word that stands for all of them first. They are no part of the training.
"""

from __future__ import annotations

import re
from functools import lru_cache

from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "synonyms.txt"


def canonical(text: str) -> str:
    """The text with each synonym replaced by the word that stands for it; places in the text are lost."""
    words, pattern = _table()
    return pattern.sub(lambda found: words[found[0]], text)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    sets = [line.split() for line in FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    words = {word: first for first, *others in sets for word in others}
    longest_first = sorted(words, key=len, reverse=True)
    return words, re.compile("|".join(map(re.escape, longest_first)))
