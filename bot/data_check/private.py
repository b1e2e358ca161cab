"""Private data in examples: numbers that may belong to somebody (Personal Information Protection Law, article 6: no more than the purpose needs)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.data_check.examples import Example
from weijing.identifiers import Identifier, find_identifiers

_KINDS = {"id_number": "identity number", "phone": "phone number", "bank_card": "bank card number", "travel_document": "travel document number"}
_FICTION = re.compile(r"\D*(?:1\d\d(?:0000\d{4}|12345678|00138000)|0\d{2,3}-?(?:12345678?|0{7,8}))$")
"""Phones that are plainly made up: a middle of 0000, 12345678 after the prefix, and the operator's own 13800138000."""


def private_values(examples: Iterable[Example]) -> Iterator[str]:
    """Identity numbers with a true check digit, phones outside the made-up ranges, bank cards and travel documents; the sentence does not repeat them."""
    for example in examples:
        for found in find_identifiers(example.text):
            if _may_be_somebodys(found):
                yield f"{example.source}: an example holds a {_KINDS[found.kind]} that may be somebody's: write a mask such as 〔身份证#00000000〕"


def _may_be_somebodys(found: Identifier) -> bool:
    if found.kind == "phone":
        return not _FICTION.match(found.value)
    return found.kind in _KINDS and found.valid
