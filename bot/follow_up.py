"""Words that only make sense about the service item last answered: 「那要多少钱」「如果是代办呢」「要照片吗」「在厦门办呢」.

They are recognised whole: whatever remains beside an aspect, a choice of the item or a place must be filling, or else the classifier decides as ever.
"""

from __future__ import annotations

import re
import time

from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.aspects import find_aspect
from weijing.emergency import screen
from weijing.normalise import normalise
from weijing.places import find_asked_place
from weijing.service_item_case import REMEMBERED_S

LONGEST = 25
"""Characters of a follow-up; who writes more says something new."""
_PAPERS = re.compile("照片|相片|户口[本簿]|身份证|结婚证|离婚证|复印件|原件|旧证|证明|委托书|介绍信|体检表?")
_ASKS_PAPERS = re.compile("(?:要|带|用|没|忘|有|拿|缺|能).{0,8}(?:吗|么|嘛|不|行|呢|怎么办)|吗$")
_FIRM = re.compile("条件|资格|要求|几岁|多大|符合")
"""What asks for conditions; 「可以吗」 alone asks for nothing."""
_FILLING = re.compile(
    r"请问|那么|如果|要是|假如|万一|的话|情况|这种|这个|这项|这样|那个|我们|咱们?|大概|一般|可以|可不可以|能不能|是不是|行不行|应该|一样|需要|必须|一定|现在|其他|另外|还有|办理|准备|东西"
    r"|[在里儿那呢吗么嘛呀啊哦噢吧我你您俩个他她它们是也给帮替让去来都还就能行办的了不没要得有用带拿和跟说问一下想又呗哈,，。.？?！!~、 ]"
)
_HANDED = re.compile("[到领取好下交收花]")
"""What 「多久能拿到」 and 「要交多少」 say beside the aspect, in a part of a message that names nothing."""


def follow_up(text: str, tracker: DialogueStateTracker) -> list[tuple[str, str]] | None:
    """The entities of a question about the remembered item; None when the words are something else, or nothing is remembered."""
    if tracker.active_loop_name or tracker.is_paused() or len(text) > LONGEST or not recalled(tracker) or screen(text):
        return None
    words = normalise(text)
    aspect, rest = _aspect(words)
    for word in sorted(tracker.get_slot("guide_words") or [], key=len, reverse=True):
        rest = rest.replace(normalise(word), "\n")
    place = find_asked_place(words)
    rest = re.sub(rf"{place.province}省?|{place.city or place.province}市?|[这那]边|当地|本地", "\n", rest) if place else rest
    if _FILLING.sub("", rest).strip("\n") or not (aspect or "\n" in rest):
        return None
    return [("aspect", aspect)] if aspect else []


def bare_aspect(text: str) -> str:
    """The aspect that words ask for which name nothing; empty when they say more than that."""
    aspect, rest = _aspect(normalise(text))
    return "" if _FILLING.sub("", _HANDED.sub("", rest)).strip() else aspect


def _aspect(words: str) -> tuple[str, str]:
    """The aspect that is asked for, and the words without it."""
    if _PAPERS.search(words) and _ASKS_PAPERS.search(words):
        return "materials", _PAPERS.sub("", words)
    aspect, start, end = find_aspect(words) or ("", 0, 0)
    if not aspect or (aspect == "conditions" and not _FIRM.search(words)):
        return "", words
    rest = words[:start] + words[end:]
    return aspect, _aspect(rest)[1]


def recalled(tracker: DialogueStateTracker) -> str:
    """The service item that the conversation is about; empty when none was answered in the last hour."""
    recent = time.time() - float(tracker.get_slot("service_item_at") or 0) < REMEMBERED_S
    return str(tracker.get_slot("service_item") or "") if recent else ""
