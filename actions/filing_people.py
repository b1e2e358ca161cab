"""Several people in one filing: a line for each, faults told by line, good lines kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions import report_words as words
from actions.filing_unclear import Unclear, part
from actions.masks import shown
from actions.report_fields import sealed
from actions.said import Said
from store.context import current
from weijing.filing import FilingField
from weijing.identifiers import id_number_is_valid
from weijing.privacy import MASK

MOST = 20
Person = dict[str, Any]
_ENOUGH = re.compile(r"(?:没有?了?|就?这些|就?(?:这|她|他)(?:一|两|几)?个?|完了|好了|够了|没有别的|不用了|先这样)[了吧。!！ ]*")
_BREAK = re.compile("[\n;；]+")
_NEXT = re.compile(r"[,，、\s]*(?=〔姓名#[0-9a-f]{8}〕)")
_MARKS = re.compile(
    r"〔[^〕]*〕|第?[0-9一二三四五六七八九十]{1,2}[.、):：]|姓名|身份证号?码?|证件号?码?|护照号?码?|电话|手机号?码?|联系方式|租客|房客|员工"
    r"|[\s,，、:：。.]+"
)


def read_people(field: FilingField, said: Said, answers: Mapping[str, Any]) -> list[Person] | Unclear | None:
    """The people of a message, with those of earlier ones; a line that cannot be read is told by its number."""
    before: list[Person] = list(answers.get(part(field.id)) or answers.get(field.id) or [])
    if before and _ENOUGH.fullmatch(said.text.strip()):
        return before
    if said.sent or not said.text.strip():
        return None
    rows = [_person(line) for line in _lines(said.text)]
    good = _merged(before, [row for row in rows if isinstance(row, dict)])[: field.most or MOST]
    faults = [f"第{number}行：{row}" for number, row in enumerate(rows, start=1) if isinstance(row, str)]
    if not faults:
        return good or None
    if not good:
        return Unclear("\n".join([*faults[:5], "请一人一行：姓名、身份证号、手机号，比如“张某某 3501… 138…”。"]))
    return Unclear("\n".join([f"记下了 {len(good)} 人。", *faults[:5], "请把有问题的改好再发；不加了就说“就这些”。"]), ("就这些",), good)


def shown_people(people: list[Person]) -> str:
    """All of them, names and numbers half hidden."""
    return f"{len(people)} 人：" + "；".join(f"{shown(one['name'])} {shown(one['document']['number'])}" for one in people)


def _lines(text: str) -> list[str]:
    """One line for each person: by line breaks, or in front of each name."""
    lines = [one.strip() for one in _BREAK.split(text) if one.strip()]
    if len(lines) == 1 and len(words.MASKED_NAME.findall(text)) > 1:
        lines = [one.strip(" ,，、") for one in _NEXT.split(text) if one and one.strip(" ,，、")]
    return lines


def _person(line: str) -> Person | str:
    """The person of a line, or what is wrong with it."""
    masks = {found[1]: found[0] for found in reversed(list(MASK.finditer(line)))}
    name = masks.get("姓名") or _bare_name(line)
    number = masks.get("身份证") or masks.get("证件")
    if not number:
        return "没有看到身份证号或证件号" if not re.search(r"\d{6,}", line) else "身份证号不对，请数一数是不是 18 位"
    if "身份证" in masks and not _valid(number):
        return "身份证号不对，请对照证件"
    if not name:
        return "没有看到姓名"
    return {"name": name, "document": {"kind": "身份证" if "身份证" in masks else "护照", "number": number}, "phone": masks.get("手机")}


def _bare_name(line: str) -> str | None:
    rest = _MARKS.sub(" ", line).strip()
    found = words.PLAIN_NAME.fullmatch(rest)
    return sealed("姓名", found[1]) if found else None


def _valid(number: str) -> bool:
    raw = current().reveal(number)
    return MASK.fullmatch(raw) is not None or id_number_is_valid(raw)


def _merged(before: list[Person], found: list[Person]) -> list[Person]:
    """A person told twice counts once, with what was told last."""
    by_number = {current().reveal(one["document"]["number"]): one for one in [*before, *found]}
    return [*by_number.values()]
