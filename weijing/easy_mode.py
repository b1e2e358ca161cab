"""Easy mode 简洁模式: the last step of a reply. Whatever an action said becomes one bubble of short lines that ends with the digits one may answer.

Pure: no sentence of the bot is written twice for it. WeChat knows no bold and no size, so fewer and shorter lines are all that a reply can give.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Bubble = dict[str, Any]
Choice = dict[str, str]

SLOT = "easy_mode"
SHOWN = 3
"""Lines of a long text that come first, its title not counted."""
MOST = 8
"""Choices of a reply, so that 9 and 0 are free."""
ALWAYS = {0: "转人工", 9: "再说一遍"}
"""Digit -> what it says, in every reply."""
FOOT = "0 人工　9 再说一遍"
MORE = "继续"
_NOT_OFFERED = {MORE, "人工", *ALWAYS.values()}
_LINK_ALONE = re.compile(r"\s*<a [^>]*>[^<]*</a>\s*")
_MAP = re.compile(r"\s*地图：https?://\S+\s*")
_SENTENCE = re.compile(r"(?<=[。！？])(?=[^”’）」』\n])")
_WHOLE = re.compile("请核对|个人信息保护法|只显示这一次|请截图|拨打 ?110|〔")
"""What is read before one agrees, what is shown once, what becomes of one's data, danger: never cut; nor what is stored masked, it could not go on."""


@dataclass(frozen=True)
class Eased:
    """A reply in easy mode, and the buttons that its digits stand for, in their order."""

    bubbles: list[Bubble]
    choices: list[Choice]


def ease(bubbles: list[Bubble], again: Callable[[str], bool] = lambda text: True) -> Eased:
    """The reply as short lines with digits.

    Args:
        again: whether a text can be said again later; what cannot is never cut.
    """
    lines: list[str] = []
    choices: list[Choice] = []
    cut = False
    for bubble in bubbles:
        text = bubble.get("text") or ""
        rest = rest_of(text) if again(text) else ""
        lines += _first(text) if rest else short_lines(text)
        cut = cut or bool(rest)
        choices += [button for button in bubble.get("buttons") or [] if button.get("payload", button["title"]) not in _NOT_OFFERED]
    choices = [*([{"title": MORE, "payload": MORE}] if cut else []), *choices][:MOST]
    numbered = [f"{number} {choice['title']}" for number, choice in enumerate(choices, start=1)]
    others = [{name: value for name, value in bubble.items() if name not in {"text", "buttons"}} for bubble in bubbles]
    return Eased([{"text": "\n".join([*lines, *numbered, FOOT])}, *filter(None, others)], choices)


def short_lines(text: str) -> list[str]:
    """One sentence a line; a line that is only a link is left out where there are words."""
    words = [line for line in text.splitlines() if line.strip() and not _LINK_ALONE.fullmatch(line) and not _MAP.fullmatch(line)]
    return [part.strip() for line in words or [text] for part in _SENTENCE.split(line) if part.strip()]


def rest_of(text: str) -> str:
    """What a long text says behind its first lines, under its title; empty when it is short or must be read whole."""
    lines = short_lines(text)
    shown = len(_first(text))
    if len(lines) <= shown + 1 or _WHOLE.search(text):
        return ""
    return "\n".join([*lines[: shown - SHOWN], *lines[shown:]])


def _first(text: str) -> list[str]:
    lines = short_lines(text)
    titled = bool(lines) and (lines[0].startswith(("【", "[")) or lines[0].endswith(("：", ":")))
    return lines[: SHOWN + titled]
