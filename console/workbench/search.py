"""Finding an intent or a service item by a few letters: Chinese, pinyin, its initials, or the id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz

from console.workbench.corpus import Corpus
from weijing.intent_words import intent_word
from weijing.service_item import CATEGORIES

SHOWN = 8
_ENOUGH = 60.0


@dataclass(frozen=True)
class Option:
    """What a message can be labelled as: an intent, or a guide question about a service item."""

    intent: str
    item: str
    title: str
    hint: str


def options(corpus: Corpus) -> list[Option]:
    """Everything that can be chosen."""
    intents = [Option(name, "", intent_word(name), name) for name in corpus.intents]
    return intents + [Option("ask_guide", item.id, item.name, f"事项 · {CATEGORIES.get(item.category, item.category)}") for item in corpus.items.values()]


def search(corpus: Corpus, asked: str) -> list[Option]:
    """The best options, best first."""
    wanted = "".join(asked.lower().split())[:40]
    if not wanted:
        return options(corpus)[:SHOWN]
    ranked = sorted(((_likeness(wanted, one, corpus), place) for place, one in enumerate(options(corpus))), key=lambda pair: (-pair[0], pair[1]))
    found = options(corpus)
    return [found[place] for score, place in ranked[:SHOWN] if score >= _ENOUGH]


def _likeness(wanted: str, option: Option, corpus: Corpus) -> float:
    names = (option.title, option.item or option.intent, *(corpus.items[option.item].words if option.item else ()))
    return max(_of(wanted, name) for name in names)


def _of(wanted: str, name: str) -> float:
    """100 for a beginning, less the longer the rest; initials and pinyin count as the words do."""
    spelt, first = sounds(name)
    for place, written in enumerate((name.lower(), first, spelt)):
        if written.startswith(wanted):
            return 100 - place - min(5.0, (len(written) - len(wanted)) / 4)
        if wanted in written and len(wanted) > 1:
            return 88 - place - min(5.0, (len(written) - len(wanted)) / 4)
    return float(fuzz.ratio(wanted, spelt if wanted.isascii() else name)) * 0.85


@lru_cache(maxsize=4096)
def sounds(name: str) -> tuple[str, str]:
    """(pinyin, initials), e.g. 「居住证」 -> `juzhuzheng`, `jzz`."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors="default")
    return "".join(syllables).lower(), "".join(one[0] for one in syllables).lower()
