"""Precision, recall and F1 of the entities, kind by kind, on `entities.txt`: `python -m tests.bot.nlu.entity_score`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.nlu.identifier_extractor import extract
from bot.nlu.jieba_tokenizer import make_tokenizer, read_dictionary
from weijing.normalise import normalise
from weijing.settings import ROOT

FILE = Path(__file__).with_name("entities.txt")
_MARKED = re.compile(r"\{(?P<kind>\w+)\|(?P<words>[^{}]+)\}")
Found = tuple[str, int, int]


def read_rows() -> Iterator[tuple[str, set[Found]]]:
    """Each message with its entities: kind, start, end."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        text, marked = "", set[Found]()
        for piece in re.split(r"(\{[^{}]+\})", line) if not line.startswith("#") else ():
            mark = _MARKED.fullmatch(piece)
            words = mark["words"] if mark else piece
            if mark:
                marked.add((mark["kind"], len(text), len(text) + len(words)))
            text += words
        if text:
            assert normalise(text) == text, f"{text} is not normal, places would shift"
            yield text, marked


class Reader:
    """The extractor behind the tokenizer of the house."""

    def __init__(self) -> None:
        self._jieba = make_tokenizer(read_dictionary(ROOT / "data" / "dict"))

    def borders(self, text: str) -> set[int]:
        """Where words begin or end."""
        return {at for _, start, end in self._jieba.tokenize(text) for at in (start, end)}

    def read(self, text: str) -> set[Found]:
        """Kind, start and end of what is found; what the worker masked itself is no merit of ours and left out."""
        found = extract(text, self.borders(text))
        return {(one["entity"], one["start"], one["end"]) for one in found if not one["value"].startswith("〔")}


def score() -> dict[str, tuple[int, int, int]]:
    """Kind -> right, found too much, missed."""
    reader, right, wrong, missed = Reader(), Counter[str](), Counter[str](), Counter[str]()
    for text, marked in read_rows():
        found = reader.read(text)
        right.update(kind for kind, *_ in found & marked)
        wrong.update(kind for kind, *_ in found - marked)
        missed.update(kind for kind, *_ in marked - found)
    return {kind: (right[kind], wrong[kind], missed[kind]) for kind in sorted({*right, *wrong, *missed})}


def f1(right: int, wrong: int, missed: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


if __name__ == "__main__":
    for kind, counts in score().items():
        print(f"{kind:16} right {counts[0]:3}  too much {counts[1]:2}  missed {counts[2]:2}  F1 {f1(*counts):.3f}")
