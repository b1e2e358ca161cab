"""Citations of 治安管理处罚法, whose 2025 revision (in force 2026-01-01) gave nearly every article another number.

The web still cites the old numbers, and most of them exist in the new law too, about something else; so a number is checked against what the item is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from weijing.article_numbers import article_of, chinese, number_of
from weijing.service_item import Basis, ServiceItem

LAW = "治安管理处罚法"
YEAR = 2025
LAST_ARTICLE = 144
MOVED: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile("噪声|噪音"), 58, 88),
    (re.compile("殴打|打架|打人"), 43, 51),
    (re.compile("赌"), 70, 82),
    (re.compile("卖淫|嫖|涉黄"), 66, 78),
    (re.compile("吸毒|毒品"), 72, 84),
    (re.compile("犬|狗|宠物|动物"), 75, 89),
)
"""(what an item is about, the article of the 2012 text, that of the 2025 text)."""


def order_law_faults(item: ServiceItem) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) for each citation that is not one of the text in force."""
    about = " ".join((item.name, *item.aliases, item.summary))
    for number, basis in enumerate(item.legal_basis):
        if LAW in basis.law:
            yield from ((f"legal_basis[{number}].{name}", fault) for name, fault in _faults(basis, about))


def _faults(basis: Basis, about: str) -> Iterator[tuple[str, str]]:
    if basis.year != YEAR:
        yield "year", f"{LAW} is cited by its {YEAR} revision: year must be {YEAR}"
    if not article_of(basis.article):
        return
    cited = number_of(basis.article)
    if not 1 <= cited <= LAST_ARTICLE:
        yield "article", f"{basis.article} does not exist: {LAW} has {LAST_ARTICLE} articles"
    for topic, old, new in MOVED:
        if cited == old and topic.search(about):
            yield "article", f"{basis.article} is the number before 2026; {topic.pattern} is 第{chinese(new)}条 now"
