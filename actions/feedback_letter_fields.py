"""What a letter to the director is made of, and how its parts are read out of plain words."""

from __future__ import annotations

import re

from actions import report_words as words
from actions.field import Field, Slots
from actions.person_name import read_name, told_name
from actions.said import Said

KINDS = {"建议": "suggestion", "咨询": "question", "求助": "request", "表扬": "praise", "意见": "opinion"}
"""What the user reads -> what the API takes."""
LEAST = 10
"""Characters below which nobody could answer it."""
MOST = 2000

_OTHER_WORDS = {
    "建议": "希望(?:能|可以|局里|公安)", "咨询": "请问|想问|打听", "求助": "帮帮|帮忙|请局长过问|请求", "表扬": "感谢|锦旗|点赞|致谢", "意见": "不满|反映|批评",
}  # fmt: skip
_OPENING = re.compile(
    "^(?:你好|您好|尊敬的|[,，。 ])*(?:我)?(?:要|想|来)?(?:给|向|跟)?(?:公安局|公安|你们)?(?:局长|领导|局领导)?(?:信箱)?"
    "(?:写一?封?信|写信|留言|提(?:个|点|一?条|一下)?(?:建议|意见)|反映(?:一下)?|有(?:个|点|一?条)(?:建议|意见))?(?:一下|情况|问题)?[:：,，。!！ ]*"
)  # fmt: skip
_UNNAMED = re.compile("匿名|不(?:想|要|用|愿意?)?(?:留|署|写|说|实)|没有|跳过")


def _kind(said: Said, slots: Slots) -> str | None:
    named = next((kind for kind in KINDS if kind in said.text), None)
    return named or next((kind for kind, other in _OTHER_WORDS.items() if re.search(other, said.text)), None)


def _told_kind(said: Said, slots: Slots) -> str | None:
    named = [kind for kind in KINDS if kind in said.text] if not slots.get("requested_slot") else []
    return named[0] if len(named) == 1 else None


def _content(said: Said, slots: Slots) -> str | None:
    text = said.text.strip()
    return text[:MOST] if len(text) >= LEAST and not text.startswith("〔") else None


def _told_content(said: Said, slots: Slots) -> str | None:
    """The letter itself, when it comes with the first message."""
    return _content(said.only(_OPENING.sub("", said.text.strip())), slots) if said.intent == "write_letter" and not slots.get("requested_slot") else None


def _name(said: Said, slots: Slots) -> str | None:
    """Empty for a letter without a name."""
    unnamed = not words.MASKED_NAME.search(said.text) and (_UNNAMED.search(said.text) or said.skips)
    return "" if unnamed else read_name(said)


def _told_name(said: Said, slots: Slots) -> str | None:
    return told_name(said)


def _phone(said: Said, slots: Slots) -> str | None:
    return said.identifier("phone")


def _told_phone(said: Said, slots: Slots) -> str | None:
    """A number given together with the name; one inside the letter may be somebody else's."""
    return _phone(said, slots) if slots.get("requested_slot") == "letter_name" else None


def _confirmed(said: Said, slots: Slots) -> bool | None:
    return True if said.agrees or said.text.strip() in {"确认寄出", "寄出"} else None


def named(slots: Slots) -> bool:
    """Whether the letter has a name under it."""
    return bool(slots.get("letter_name"))


FIELDS = (
    Field("letter_kind", "类型|类别|种类", _kind, _told_kind),
    Field("letter_content", "内容|正文|信的内容", _content, _told_content, story=True),
    Field("letter_name", "姓名|名字|署名", _name, _told_name),
    Field("letter_phone", "电话|手机号?|联系方式", _phone, _told_phone, needed=named),
    Field("letter_confirmed", "确认", _confirmed),
)
"""In the order of asking; their places are the numbers in the summary."""
