"""Reads a push's XML within a budget, and writes text safely into a reply. No DTD, no entity, no duplicate of a field that names anybody."""

from __future__ import annotations

import re
from xml.parsers import expat

from weijing.errors import PushRejected

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_FIELDS = 200
MAX_VALUE_BYTES = 20 * 1024

Fields = dict[str, str]
"""Element -> text; an element inside another is named with a dot: `ScanCodeInfo.ScanResult`. One that comes several times has a line for each."""

_SINGLE = frozenset(["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event", "EventKey", "Content", "Encrypt", "Recognition", "bizmsgmenuid"])
"""Twice the same would let two readers see two senders."""
_CONTROL = bytes(code for code in range(32) if code not in (9, 10, 13))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(body: bytes) -> Fields:
    """The fields below the root `<xml>`.

    Raises:
        PushRejected: not well-formed, over the budget, with a DTD or an entity, or with a duplicate.
    """
    if len(body) > MAX_BYTES:
        raise PushRejected("the push is too large")
    return _Reader().read(body)


def cdata(text: str) -> str:
    """The text as CDATA that nothing in it can leave; characters that XML forbids are dropped."""
    return "<![CDATA[" + _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


class _Reader:
    def __init__(self) -> None:
        self._fields: Fields = {}
        self._path: list[str] = []
        self._words: list[str] = []
        self._size = 0
        self._count = 0

    def read(self, body: bytes) -> Fields:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            # A control character that a user pasted would make the whole push unreadable.
            parser.Parse(body.translate(None, _CONTROL), True)
        except (expat.ExpatError, UnicodeDecodeError):
            raise PushRejected("the push is no well-formed XML") from None
        return self._fields

    def _start(self, name: str, _: object) -> None:
        self._path.append(name)
        self._words, self._size = [], 0
        self._count += 1
        if self._path[0] != "xml" or len(self._path) > MAX_DEPTH or self._count > MAX_FIELDS:
            raise PushRejected("the push is nested too deep, has too many fields, or another root")

    def _text(self, text: str) -> None:
        self._size += len(text.encode())
        if self._size > MAX_VALUE_BYTES:
            raise PushRejected("a value of the push is too long")
        self._words.append(text)

    def _end(self, _: str) -> None:
        name = ".".join(self._path[1:])
        self._path.pop()
        if not name:
            return
        if name in self._fields and name in _SINGLE:
            raise PushRejected("the push names somebody twice")
        value = "".join(self._words).strip()
        self._fields[name] = f"{self._fields[name]}\n{value}" if name in self._fields else value
        self._words, self._size = [], 0


def _refuse(*_: object) -> int:
    raise PushRejected("the push has a DTD or an entity")
