"""The user's latest message, as actions and forms read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

from weijing.identifiers import find_identifiers
from weijing.privacy import KINDS, MASK

_SENT = re.compile(r"〔(图片|语音|视频|文件|链接|位置)〕")
_CODES = {"图片": "image", "语音": "voice", "视频": "video", "文件": "file", "链接": "link"}
_ASKS = re.compile(r"[?？]|吗|呢$|怎么|怎样|如何|什么|哪|多少|多久|几天|几点|能不能|可不可以|可以不|要不要|需不需要")
_GREETS = re.compile(r"(?:你好|您好|哈喽|嗨|早上好|下午好|晚上好|在吗|在不在|谢谢|多谢|感谢|再见|拜拜|hi|hello)[啊呀了你您们\s,，。!！~]*", re.IGNORECASE)
_SKIPS = re.compile(r"(都|暂时|现在|目前|我)*(没有|没|无|不用|不需要|不提供|跳过|略过|下一(步|个|项))(材料|证据|图片|照片)?[了的吧啊呀。!！,， ]*(谢谢)?")
_UNKNOWN = re.compile(r"(?:我|也|都|这个|真的?)*(?:不知道|不清楚|不晓得|记不[清得]了?|说不[清上来]|忘了)[了的吧啊呀。!！,， ]*")
_LEAVES = re.compile(
    r"退出|取消|算了|算球|不[^，。,]{0,6}了|不想|不要|不弄|停|放弃|结束|终止|返回|回到|关|中断|撤|别|莫|重来|quit|exit|cancel|stop|tuichu|quxiao",
    re.IGNORECASE,
)
_YES = re.compile(
    r"(?:是的?|对的?|嗯+|好的?|行|可以|没错|没问题|正确|确认(?:提交|无误)?|提交|正在|还在|现在就?[是在有]|有的?|ok)[,，。!！ 啊呀呢吧]*",
    re.IGNORECASE,
)
_NO = re.compile(r"(?:不是|不对|没有|没|否|不|不在|已经(?:结束|停|过去|没|走|散).*|结束了|过去了|停了|现在没有?)[了的,，。!！ 啊呀呢吧]*")


@dataclass(frozen=True)
class Said:
    """One message.

    Args:
        text: the words, masked by the worker.
        intent: what the classifier took it for.
        decision: `answer`, `clarify`, `fallback`, `handoff` or `emergency`; empty if nobody decided.
        entities: (name, value) in the order of the text.
    """

    text: str
    intent: str = ""
    decision: str = ""
    entities: tuple[tuple[str, str], ...] = ()

    @classmethod
    def latest(cls, tracker: Tracker) -> Said:
        """The message that the running turn answers."""
        return cls.parsed(tracker.latest_message or {})

    @classmethod
    def parsed(cls, message: Mapping[str, Any]) -> Said:
        """What the NLU made of a message."""
        entities = tuple((str(one["entity"]), str(one["value"])) for one in message.get("entities") or [] if one.get("value"))
        return cls(message.get("text") or "", (message.get("intent") or {}).get("name") or "", message.get("decision") or "", entities)

    def only(self, text: str) -> Said:
        """The same message, had the user said only this."""
        return replace(self, text=text, entities=tuple((name, value) for name, value in self.entities if value in text))

    def entity(self, name: str) -> str | None:
        """The first value of an entity, or None."""
        return next((value for known, value in self.entities if known == name), None)

    def identifier(self, kind: str) -> str | None:
        """The first identifier of a kind: its mask, or the value itself where nobody masks (`rasa shell`)."""
        masked = next((found[0] for found in MASK.finditer(self.text) if found[1] == KINDS.get(kind)), None)
        return masked or next((found.value for found in find_identifiers(self.text) if found.kind == kind and found.valid), None)

    @property
    def sent(self) -> str:
        """What was sent instead of words: 图片, 语音, 视频, 文件, 链接 or 位置; empty for words."""
        found = _SENT.match(self.text)
        return found[1] if found else ""

    @property
    def evidence(self) -> list[dict[str, str]]:
        """The files and links that it brings, as a report refers to them."""
        return [{"kind": _CODES[self.sent], "ref": value} for name, value in self.entities if name == "media" and self.sent in _CODES]

    @property
    def form(self) -> bool:
        """Whether an H5 page sent it (`bot/understanding.py`); a user who types these words has no entities of a page."""
        return self.text == "〔表单〕"

    @property
    def event(self) -> bool:
        """Whether it is a menu click, a scan or the like: nobody's words."""
        return bool(re.fullmatch("〔[a-z_]+〕", self.text))

    @property
    def asks(self) -> bool:
        """Whether it reads like a question."""
        return bool(_ASKS.search(self.text))

    @property
    def greets(self) -> bool:
        """Whether it is a greeting, thanks or farewell and nothing else."""
        return bool(_GREETS.fullmatch(self.text.strip()))

    @property
    def skips(self) -> bool:
        """Whether it says that there is nothing to give."""
        return bool(_SKIPS.fullmatch(self.text.strip()))

    @property
    def leaves(self) -> bool:
        """Whether a word in it speaks of leaving: the classifier's word alone does not throw away what was filled in."""
        return bool(_LEAVES.search(self.text))

    @property
    def unknown(self) -> bool:
        """Whether it says that one does not know: in a form an answer, whatever the classifier makes of it."""
        return bool(_UNKNOWN.fullmatch(self.text.strip()))

    @property
    def agrees(self) -> bool:
        """Whether it is a yes."""
        return bool(_YES.fullmatch(self.text.strip())) or (self.intent == "affirm" and not self.denies)

    @property
    def denies(self) -> bool:
        """Whether it is a no."""
        return bool(_NO.fullmatch(self.text.strip())) or (self.intent == "deny" and not _YES.fullmatch(self.text.strip()))


def last_reply(tracker: Tracker) -> str:
    """What the bot said before the user's last message."""
    texts: list[str] = []
    for event in reversed(tracker.events):
        if event["event"] == "user" and texts:
            break
        if event["event"] == "user":
            texts = [""]
        elif event["event"] == "bot" and texts:
            texts.append(event.get("text") or "")
    return "\n".join(texts)
