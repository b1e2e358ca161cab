"""Article numbers 条 as Chinese laws print them: 第二百八十七条之二."""

from __future__ import annotations

import re

NUMERAL = "零一二三四五六七八九十百千"
ARTICLE = re.compile(f"第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?")
_FULL = re.compile(f"{ARTICLE.pattern}(第[{NUMERAL}]+款)?(第（[{NUMERAL}]+）项)?")
_WEIGHTS = {"十": 10, "百": 100, "千": 1000}


def well_formed(article: str) -> bool:
    """Whether it is written as the law writes it, with or without paragraph and item: 第十二条第三款."""
    return bool(_FULL.fullmatch(article))


def article_of(citation: str) -> str:
    """The article alone, without paragraph and item; empty if it names none."""
    found = ARTICLE.match(citation)
    return found[0] if found else ""


def number_of(article: str) -> int:
    """第八十八条 -> 88; what stands behind 之 is left out.

    Raises:
        ValueError: it names no article.
    """
    if not article_of(article):
        raise ValueError(f"{article} names no article")
    return numeral(article[1 : article.index("条")])


def numeral(words: str) -> int:
    """二十三 -> 23.

    Raises:
        ValueError: a sign is none of `NUMERAL`.
    """
    total = digit = 0
    for sign in words:
        if sign in _WEIGHTS:
            total, digit = total + (digit or 1) * _WEIGHTS[sign], 0
        else:
            digit = NUMERAL.index(sign)
    return total + digit


def chinese(number: int) -> str:
    """20 -> 二十, 15 -> 十五, 1000 -> 一千."""
    words = ""
    for size, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            words += (chinese(number // size) if number // size > 1 or size > 10 or words else "") + name
            number %= size
            words += "零" if 0 < number < size // 10 else ""
    return words + ("" if number == 0 and words else NUMERAL[number])
