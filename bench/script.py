"""What every user of the benchmark says: the same words to both sides, and what a right answer to them must contain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One message.

    Args:
        expected: words that any right answer contains.
    """

    text: str
    expected: str


PIECES: tuple[tuple[Line, ...], ...] = (
    (Line("你好", "微警"),),
    (Line("身份证丢了怎么补办", "身份证"), Line("身份证丢失补领要多少钱", "元")),
    (Line("查一下A2026-000101办到哪了", "证明"), Line("19900000001", "制证")),
    (Line("护照丢了怎么补办", "护照"),),
    (Line("谢谢", "不客气"),),
)
"""Guide questions, small talk, and a look-up that opens a form; what belongs together stays together. Nothing here asks for a person."""

LENGTH = sum(len(piece) for piece in PIECES)


def conversation(user: int) -> list[Line]:
    """All lines once; each user begins with another piece, so that at any moment the messages are mixed."""
    first = user % len(PIECES)
    return [line for piece in (*PIECES[first:], *PIECES[:first]) for line in piece]
