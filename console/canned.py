"""Canned answers 常用语, found by words, shortcut, or the first letters of how they sound: `sfz` finds 身份证."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ALL = text("""
    SELECT c.id, c.title, c.text, c.shortcut, c.topic, c.unit_id, c.active, u.name AS unit FROM weijing.canned c LEFT JOIN weijing.units u ON u.id = c.unit_id
    WHERE (c.active OR :closed) AND (CAST(:unit AS text) IS NULL OR c.unit_id IS NULL OR c.unit_id = :unit)""")


async def search(connection: AsyncConnection, query: str, *, unit: str | None = None, closed: bool = False, most: int = 200) -> list[dict[str, Any]]:
    """The answers that fit, best first: shortcut, then title, then sound, then text. An empty query finds all.

    Args:
        unit: of who asks: everybody's answers and this unit's; None = every unit's.
        closed: those that were switched off too.
    """
    rows = [dict(row) for row in (await connection.execute(_ALL, {"closed": closed, "unit": unit})).mappings()]
    asked = query.strip().lower()
    ranked = [(rank, row) for row in rows if (rank := _rank(row, asked)) is not None]
    return [row for _, row in sorted(ranked, key=lambda found: (not found[1]["active"], found[0], found[1]["topic"], found[1]["title"]))][:most]


def _rank(row: dict[str, Any], asked: str) -> int | None:
    """0 is best; None does not fit."""
    letters, sound = sounds(row["title"])
    tests = (
        not asked or row["shortcut"].lower() == asked, asked in row["title"].lower(), letters.startswith(asked), asked in letters,
        asked.replace(" ", "") in sound, row["shortcut"].lower().startswith(asked), asked in row["topic"].lower(), asked in row["text"].lower(),
    )  # fmt: skip
    return next((rank for rank, fits in enumerate(tests) if fits), None)


@lru_cache(maxsize=4096)
def sounds(words: str) -> tuple[str, str]:
    """(first letters, whole syllables) of Chinese words, e.g. `("sfz", "shenfenzheng")`; other characters stay as they are."""
    lower = words.lower()
    return "".join(lazy_pinyin(lower, style=Style.FIRST_LETTER)), "".join(lazy_pinyin(lower))
