r"""Patterns and words that can never match: `\b` beside Chinese, and anything that normalisation changes before it is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.data_check.examples import Example
from weijing.normalise import normalise

_HAN = re.compile("[\u4e00-\u9fff]")
_BORDER = re.compile(r"\\\\?b")
_SCALAR = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[^'\"]+")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]")
"""Full-width digits, letters and blanks; full-width marks are ordinary Chinese."""
_LISTS = frozenset({"lookup", "synonym"})


def borders(root: Path, examples: Iterable[Example]) -> Iterator[str]:
    r"""`\b` in a pattern with Chinese characters: for Python they are word characters, so there is no border between them."""
    rows = [(example.source, example.text) for example in examples if example.kind in {"lookup", "regex"}]
    rows += [(f"{file.relative_to(root)}:{number}", part) for file, number, line in _lines(root, "lookups", "*.yml") for part in _SCALAR.findall(line)]
    for source, pattern in rows:
        if _BORDER.search(pattern) and _HAN.search(pattern):
            yield f"{source}: \\b in 「{pattern.strip()}」 never matches beside Chinese characters: name the characters around the word instead"


def never_met(root: Path, examples: Iterable[Example]) -> Iterator[str]:
    """Words of the dictionary and of lookups that normalisation would change, so that no message ever holds them."""
    rows = [(example.source, example.text) for example in examples if example.kind in _LISTS]
    rows += [(f"{file.relative_to(root)}:{number}", line.split()[0]) for file, number, line in _lines(root, "dict", "*.txt") if line.strip()]
    for source, word in rows:
        if normalise(word).lower() != word.lower():
            yield f"{source}: 「{word}」 is never met, messages are normalised to 「{normalise(word)}」 first: write that"


def wide(root: Path, examples: Iterable[Example]) -> Iterator[str]:
    """Full-width digits, letters and blanks in examples and lookups: they are read as half-width ones, so they only hide doubles."""
    rows = [(example.source, example.text) for example in examples]
    rows += [(f"{file.relative_to(root)}:{number}", line) for file, number, line in _lines(root, "lookups", "*.yml")]
    for source, text in rows:
        if found := _WIDE.search(text):
            yield f"{source}: 「{text.strip()}」 has the full-width 「{found[0]}」: write digits, letters and blanks half-width"


def _lines(root: Path, folder: str, pattern: str) -> Iterator[tuple[Path, int, str]]:
    for file in sorted((root / "data" / folder).glob(pattern)):
        yield from ((file, number, line) for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1))
