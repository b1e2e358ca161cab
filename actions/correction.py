"""Corrections in a form: 「地址改成…」「时间不对，是昨天晚上」「第3项改成…」「我要改电话」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.said import Said

_DIGITS = "一二三四五六七八九十"
_NUMBER = rf"第?\s?(?P<number>\d{{1,2}}|[{_DIGITS}])\s?[项条个点]"
_WRONG = r"(?P<wrong>(?:(?:我|刚才|刚刚|前面)?(?:写|说|填|弄|搞|打)?(?:不对|错了|错|有误|不准确)了?))?"
_CHANGE = r"(?P<change>改成|改为|改到|换成|换为|更正为|更正成|应该是|应为|应当是|不是.{1,20}[,，]\s?(?:而)?是)?"
_IS = r"(?P<is>是|为)?"
_TAIL = rf"[的]?(?:一?项|一栏)?[,，。:： ]*{_WRONG}[,，。:： ]*{_CHANGE}[:： ]*{_IS}[:： ]*(?P<value>.*?)[。!！ ]*"
_NO = r"(?P<no>(?:不对|错了|不是的?|等等|等一下)[,，。 ]+)?"
_ASK = r"(?P<ask>(?:我想|我要|我得|请|帮我|麻烦)*(?:修改|更改|改一下|更正|纠正|改改|改|重填|重新填)(?:一下)?)?"
_THAT = r"(?:把|将|那个|我的|上面的|前面的)*\s?"

PLAIN = 20
"""Characters up to which the classifier alone may call a message a correction; a long one is more likely a story."""


@dataclass(frozen=True)
class Correction:
    """Which field is corrected (its place in the form) and to what; no value means that it is to be asked again."""

    index: int
    value: str


def find_correction(said: Said, words: Sequence[str]) -> Correction | None:
    """The correction in a message, or None.

    Args:
        words: for each field the pattern of its names.
    """
    named = "|".join(f"(?P<f{index}>{pattern})" for index, pattern in enumerate(words))
    found = re.fullmatch(rf"{_NO}{_ASK}{_THAT}(?:{_NUMBER}|{named}){_TAIL}", said.text.strip(), re.DOTALL)
    if not found or not _means_it(said, found):
        return None
    index = _index(found, len(words))
    return Correction(index, found["value"].strip()) if index is not None else None


def _means_it(said: Said, found: re.Match[str]) -> bool:
    """「时间是昨天」 alone may be the answer to another question; a word of change makes it a correction."""
    if found["change"] or found["wrong"] or found["no"] or (said.intent == "correct" and found["value"] and len(said.text) <= PLAIN):
        return True
    return bool(found["ask"] and not found["value"]) or bool(found["number"] and (found["is"] or not found["value"]))


def _index(found: re.Match[str], count: int) -> int | None:
    if not found["number"]:
        return next(index for index in range(count) if found[f"f{index}"])
    number = int(found["number"]) if found["number"].isdigit() else _DIGITS.index(found["number"]) + 1
    return number - 1 if 1 <= number <= count else None
