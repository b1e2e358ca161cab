"""Masks as the user sees them: enough of the value to find a slip, not enough for who looks over the shoulder."""

from __future__ import annotations

from store.context import current
from weijing.identifiers import find_identifiers
from weijing.privacy import MASK

_ENDS = {"身份证": (3, 4), "手机": (3, 4), "车牌": (2, 2), "银行卡": (0, 4), "邮箱": (1, 4), "证件": (1, 3), "姓名": (1, 0), "地址": (1, 1), "查询码": (0, 2)}
"""Kind -> characters shown at the beginning and at the end."""


def shown(text: str) -> str:
    """The text with each mask replaced by its half-hidden value; what cannot be opened reads （已填）."""
    text = MASK.sub(lambda found: _half(current().reveal(found[0]), found[0], *_ENDS.get(found[1], (0, 0))), text)
    for found in reversed([one for one in find_identifiers(text) if one.kind in {"phone", "id_number"}]):
        text = text[: found.start] + _half(found.value, "", 3, 4) + text[found.end :]
    return text


def sealed(kind: str, value: str) -> str:
    """A mask for a private value that the worker could not know to be one; the value itself where there is no vault (`rasa shell`)."""
    context = current()
    return context.keep(kind, value) if context.cipher else value


def _half(value: str, mask: str, head: int, tail: int) -> str:
    if value == mask:
        return "（已填）"
    hidden = max(len(value) - head - tail, 1)
    return value[:head] + "*" * hidden + (value[-tail:] if tail else "")
