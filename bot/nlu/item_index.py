"""Which service item a question means: similarity of character n-grams to how items are named and asked for, and names that stand in the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np
import numpy.typing as npt

from weijing.normalise import normalise
from weijing.service_items import ServiceItem

NAMED = 0.25
"""What an item's name or alias in the words adds to the similarity, for a name at least half as long as the text."""
PRIOR = 0.35
"""What the classifier's certainty of the category adds to the similarity."""
SHARPNESS = 14.0
"""How strongly a better score takes share from the others."""
NONE = 0.42
"""The score of "none of these": below it the words fit no item."""
_SHORT = 2
"""A name of so few characters proves nothing."""


@dataclass(frozen=True)
class Link:
    """One service item that may be meant.

    Args:
        score: similarity 0..1 to the nearest way of asking for it.
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
    bare = "".join(sign for sign in text if sign.isalnum())
    return Counter(bare[at : at + size] for size in (1, 2, 3) for at in range(len(bare) - size + 1))


class ItemIndex:
    """An inverted index over names, aliases and questions of the items; made in milliseconds, so that an edited item goes live without training."""

    def __init__(self, items: Sequence[ServiceItem]) -> None:
        self._items = list(items)
        self._names = [[normalise(name) for name in (item.name, *item.aliases)] for item in items]
        asked = [(number, words) for number, item in enumerate(items) for words in (*self._names[number], *map(normalise, item.questions))]
        self._owner = np.array([number for number, _ in asked], np.int64)
        counts = [_grams(words) for _, words in asked]
        seen = Counter(gram for some in counts for gram in some)
        self._idf = {gram: float(np.log((1 + len(asked)) / (1 + count)) + 1) for gram, count in seen.items()}
        self._rare = float(np.log(1 + len(asked)) + 1)
        self._postings = self._invert(counts)

    def _invert(self, counts: list[Counter[str]]) -> dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for number, some in enumerate(counts):
            for gram, value in self._weigh(some).items():
                at, values = postings.setdefault(gram, ([], []))
                at.append(number)
                values.append(value)
        return {gram: (np.array(at, np.int64), np.array(values, np.float32)) for gram, (at, values) in postings.items()}

    def _weigh(self, counts: Counter[str]) -> dict[str, float]:
        weighed = {gram: (1 + np.log(count)) * self._idf.get(gram, self._rare) * len(gram) ** 0.5 for gram, count in counts.items()}
        length = sum(value * value for value in weighed.values()) ** 0.5 or 1.0
        return {gram: float(value / length) for gram, value in weighed.items()}

    def links(self, text: str, prior: Mapping[str, float], limit: int = 5) -> list[Link]:
        """The items nearest to a normalised text, best first.

        Args:
            prior: category -> probability, by the classifier.
        """
        cosines = self._cosines(text)
        pull = np.array([PRIOR * prior.get(item.category, 0.0) for item in self._items])
        near = [self._link(int(number), text, float(cosines[number])) for number in np.argsort(-(cosines + pull))[: limit * 3]]
        scored = sorted(((link.score + PRIOR * prior.get(link.category, 0.0), link) for link in near if link.score > 0), key=lambda pair: -pair[0])[:limit]
        weights = [exp(SHARPNESS * score) for score, _ in scored]
        total = sum(weights) + exp(SHARPNESS * NONE)
        return [replace(link, share=weight / total) for weight, (_, link) in zip(weights, scored, strict=True)]

    def _cosines(self, text: str) -> npt.NDArray[np.float64]:
        """Per item, the similarity of the nearest of its wordings."""
        best = np.zeros(len(self._items))
        found = [(self._postings[gram], value) for gram, value in self._weigh(_grams(text)).items() if gram in self._postings]
        if found:
            at = np.concatenate([numbers for (numbers, _), _ in found])
            values = np.concatenate([shares * value for (_, shares), value in found])
            np.maximum.at(best, self._owner, np.bincount(at, values, len(self._owner)))
        return best

    def _link(self, number: int, text: str, cosine: float) -> Link:
        item = self._items[number]
        names = [name for name in self._names[number] if len(name) > _SHORT and name in text]
        name = max(names, key=len, default="")
        start = text.index(name) if name else 0
        score = min(1.0, cosine + NAMED * min(1.0, 2 * len(name) / max(1, len(text))))
        return Link(item.id, item.name, item.category, score, start, start + len(name))
