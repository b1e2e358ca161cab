"""Identity papers named in a message."""

from __future__ import annotations

import re

from actions.filing_unclear import Unclear
from actions.said import Said
from store.context import current
from weijing.identifiers import id_number_is_valid
from weijing.privacy import MASK

_OLD_ID = re.compile(r"(?<!\d)\d{15}(?!\d)")
_KINDS = (("港澳居民来往内地通行证", "回乡证|港澳.{0,6}通行证"), ("台湾居民来往大陆通行证", "台胞证|台湾.{0,6}通行证"), ("护照", "护照"))


def read_document(said: Said) -> dict[str, str] | Unclear | None:
    """Kind and number of an identity paper; the number is a mask."""
    number = said.identifier("id_number")
    if number:
        raw = current().reveal(number)
        if not id_number_is_valid(raw):
            return {"kind": "身份证", "number": number} if MASK.fullmatch(raw) else None  # a mask of an earlier turn that nobody can open here
        return {"kind": _card(raw), "number": number}
    if _OLD_ID.search(said.text):
        return Unclear("这是 15 位的老号码，现在不用了，请发身份证上的 18 位号码。")
    travel = next((found[0] for found in MASK.finditer(said.text) if found[1] == "证件"), None)
    if not travel:
        return None
    return {"kind": next((kind for kind, pattern in _KINDS if re.search(pattern, said.text)), _document_kind(current().reveal(travel))), "number": travel}


def _card(number: str) -> str:
    """Numbers that begin with 81, 82 or 83 stand on residence permits of Hong Kong, Macao and Taiwan residents, those with 9 on foreigners' permanent ones."""
    if number[:2] in {"81", "82", "83"}:
        return "港澳台居民居住证"
    return "外国人永久居留身份证" if number.startswith("9") else "身份证"


def _document_kind(number: str) -> str:
    return "港澳居民来往内地通行证" if number[:1] in "HM" else "台湾居民来往大陆通行证" if number.isdigit() else "护照"
