"""Answers of a filing: from a message to the value that the API takes (`weijing.filing.FieldType`), and back to words for the summary.

Private values stay masks: what the worker could not know to be private is sealed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from actions import report_words as words
from actions.filing_documents import read_document
from actions.filing_people import read_people, shown_people
from actions.filing_places import find_address, located, read_address_answer
from actions.filing_unclear import Unclear
from actions.masks import shown
from actions.person_name import read_name, told_name
from actions.said import Said
from weijing.filing import FilingField
from weijing.privacy import MASK
from weijing.spoken_time import find_day, find_moment
from weijing.workdays import SHANGHAI

__all__ = ["Unclear", "read_answer", "shown_answer", "skips", "volunteered_answer"]

Answers = Mapping[str, Any]
MOST_PICTURES = 9
_SKIPS = re.compile(
    r"(?:都|我|真的?|也|这个)*(?:不知道|不清楚|记不[清得]了?|说不[清上]|不方便|不想说|忘了|没有|没|无|跳过|略过)"
    r"(?:说|填|提供|具体的?)?[了的吧啊呀。!！,， ]*"
)
_OTHER = re.compile("^其他|^其它")


def skips(said: Said) -> bool:
    """Whether it says that there is nothing to give or to know."""
    return said.skips or bool(_SKIPS.fullmatch(said.text.strip()))


def read_answer(field: FilingField, said: Said, answers: Answers) -> Any | Unclear | None:
    """The answer to a field's own question: its value, `Unclear` when only a part could be taken, None when nothing could."""
    return _READERS[field.type](field, said, answers)


def volunteered_answer(field: FilingField, said: Said, answers: Answers) -> Any | None:
    """What a message surely says about a field that was not asked."""
    if said.form or (said.sent and field.type not in {"pictures", "place", "address"}):
        return None
    reader = _TOLD.get(field.type)
    return reader(field, said, answers) if reader else None


def shown_answer(field: FilingField, value: Any) -> str:
    """As the summary shows it, private values half hidden."""
    if value in ("", None, []):
        return "（没有）"
    if field.type == "people":
        return shown_people(value)
    if field.type == "pictures":
        return f"{len(value)} 份"
    if field.type == "document":
        return f"{value['kind']} {shown(value['number'])}"
    if field.type in {"address", "place"}:
        return shown(value["text"])
    if field.type in {"date", "moment"}:
        return said_day(value)
    return shown(str(value))


def said_day(value: str) -> str:
    """「2026年11月1日」, with the time of a moment."""
    moment = datetime.fromisoformat(value)
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{day} {moment.hour}:{moment.minute:02}" if "T" in value else day


def _text(field: FilingField, said: Said, answers: Answers) -> str | None:
    text = said.text.strip()
    return text[: field.most or 500] if len(text) >= max(field.least, 1) and not said.sent else None


def _name(field: FilingField, said: Said, answers: Answers) -> str | None:
    return read_name(said)


def _told_name(field: FilingField, said: Said, answers: Answers) -> str | None:
    """One's own name; a name in front of one's own number is taken as well."""
    in_front = re.search(r"^(〔姓名#[0-9a-f]{8}〕)[\s,，、]*(?:身份证号?[是:：]?)?〔(?:身份证|手机)#", said.text.strip())
    return told_name(said) or (in_front[1] if in_front else None)


def _phone(field: FilingField, said: Said, answers: Answers) -> str | None:
    return said.identifier("phone")


def _id_number(field: FilingField, said: Said, answers: Answers) -> Any:
    found = read_document(said)
    return found["number"] if isinstance(found, dict) and "身份证" in str(found["number"]) else found if isinstance(found, Unclear) else None


def _document(field: FilingField, said: Said, answers: Answers) -> Any:
    return read_document(said)


def _told(reader: Callable[[FilingField, Said, Answers], Any]) -> Callable[[FilingField, Said, Answers], Any]:
    """Only what is whole is volunteered."""
    return lambda field, said, answers: None if isinstance(found := reader(field, said, answers), Unclear) else found


def _date(field: FilingField, said: Said, answers: Answers) -> str | None:
    today = datetime.now(SHANGHAI).date()
    found = find_day(said.text, today, past=not field.most)
    return found.isoformat() if found and _near(found, today, field) else None


def _near(day: date, today: date, field: FilingField) -> bool:
    return today - timedelta(days=field.least) <= day <= today + timedelta(days=field.most)


def _names(field: FilingField, said: Said) -> bool:
    return bool(re.search(f"{re.escape(field.label)}|{field.words}" if field.words else re.escape(field.label), said.text))


def _told_date(field: FilingField, said: Said, answers: Answers) -> str | None:
    return _date(field, said, answers) if _names(field, said) and not said.asks else None


def _moment(field: FilingField, said: Said, answers: Answers) -> str | None:
    now = datetime.now(SHANGHAI).replace(microsecond=0)
    found = find_moment(said.text, now)
    return found.isoformat() if found and now < found <= now + timedelta(hours=field.most or 24) else None


def _choice(field: FilingField, said: Said, answers: Answers) -> str | None:
    text = said.text.strip().rstrip("。.")
    exact = next((one.value for one in field.options if text == one.value), None)
    number = re.fullmatch(r"第?\s?(\d{1,2})\s?[个项种]?", text)
    if not exact and number and 1 <= int(number[1]) <= len(field.options):
        return field.options[int(number[1]) - 1].value
    found = [one.value for one in field.options if one.value in text or (one.words and re.search(one.words, text))]
    return exact or (found[0] if found else None)


def _told_choice(field: FilingField, said: Said, answers: Answers) -> str | None:
    """A yes or no is told only of what is named: 「我要备案」 is no yes to another question, and the 「没有」 to another no no."""
    if min(len(one.value) for one in field.options) == 1 and not _names(field, said):
        return None
    text = MASK.sub("", said.text)  # a mask is named after its kind: 〔姓名#…〕 speaks of no name
    found = [one.value for one in field.options if not _OTHER.match(one.value) and (one.value in text or (one.words and re.search(one.words, text)))]
    return found[0] if len(found) == 1 and not said.asks else None


def _place(field: FilingField, said: Said, answers: Answers) -> dict[str, Any] | None:
    if said.sent:
        return located(said)
    text = words.LEAD_IN.sub("", said.text.strip()).rstrip("。 ")
    return {"text": text[:150], "lat": None, "lng": None} if len(text) >= 2 and not said.denies and not said.asks else None


def _plate(field: FilingField, said: Said, answers: Answers) -> str | None:
    return said.identifier("plate")


def _pictures(field: FilingField, said: Said, answers: Answers) -> list[dict[str, str]] | None:
    return [*(answers.get(field.id) or []), *said.evidence][: field.most or MOST_PICTURES] if said.evidence else None


_READERS: dict[str, Callable[[FilingField, Said, Answers], Any]] = {
    "text": _text, "name": _name, "phone": _phone, "id_number": _id_number, "document": _document, "date": _date, "moment": _moment, "choice": _choice,
    "address": read_address_answer, "place": _place, "plate": _plate, "pictures": _pictures, "people": read_people,
}  # fmt: skip
_TOLD: dict[str, Callable[[FilingField, Said, Answers], Any]] = {
    "name": _told_name, "phone": _phone, "id_number": _told(_id_number), "document": _told(_document), "date": _told_date, "choice": _told_choice,
    "address": find_address, "plate": _plate, "pictures": _pictures,
}  # fmt: skip
