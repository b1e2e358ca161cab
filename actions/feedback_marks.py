"""What a rating is made of, and how the three marks 优 良 差 are read out of plain words."""

from __future__ import annotations

import re
from typing import Any

from actions.field import Field, Reader, Slots
from actions.said import Said

MARKS = {"优": "good", "良": "fair", "差": "poor"}
"""What the user reads -> what the API takes."""
ASPECTS = {"rating_quality": "quality", "rating_procedure": "procedure", "rating_attitude": "attitude"}
"""Slot -> the API's name, in the order in which 「优良差」 names them."""

_TOKEN = re.compile(
    "(?P<rating_quality>质量|结果|效率)|(?P<rating_procedure>程序|手续|流程)|(?P<rating_attitude>态度|服务)|(?P<rest>其他|其它|其余|别的|剩下|都|全|三项)"
    "|(?P<良>差不多|良好?|一般般?|还行|还可以|(?:基本|比较)满意|凑合|马马虎虎)"
    "|(?P<差>差评?|不(?:太|怎么|是很)?(?:满意|好|行)|糟糕?|恶劣|太慢|零分|一颗?星)"
    "|(?P<优>优秀?|不错|好评|五颗?星|满分|(?:很|挺|非常|真|特别|十分)?(?:好|满意|棒|赞))"
)
_FILLER = re.compile("评价|评分|打分|评个|我想|我要|给个?|的|了|吧|是|[A-Z]\\d{4}-\\d{6}")
_CONVERSATION = re.compile("D\\d{4}-\\d{6}")
_CLAUSE = re.compile("[，,。.;；!！\\s]+")
SHORT = 20
"""Characters up to which marks that name nothing speak of everything."""


def marks_of(text: str) -> dict[str, str]:
    """Slot -> mark: 「都优」「优良差」「质量优，程序良，态度差」「态度差，其他都优」「不满意」."""
    found: dict[str, str] = {}
    bare: list[str] = []
    named: list[str] = []
    for token in _TOKEN.finditer(text):
        kind = str(token.lastgroup)
        if kind not in MARKS:
            named.append(kind)
        elif named:
            wanted = [slot for slot in ASPECTS if slot not in found] if "rest" in named else named
            found |= dict.fromkeys(wanted, kind)
            named = []
        else:
            bare.append(kind)
    if len(bare) == len(ASPECTS) and not found:
        return dict(zip(ASPECTS, bare, strict=True))
    return found or (dict.fromkeys(ASPECTS, bare[0]) if len(set(bare)) == 1 and len(text) <= SHORT else {})


def _mark(slot: str) -> Reader:
    def read(said: Said, slots: Slots) -> str | None:
        return None if said.sent else marks_of(said.text).get(slot)

    return read


def number_of(said: Said) -> str | None:
    """The number that a message names."""
    kinds = ("application_no", "report_no", "filing_no", "case_no", "letter_no", "appointment_no")
    ended = _CONVERSATION.search(said.text)
    return next((found for kind in kinds if (found := said.identifier(kind))), ended.group() if ended else None)


def _matter(said: Said, slots: Slots) -> str | None:
    choices: list[dict[str, Any]] = slots.get("rating_choices") or []
    number = number_of(said)
    fitting = [one["number"] for one in choices if one["number"] == number or (not number and one["item_name"] in said.text)]
    return fitting[0] if len(fitting) == 1 else None


def _words(said: Said, slots: Slots) -> str | None:
    text = said.text.strip()
    return "" if said.denies and len(text) <= 6 else text[:500] if text and not said.sent else None


def _told_words(said: Said, slots: Slots) -> str | None:
    """What stands beside the marks: 「都优，窗口的小李很耐心」."""
    clauses = [one for one in _CLAUSE.split(said.text) if len(_FILLER.sub("", one)) >= 4 and not _TOKEN.search(one)]
    return "，".join(clauses)[:500] if clauses and marks_of(said.text) else None


def _open(slots: Slots) -> bool:
    return bool(slots.get("rating_choices"))


FIELDS = (
    Field("rating_matter", "编号|办件|哪一?件", _matter, _matter, needed=_open),
    Field("rating_quality", "办理质量|质量", _mark("rating_quality"), _mark("rating_quality"), needed=_open),
    Field("rating_procedure", "手续流程|手续|流程|程序", _mark("rating_procedure"), _mark("rating_procedure"), needed=_open),
    Field("rating_attitude", "服务态度|态度|服务", _mark("rating_attitude"), _mark("rating_attitude"), needed=_open),
    Field("rating_words", "意见|留言|补充", _words, _told_words, skipped="", story=True, needed=_open),
)
"""In the order of asking."""
