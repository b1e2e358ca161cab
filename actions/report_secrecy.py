"""What gives an anonymous reporter away: his own name or number in the story is hidden before it is sent, and asked about once.

Who does not want to be known is kept secret (公安机关办理行政案件程序规定 art. 63, 刑事案件程序规定 art. 173).
Names and numbers of others are what a tip is about: they stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.field import Slots
from actions.masks import shown
from actions.said import Said
from weijing.privacy import MASK

TELLING = frozenset({"姓名", "手机", "身份证", "邮箱", "证件"})
"""Kinds of mask that tell who somebody is."""
HIDDEN = "（{kind}已隐去）"
OWN = re.compile(r"(?:我叫|我是|本人|联系我|打我|举报人|投诉人|我的?[^，。,；;]{0,6})[^，。,；;〔]{0,6}$")
OTHERS = re.compile(r"(?:他|她|对方|骗子|嫌疑人|老板|房东|邻居|商家|客服|那个?人|男的|女的|名叫|账号|来电)[^，。,；;〔]{0,8}$")
KEEP = re.compile("保留|对方|不是我|别人|他的|她的|不隐|不用隐")


class ActionAskReportFormReportHiding(BaseAction):
    """Shows what was found, half hidden."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Asked once for one story."""
        dispatcher.utter_message(response="utter_report_ask_hiding", found=shown(_found(tracker.slots)))
        return []


def names_himself(slots: Slots) -> bool:
    """Whether an anonymous report holds a name or number that may be the reporter's."""
    return slots.get("report_mode") == "匿名" and any(True for text in _texts(slots) for _ in _doubtful(text))


def _found(slots: Slots) -> str:
    """Those names and numbers, still masked, for the question."""
    return "、".join(dict.fromkeys(found[0] for text in _texts(slots) for found in _doubtful(text)))


def hiding(said: Said, slots: Slots) -> str | None:
    """Anything but a clear wish to keep them hides them."""
    return "保留" if KEEP.search(said.text) else "隐去"


def sendable(slots: Slots) -> Callable[[str], str]:
    """How each text of this report is sent: as it is, or without what may give the reporter away."""
    hide = names_himself(slots) and slots.get("report_hiding") != "保留"
    return lambda text: _without(text, list(_doubtful(text))) if hide else text


def own_hidden(text: str) -> str:
    """The text without names and numbers that plainly are the reporter's; for a supplement, which asks no questions."""
    return _without(text, [one for one in _doubtful(text) if OWN.search(text[: one.start()])])


def _without(text: str, masks: list[re.Match[str]]) -> str:
    for found in reversed(masks):
        text = text[: found.start()] + HIDDEN.format(kind=found[1]) + text[found.end() :]
    return text


def _doubtful(text: str) -> Iterator[re.Match[str]]:
    for found in MASK.finditer(text):
        before = text[: found.start()]
        if found[1] in TELLING and (OWN.search(before) or not OTHERS.search(before)):
            yield found


def _texts(slots: Slots) -> list[str]:
    """Everything that the reporter wrote."""
    written = [str(slots.get(slot) or "") for slot in ("report_content", "report_place", "report_detail", "report_second_detail")]
    return [*written, *(one["ref"] for one in slots.get("report_evidence") or [] if one["kind"] == "text")]
