"""Which service item a question means: similarity of character n-grams to all ways in which an item is named and asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
import numpy.typing as npt

from bot.nlu.synonyms import canonical
from store.catalogue import ItemWords
from weijing.normalise import normalise
from weijing.service_items import ServiceItem

NAMED = 0.25
"""What an item's name or alias in the words adds to the similarity, for a name at least half as long as the text."""
PRIOR = 0.35
"""What the classifier's certainty of the category adds to the similarity."""
OWN, RELATED = 0.06, 0.03
"""What the item last answered, and those it is related to, add to the similarity: enough to decide between equals, too little to beat what is named."""
ONLY = 1.0
"""Score of an item whose name is the whole message: a tap on a button that shows it."""
_MARKS = "。.？?！!,， "
SHARPNESS = 20.0
"""How strongly a better score takes share from the others; fitted on held-out questions of the items."""
NONE = 0.42
"""The score of "none of these": below it the words fit no item."""
_SHORT = 2
"""A name of so few characters proves nothing."""
_FILLING = re.compile(
    r"请问|您好|你好|我?想问一?下|咨询|麻烦|我想|我要|想要|怎么样?|怎样|如何|咋|什么|啥|哪些|哪里|哪儿|在哪|多少钱|多少|多久|多长时间|几天|时候|需要|可以|能不能"
    r"|可不可以|能|吗|呢|啊|吧|呀|么|办理|办|要|的|了|网上|手机上|线上|一下|我|你|您|是|有|在|去|到|带|材料|手续|流程|条件|费用|现在"
)
"""Words that every question may have: they tell the aspect, not the item."""


@dataclass(frozen=True)
class Link:
    """One service item that may be meant.

    Args:
        score: similarity 0..1 to how the item is asked for.
        start, end: where its name stands in the text, or (0, 0).
        share: the probability that it is meant, if a service item is; what is left of 1 over all links is "none of these".
    """

    item: str
    name: str
    category: str
    score: float
    start: int = 0
    end: int = 0
    share: float = 0.0


def _grams(text: str) -> Counter[str]:
    """Characters and pairs of them, without the filling; of a text that is nothing else, all."""
    text = canonical(text)
    core = "".join(sign for sign in _FILLING.sub("", text) if sign.isalnum())
    bare = core if len(core) > 1 else "".join(sign for sign in text if sign.isalnum())
    return Counter([*bare, *(bare[at : at + 2] for at in range(len(bare) - 1))])


class ItemIndex:
    """An inverted index with one vector an item, the sum of its wordings; made in milliseconds, so that an edited item goes live without training."""

    def __init__(self, items: Sequence[ServiceItem | ItemWords]) -> None:
        self._items = list(items)
        self._related = {item.id: item.related for item in items}
        self._names = [[normalise(name) for name in (item.name, *item.aliases)] for item in items]
        asked_for = [(*names, *map(normalise, (*item.questions, item.summary))) for item, names in zip(items, self._names, strict=True)]
        wordings = [[_grams(words) for words in some] for some in asked_for]
        seen = Counter(gram for asked in wordings for some in asked for gram in some)
        self._rare = log(1 + sum(map(len, wordings))) + 1
        self._idf = {gram: self._rare - log(1 + count) for gram, count in seen.items()}
        self._postings = self._invert([self._sum(asked) for asked in wordings])

    def _sum(self, asked: list[Counter[str]]) -> dict[str, float]:
        total: dict[str, float] = {}
        for some in asked:
            for gram, value in self._weigh(some).items():
                total[gram] = total.get(gram, 0.0) + value
        length = sum(value * value for value in total.values()) ** 0.5 or 1.0
        return {gram: value / length for gram, value in total.items()}

    def _weigh(self, counts: Counter[str]) -> dict[str, float]:
        weighed = {gram: (1 + log(count)) * self._idf.get(gram, self._rare) * len(gram) ** 0.5 for gram, count in counts.items()}
        length = sum(value * value for value in weighed.values()) ** 0.5 or 1.0
        return {gram: value / length for gram, value in weighed.items()}

    @staticmethod
    def _invert(vectors: list[dict[str, float]]) -> dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
        postings: dict[str, list[tuple[int, float]]] = {}
        for number, vector in enumerate(vectors):
            for gram, value in vector.items():
                postings.setdefault(gram, []).append((number, value))
        return {gram: (np.array([at for at, _ in pairs], np.int64), np.array([value for _, value in pairs], np.float32)) for gram, pairs in postings.items()}

    def links(self, text: str, prior: Mapping[str, float], limit: int = 5, before: str = "") -> list[Link]:
        """The items nearest to a normalised text, best first.

        Args:
            prior: category -> probability, by the classifier.
            before: the item that the conversation is about.
        """
        cosines = self._cosines(text)
        near_by = {**dict.fromkeys(self._related.get(before, ()), RELATED), before: OWN}
        pull = np.array([PRIOR * prior.get(item.category, 0.0) + near_by.get(item.id, 0.0) for item in self._items])
        named = [number for number, names in enumerate(self._names) if names[0] == text.strip(_MARKS)]
        pull[named] += ONLY
        near = [(float(pull[number]), self._link(int(number), text, float(cosines[number]))) for number in np.argsort(-(cosines + pull))[: limit * 2]]
        scored = sorted(((link.score + more, link) for more, link in near if link.score > 0), key=lambda pair: -pair[0])[:limit]
        weights = [exp(SHARPNESS * score) for score, _ in scored]
        total = sum(weights) + exp(SHARPNESS * NONE)
        return [replace(link, share=weight / total) for weight, (_, link) in zip(weights, scored, strict=True)]

    def _cosines(self, text: str) -> npt.NDArray[np.float64]:
        found = [(self._postings[gram], value) for gram, value in self._weigh(_grams(text)).items() if gram in self._postings]
        if not found:
            return np.zeros(len(self._items))
        at = np.concatenate([numbers for (numbers, _), _ in found])
        values = np.concatenate([shares * value for (_, shares), value in found])
        cosines: npt.NDArray[np.float64] = np.bincount(at, values, len(self._items)).astype(np.float64)
        return cosines

    def _link(self, number: int, text: str, cosine: float) -> Link:
        item = self._items[number]
        names = [name for name in self._names[number] if len(name) > _SHORT and name in text]
        name = max(names, key=len, default="")
        start = text.index(name) if name else 0
        score = min(1.0, cosine + NAMED * min(1.0, 2 * len(name) / max(1, len(text))))
        return Link(item.id, item.name, item.category, score, start, start + len(name))
