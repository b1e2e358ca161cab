"""A person's name in an answer: masked by the worker, or a bare name that only the question lets one know."""

from __future__ import annotations

import re

from actions import report_words as words
from actions.masks import sealed
from actions.said import Said

_NO_NAME = re.compile("我|要|预约|登记|备案|举报|投诉|声明|进度|忘|算了|知道")
"""Besides `report_words.NO_NAME`: what people say instead of one."""


def read_name(said: Said) -> str | None:
    """The name that answers a question for one, as a mask; None if the words are none."""
    masked = words.MASKED_NAME.search(said.text)
    if masked:
        return masked[0]
    plain = words.PLAIN_NAME.fullmatch(words.NOT_NAME.sub("", said.text.strip()))
    if not plain or said.denies or said.asks or words.NO_NAME.search(plain[1]) or _NO_NAME.search(plain[1]):
        return None
    return sealed("姓名", plain[1])


def told_name(said: Said) -> str | None:
    """One's own name in a message about something else (「我叫…」)."""
    masked = words.OWN_NAME.search(said.text)
    return masked[1] if masked else None
