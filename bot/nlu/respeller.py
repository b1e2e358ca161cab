"""Words that were typed by ear: 「居主证」 is 居住证, 「huzhao」 is 护照. Towards words of the house only, and never inside what must be kept.

A word is put in the place of characters that sound alike and are no word themselves. What is written right protects its characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.nlu.readings import Readings, heard

LONGEST = 8
"""Characters of a word that is put right."""
_PLAIN = frozenset("的了吗呢吧啊是在有和跟还能不就也都个这那我你他她它要怎么可以到去来说想请问多少几一二三四五六七八九十没给把被让用里上下")
"""Characters that people write in every sentence: in a word of two they are no typo."""
_LATIN = re.compile("[a-z]{5,}")
_KEPT = re.compile(r"〔[^〔〕]*〕")
Span = tuple[int, int]


class Respeller:
    """Knows the words of the house by sound.

    Args:
        words: what is corrected to.
        readings: how characters sound.
        common: how often words of the language occur; these are never taken for typos.
    """

    def __init__(self, words: Iterable[str], readings: Readings, common: Mapping[str, int]) -> None:
        self._words = {word for word in words if 1 < len(word) <= LONGEST and all(sign in readings for sign in word)}
        self._sounds = {sign: heard(syllable) for sign, syllable in readings.items()}
        self._common = common
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for word in sorted(self._words, key=lambda one: (-len(one), one)):
            self._by_sound[tuple(self._sounds[sign] for sign in word[:2])].append(word)
        self._spelt = {"".join(readings[sign] for sign in word): word for word in sorted(self._words)}

    def respell(self, text: str, kept: Iterable[Span] = ()) -> str:
        """The text with what was typed by ear put right; the same text if nothing was.

        Args:
            kept: spans that are left as they are: identifiers, names, places; masks always are.
        """
        spans = [*kept, *(found.span() for found in _KEPT.finditer(text)), *self._right(text)]
        closed = {at for start, end in spans for at in range(start, end)}
        sounds = [self._sounds.get(sign, "") for sign in text]
        parts: list[str] = []
        at = 0
        while at < len(text):
            word = next((word for word in self._alike(text, at, sounds) if not self._stands(text, at, word, closed)), text[at])
            parts.append(word)
            at += len(word)
        return _LATIN.sub(lambda found: self._spelt.get(found[0], found[0]), "".join(parts))

    def _right(self, text: str) -> Iterator[Span]:
        """Where words of the house stand as they should."""
        for size in range(2, LONGEST + 1):
            yield from ((at, at + size) for at in range(len(text) - size + 1) if text[at : at + size] in self._words)

    def _alike(self, text: str, at: int, sounds: list[str]) -> Iterator[str]:
        """Words that sound like what begins here and share a character with it, longest first."""
        for word in self._by_sound.get(tuple(sounds[at : at + 2]), ()):
            typed = text[at : at + len(word)]
            if typed != word and [self._sounds[sign] for sign in word] == sounds[at : at + len(word)] and any(map(str.__eq__, typed, word)):
                yield word

    def _stands(self, text: str, at: int, word: str, closed: Collection[int]) -> bool:
        """Whether what was typed is to stand: it is a word or cuts one, or a changed character is closed."""
        end = at + len(word)
        typed = text[at:end]
        changed = [n for n, sign in enumerate(word) if typed[n] != sign]
        if self._known(typed) or any(at + n in closed for n in changed):
            return True
        if len(word) > 2:
            return False
        outside = text[at - 1 : at + 1] if changed == [0] else text[end - 1 : end + 1]
        return typed[changed[0]] in _PLAIN or self._known(outside)

    def _known(self, word: str) -> bool:
        return len(word) > 1 and self._common.get(word, 0) > 0
