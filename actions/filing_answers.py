"""Reading the answer to a filing's field out of plain words; pure, and masked values stay masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from actions import report_words as words
from actions.filing_unclear import Unclear
from actions.masks import shown
from actions.report_fields import sealed
from actions.said import Said
from weijing.filing import FilingField
from weijing.workdays import SHANGHAI

_SKIPS = re.compile(r"(?:我|都|这个?|就)*(?:不知道|不清楚|说不清|不记得|记不清|忘了|不方便|不想说|不想填)[说了的吧啊呀。!！,， ]*")
_AGO = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "大前天": 3, "上周": 7, "上个月": 30}
_DATE = re.compile(r"(?:(?P<year>20\d\d)[年/.-])?(?P<month>1[0-2]|0?[1-9])[月/.-](?P<day>3[01]|[12]\d|0?[1-9])[日号]?")
_LIVES = re.compile(r"(?:住在|现住|住址[是为:： ]*|地址[是为:： ]*)(?P<value>[^,，。;；\s]{4,80})")
_HOUSE = re.compile(r"[路街道巷弄村镇乡苑园].*(?:〔地址#|\d)")


def skips(said: Said) -> bool:
    """Whether it says that there is nothing to give or to know."""
    return said.skips or bool(_SKIPS.fullmatch(said.text.strip()))


def read_answer(field: FilingField, said: Said, answers: Mapping[str, Any]) -> Any | Unclear | None:
    """The value that a message gives to the field that was asked for, None if it gives none that can be taken."""
    reader = _ASKED.get(field.type, _text)
    return reader(field, said, answers)


def volunteered_answer(field: FilingField, said: Said, answers: Mapping[str, Any]) -> Any | None:
    """What a message says about a field that was not asked for."""
    reader = _TOLD.get(field.type)
    return reader(field, said, answers) if reader else None


def shown_answer(field: FilingField, value: Any) -> str:
    """The value as the summary shows it, private parts half hidden."""
    if value in ("", None, []):
        return "（没有）"
    if isinstance(value, list):
        return f"{len(value)} 份"
    if isinstance(value, dict):
        return shown(str(value.get("number") or value.get("text") or ""))
    return shown(str(value))


def _text(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    text = said.text.strip()
    return text if not said.sent and max(field.least, 1) <= len(text) <= (field.most or 500) else None


def _name(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    masked = words.MASKED_NAME.search(said.text)
    if masked:
        return masked[0]
    plain = words.PLAIN_NAME.fullmatch(words.NOT_NAME.sub("", said.text.strip()))
    return sealed("姓名", plain[1]) if plain and not said.denies and not words.NO_NAME.search(plain[1]) else None


def _told_name(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    masked = words.OWN_NAME.search(said.text)
    return masked[1] if masked else None


def _identifier(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    return said.identifier(field.type)


def _document(field: FilingField, said: Said, answers: Mapping[str, Any]) -> dict[str, str] | None:
    number = said.identifier("id_number")
    return {"kind": "居民身份证", "number": number} if number else None


def _date(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    today = datetime.now(SHANGHAI).date()
    found = _DATE.search(said.text)
    if found:
        year = int(found["year"] or today.year)
        try:
            day = today.replace(year=year, month=int(found["month"]), day=int(found["day"]))
        except ValueError:
            return None
    else:
        word = next((word for word in sorted(_AGO, key=len, reverse=True) if word in said.text), None)
        if word is None:
            return None
        day = today - timedelta(days=_AGO[word])
    return day.isoformat() if -field.least <= (day - today).days <= field.most else None


def _choice(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    fits = (one.value for one in field.options if one.value in said.text or (one.words and re.search(one.words, said.text)))
    return None if said.sent else next(fits, None)


def _told_choice(field: FilingField, said: Said, answers: Mapping[str, Any]) -> str | None:
    found = _choice(field, said, answers)
    return found if found != "其他" else None


def _address(field: FilingField, said: Said, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    text = said.text.strip() if not said.sent else said.entity("place") or ""
    return {"division": "", "code": "", "detail": "", "text": text} if _HOUSE.search(text) or (said.sent and text) else None


def _told_address(field: FilingField, said: Said, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    found = _LIVES.search(said.text)
    return _address(field, said.only(found["value"]), answers) if found and not said.sent else None


_ASKED = {"name": _name, "phone": _identifier, "id_number": _identifier, "plate": _identifier, "document": _document, "date": _date, "choice": _choice,
          "address": _address}  # fmt: skip
_TOLD = {"name": _told_name, "phone": _identifier, "id_number": _identifier, "plate": _identifier, "document": _document, "date": _date,
         "choice": _told_choice, "address": _told_address}  # fmt: skip
