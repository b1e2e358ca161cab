"""The fields of a service item as a trainer types them: words, lists a line each, days and fees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from weijing.refusals import DeskRefused

TITLES: Mapping[str, str] = {
    "name": "名称",
    "aliases": "别名",
    "summary": "一句话说明",
    "audience": "适用谁",
    "conditions": "办理条件",
    "materials": "材料",
    "procedure": "办理流程",
    "where": "在哪办",
    "online": "网上怎么办",
    "validity": "有效期",
    "who": "谁来办",
    "time_limit": "办理时限",
    "fee": "费用",
    "questions": "群众怎么问",
    "valid_from": "核对日",
    "review_by": "复核日",
    "unconfirmed": "还没核实的栏",
}
WORDS = ("name", "summary", "audience", "where", "online", "validity", "who")
LISTS = ("aliases", "conditions", "procedure", "questions", "unconfirmed")
DAYS = ("valid_from", "review_by")
LONGEST, MOST = 2000, 60
_FORMS = {"原件": "original", "复印件": "copy", "原件和复印件": "both", "电子版": "electronic"}


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def fields(record: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, kind, what is typed) of each field that can be edited; `kind` is line, lines or day."""
    kinds = {**dict.fromkeys(WORDS, "line"), **dict.fromkeys(LISTS, "lines"), **dict.fromkeys(DAYS, "day"), "materials": "lines"}
    return [(name, kind, lines(name, record.get(name))) for name in TITLES if (kind := kinds.get(name)) and not _involved(name, record)]


def lines(name: str, value: Any) -> str:
    """A field's value as it is typed."""
    if name == "materials":
        words = {form: word for word, form in _FORMS.items()}
        return "\n".join(" | ".join(filter(None, (one["name"], words[one["form"]], one.get("note", "")))) for one in value or [])
    if isinstance(value, list):
        return "\n".join(str(plain(one)) for one in value)
    return "" if value is None else str(plain(value))


def changes(record: Mapping[str, Any], form: Mapping[str, list[str]]) -> dict[str, Any]:
    """Field -> new value of what was typed otherwise than it stands.

    Raises:
        DeskRefused: 422, naming the field.
    """
    found: dict[str, Any] = {}
    for name, kind, old in fields(record):
        typed = (form.get(name) or [old])[0].replace("\r\n", "\n").strip()
        if len(typed) > LONGEST * (4 if kind == "lines" else 1) or "\x00" in typed:
            raise DeskRefused(f"「{TITLES[name]}」要改一下", "太长了，请写短一些。", 422)
        if typed != old.strip():
            found[name] = _value(name, kind, typed)
    return found


def _involved(name: str, record: Mapping[str, Any]) -> bool:
    """Materials that depend on the person's situation have more to them than a line."""
    return name == "materials" and any(one.get("when") for one in record.get(name) or [])


def _value(name: str, kind: str, typed: str) -> Any:
    if kind != "lines":
        return typed
    rows = [row.strip() for row in typed.splitlines() if row.strip()][:MOST]
    return [_material(row) for row in rows] if name == "materials" else rows


def _material(row: str) -> dict[str, str]:
    name, _, rest = (part.strip() for part in row.partition("|"))
    form, _, note = (part.strip() for part in rest.partition("|"))
    if form not in _FORMS:
        raise DeskRefused("「材料」要改一下", f"每行写成「名称 | 原件 | 说明」。「{name[:20]}」后面请写：{'、'.join(_FORMS)}。", 422)
    return {"name": name, "form": _FORMS[form]} | ({"note": note} if note else {})
