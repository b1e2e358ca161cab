"""Messages that are nearly the same: examples of two intents, which teach the classifier nothing, and examples that are also held-out test messages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.data_check.examples import Example
from bot.evaluation.questions import Question
from bot.nlu.wording import neutral
from weijing.normalise import normalise

SHORT = 5
"""Characters under which everybody says the same: 「你好」 cannot leak."""
NEAR = 10
"""Characters from which one changed character leaves a message the same (a normalised edit distance of 0.1); in a shorter one it changes the meaning."""
_DIGITS = re.compile(r"\d+")
"""12389 and 12339 are other questions."""
_MARKS = str.maketrans("", "", " ?？。!！，,、.~…:：;；“”\"'()（）")


def alike(examples: Iterable[Example]) -> Iterator[str]:
    """Pairs of nearly the same examples under two intents."""
    rows = [(bare(example.text), example) for example in examples if example.kind == "intent"]
    for (_, one), (_, other) in _near_pairs(rows):
        if one.name != other.name:
            yield f"{one.source}: example 「{one.text}」 ({one.name}) is nearly 「{other.text}」 ({other.name}) in {other.source}: keep one"


def leaks(examples: Iterable[Example], held_out: Iterable[Question]) -> Iterator[str]:
    """Held-out messages that are trained on: what is learned by heart measures nothing."""
    tests = [(bare(question.text), question) for question in held_out]
    known: dict[str, Question] = {text: question for text, question in tests if len(text) >= SHORT}
    near = {key: question for text, question in tests for key in _keys(text)}
    for example in examples:
        text = bare(example.text)
        question = known.get(text) or next((near[key] for key in _keys(text) if key in near and is_near(text, bare(near[key].text))), None)
        if question and example.kind == "intent":
            yield f"{example.source}: example 「{example.text}」 is the test message 「{question.text}」 of {question.source}: remove the example"


def bare(text: str) -> str:
    """Without courtesies, marks and blanks, as the classifier reads it."""
    return neutral(normalise(text)).translate(_MARKS).lower()


def is_near(one: str, other: str) -> bool:
    """Whether two bare texts of `NEAR` characters or more have the same character pairs or differ by one character (added, dropped or changed)."""
    if min(len(one), len(other)) < NEAR or abs(len(one) - len(other)) > 1 or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    if _pairs(one) == _pairs(other):
        return True
    head = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return longer[head + 1 :] == (shorter[head + 1 :] if len(one) == len(other) else shorter[head:])


def _near_pairs(rows: list[tuple[str, Example]]) -> Iterator[tuple[tuple[str, Example], tuple[str, Example]]]:
    shelves: dict[str, list[int]] = defaultdict(list)
    for number, (text, _) in enumerate(rows):
        for key in _keys(text):
            shelves[key].append(number)
    met = {(a, b) for shelf in shelves.values() for place, a in enumerate(shelf) for b in shelf[place + 1 :] if a != b}
    yield from ((rows[a], rows[b]) for a, b in sorted(met) if is_near(rows[a][0], rows[b][0]))


def _keys(text: str) -> set[str]:
    """What two near texts share: the text, each text with one character less, and its set of character pairs."""
    if len(text) < NEAR:
        return set()
    return {text, "|".join(sorted(_pairs(text))), *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
