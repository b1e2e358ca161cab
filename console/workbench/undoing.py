"""A change taken back out of a text that went on since: each changed place is found again by the lines around it."""

from __future__ import annotations

from difflib import SequenceMatcher

from weijing.refusals import DeskRefused

AROUND = 3
"""Lines around a change by which its place is known; fewer if these are not together any more."""
CHANGED = ("这一处后来又改过", "没有撤销。请先撤销后来的修改，或在语料里直接改。")


def undone(old: str, new: str, now: str) -> str:
    """`now` with the change from `old` to `new` taken back.

    Raises:
        DeskRefused: 409, the changed lines are not there any more, or there more than once.
    """
    if now == new:
        return old
    before, after, lines = old.splitlines(True), new.splitlines(True), now.splitlines(True)
    for tag, a, b, c, d in reversed(SequenceMatcher(None, before, after, autojunk=False).get_opcodes()):
        if tag != "equal":
            lines = _replaced(lines, after, (c, d), before[a:b])
    return "".join(lines)


def _replaced(lines: list[str], after: list[str], span: tuple[int, int], back: list[str]) -> list[str]:
    """The lines with those of `span` in `after` replaced by what stood there before."""
    start, end = span
    for around in range(AROUND, 0, -1):
        first, last = max(0, start - around), min(len(after), end + around)
        found = _places(lines, after[first:last])
        if len(found) == 1:
            head = found[0] + start - first
            return [*lines[:head], *back, *lines[head + end - start :]]
    raise DeskRefused(*CHANGED)


def _places(lines: list[str], wanted: list[str]) -> list[int]:
    return [place for place in range(len(lines) - len(wanted) + 1) if lines[place : place + len(wanted)] == wanted]
