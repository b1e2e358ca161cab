"""What the components share about a message: its normalised text, and names of the properties they hand on."""

from __future__ import annotations

import re

from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from weijing.identifiers import find_identifiers

NORMALIZED = "normalized"
"""Text after `weijing.normalise`; entity positions refer to it."""
SCORES = "label_scores"
"""Label -> probability, where a guide question's label carries its category: `ask_guide/traffic`."""
LINKS = "item_links"
"""Service items that may be meant, best first: `bot.nlu.item_index.Link`."""
DECISION = "decision"
CANDIDATES = "candidates"
RESPELT = "respelt"
"""The normalised text with what was typed by ear put right, where that made a difference."""
GUIDE = "ask_guide"

_COURTESY = re.compile(
    r"^(?:(?:你好|您好|你们好|早上好|上午好|下午好|晚上好|警官|警察(?:同志|叔叔)?|民警(?:同志)?|同志|在吗|请问|非常感谢(?:您的帮助|你的帮助)?|谢谢|麻烦(?:问|咨询)?一?下|打扰一?下|打扰了|想?(?:问|咨询)一?下"
    r"|我想(?:问|咨询)一?下)[啊呀哦吗，,。.!！?？:：~ ]*)+"
)
_MASK = re.compile(r"〔([^〔〕#]{1,8})#[0-9a-f]{8}〕")
_DENIED = re.compile(r"不是(?:问|说|办|要)?[^，,。!！?？是]{1,15}(?=[，,、 ]+(?:而?是|我?要|我?问|想问)|而是)")
_LONG_NUMBER = re.compile(r"\d{6,}")
_END_MARKS = "。.!！?？~～,，、;；… "


def normalized(message: Message) -> str:
    """The normalised text; the raw one if no normaliser ran."""
    text = message.get(NORMALIZED)
    return text if isinstance(text, str) else message.get(TEXT) or ""


def words(message: Message) -> list[str]:
    """The tokens of the message, without marks at its end."""
    found = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or []]
    last = next((at for at in range(len(found), 0, -1) if found[at - 1].strip(_END_MARKS)), len(found))
    return found[:last]


def affirmed(text: str) -> str:
    """The text with what is denied in favour of something else blanked, every character in its place: 「不是身份证，是护照」 speaks of the passport."""
    return _DENIED.sub(lambda found: " " * len(found[0]), text)


def neutral(text: str) -> str:
    """The text with every identifier, raw or masked, replaced by its kind, so that one phone is as good as another to the classifier, and without
    opening courtesies: a question is no greeting; and without marks at its end: who types 「？」 and who does not means the same."""
    text = _MASK.sub(r"〔\1〕", text)
    bare = _COURTESY.sub("", text)
    text = bare if len(bare) > 3 else text
    for found in reversed(find_identifiers(text)) if any(sign.isdigit() for sign in text) else ():
        text = f"{text[: found.start]}〔{found.kind}〕{text[found.end :]}"
    return _LONG_NUMBER.sub("000000", text.rstrip(_END_MARKS).lower() or text)
