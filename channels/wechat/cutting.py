"""Cuts a text to WeChat's length: on code-point borders and at sentence ends, never inside a link, and into as few pieces as can be."""

from __future__ import annotations

import re

LIMIT = 2048
"""Bytes of UTF-8 in one text; SDKs cut there, the API refuses more with 45002."""

_ROOM = 60
"""In less room than this (bytes) a text is not begun."""
_END = re.compile(r"[。！？；\n](?![。！？；\n])")
_LINK = re.compile(r"<a\s[^>]{1,1500}>.{0,300}?</a>|https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.DOTALL)


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def split_text(text: str, limit: int) -> tuple[str, str]:
    """(head of at most `limit` bytes, the rest); the head is empty when there is no room worth it."""
    if size(text) <= limit:
        return text, ""
    if limit < _ROOM:
        return "", text
    at = _farthest(text, limit)
    end = _sentence_end(text, at)
    return _at(text, end if end > at // 2 else at)


def pieces(text: str, limit: int = LIMIT, last: int | None = None) -> list[str]:
    """The text in as few pieces of at most `limit` bytes as possible; of the cuts that keep it so, those at sentence ends.

    Args:
        last: what the last piece may have instead, for it shares its message with buttons; it is then empty when nothing fits there.
    """
    last = limit if last is None else last
    found: list[str] = []
    text = text.strip()
    count = _count(text, limit, last)
    while size(text) > last:
        count -= 1
        at = _farthest(text, limit)
        end = _sentence_end(text, at)
        if not end or _count(_at(text, end)[1], limit, last) > count:
            end = at
        head, text = _at(text, end)
        found.append(head)
    return [*found, text]


def fit(text: str, count: int, note: str, limit: int = LIMIT) -> tuple[str, str]:
    """(what fits into `count` pieces together with the `note` at its end, the rest). `pieces` cuts the first into `count` pieces at most."""
    rest = text
    for _ in range(count - 1):
        rest = _at(rest, _farthest(rest, limit))[1]
    rest = split_text(rest, limit - size(note))[1]
    return text[: len(text) - len(rest)].rstrip() + note, rest


def _count(text: str, limit: int, last: int) -> int:
    """The least number of pieces: each as long as it can be."""
    count = 1
    while size(text) > last:
        text = _at(text, _farthest(text, limit))[1]
        count += 1
    return count


def _farthest(text: str, limit: int) -> int:
    """The last index at which `text` may be cut so that the head has at most `limit` bytes; inside a link only when the link alone is longer."""
    at = len(text.encode()[:limit].decode(errors="ignore"))
    for link in _LINK.finditer(text):
        if link.end() > at:
            return link.start() if 0 < link.start() < at < link.end() else at
    return at


def _sentence_end(text: str, at: int) -> int:
    """The last sentence end up to `at` that is in no link, or 0."""
    links = [link.span() for link in _LINK.finditer(text, 0, at)]
    ends = (found.end() for found in _END.finditer(text, 0, at))
    return max((end for end in ends if not any(start < end < stop for start, stop in links)), default=0)


def _at(text: str, index: int) -> tuple[str, str]:
    """Cut there; blanks around a cut are nothing to show."""
    return text[:index].rstrip(), text[index:].lstrip()
