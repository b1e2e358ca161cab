"""Characters of the 通用规范汉字表 (国发〔2013〕23号), looked up when the first name is checked."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from weijing.normalise import simplify
from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "hanzi.tsv"
"""Written by scripts/write_hanzi."""
_HAN = (range(0x3400, 0xA000), range(0x20000, 0x323B0))


@dataclass(frozen=True)
class Hanzi:
    """A character of the table.

    Args:
        level: 1 and 2 are in common use, 3 is for names, places and sciences.
        reading: the usual one, with its tone mark.
    """

    char: str
    level: int
    strokes: int
    reading: str

    @property
    def in_old_fonts(self) -> bool:
        """Whether GBK has it, the character set of older systems."""
        try:
            return bool(self.char.encode("gbk"))
        except UnicodeEncodeError:
            return False


def look_up(char: str) -> Hanzi | None:
    """The character's facts; None when it is not in the table."""
    return _table().get(char)


def standard_form(char: str) -> str | None:
    """The character of the table that a traditional or variant one stands for, None when there is none or it is itself in the table."""
    form = simplify(char)
    return form if form != char and len(form) == 1 and look_up(form) and not look_up(char) else None


def is_han(char: str) -> bool:
    """Whether it is a Chinese character at all."""
    return any(ord(char) in block for block in _HAN)


def toneless(reading: str) -> str:
    """The syllable without its tone mark; ü stays."""
    return unicodedata.normalize("NFC", "".join(one for one in unicodedata.normalize("NFD", reading) if one not in _TONES))


def tone(reading: str) -> str:
    """The tone mark of a syllable, empty for the neutral tone."""
    return next((one for one in unicodedata.normalize("NFD", reading) if one in _TONES), "")


_TONES = "\u0304\u0301\u030c\u0300"


@lru_cache(maxsize=1)
def _table() -> dict[str, Hanzi]:
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return {char: Hanzi(char, int(level), int(strokes), reading) for level, strokes, reading, chars in rows for char in chars}
