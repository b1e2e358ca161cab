"""Fields of a service item as lines that a trainer types, and back: a line each for a material, a charge, a limit, a basis; columns stand between 「|」."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from weijing.refusals import DeskRefused
from weijing.service_item import ASPECTS

TITLES: Mapping[str, str] = {
    "name": "名称", "aliases": "别名", "summary": "一句话说明", "audience": "适用谁", "conditions": "办理条件", "materials": "材料", "fee": "费用",
    "time_limit": "办理时限", "procedure": "办理流程", "where": "在哪办", "online": "网上怎么办", "validity": "有效期", "who": "谁来办", "legal_basis": "依据",
    "regions": "各地不同", "questions": "群众怎么问", "valid_from": "核对日", "review_by": "复核日", "unconfirmed": "还没核实的栏",
}  # fmt: skip
HINTS: Mapping[str, str] = {
    "materials": "每行：名称 | 原件、复印件、原件和复印件或电子版 | 说明 | 限：哪种情况才要。说明和「限：」可以不写。",
    "fee": "每行：收什么 | 多少元 | 说明 | 限：哪种情况才收。另起一行不带「|」的是总的说明。收费要在「依据」里有它的条文；没核实的留空。",
    "time_limit": "每行：法定 | 30 | 日，或 承诺 | 10 | 工作日。另起一行不带「|」的是说明。法律说「日」就写日，不要换算。",
    "legal_basis": "每行：法律 | 第十二条第二款 | 2025（修订年份，可不写） | 费用、材料（支持哪几面，不写就是整个事项）。没有条文的写文号。",
    "regions": "先写地名，单独一行；下面每行：依据 | 法律 | 条文，再写和全国不同的栏，比如 费用 | 补办工本费 | 6。",
}
_FORMS = {"原件": "original", "复印件": "copy", "原件和复印件": "both", "电子版": "electronic"}
_DAYS = {"日": "calendar", "工作日": "workday"}
_LIMITS = {"法定": "legal_days", "承诺": "promised_days"}
_BY_PLACE = ("conditions", "materials", "fee", "time_limit", "procedure", "where", "online", "validity", "who")
_WHEN, _BASIS = "限：", "依据"


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def typed(name: str, value: Any) -> str:
    """A field's value as it is typed."""
    if not value:
        return ""
    if name == "unconfirmed":
        return _rows(TITLES[one] for one in value)
    if name == "fee":
        return _rows([*(_columns(one["what"], f"{one['yuan']:g}", one.get("note"), _when(one)) for one in value.get("charges", [])), value.get("note")])
    if name == "time_limit":
        unit = "工作日" if value.get("day_kind") == "workday" else "日"
        return _rows([*(_columns(word, str(value[key]), unit) for word, key in _LIMITS.items() if key in value), value.get("note")])
    if name == "materials":
        words = {form: word for word, form in _FORMS.items()}
        return _rows(_columns(one["name"], words[one["form"]], one.get("note"), _when(one)) for one in value)
    if name == "legal_basis":
        return _rows(map(_basis_words, value))
    if name == "regions":
        return _rows(row for region in value for row in _region_words(region))
    return _rows(str(plain(one)) for one in value) if isinstance(value, list) else str(plain(value))


def read(name: str, text: str) -> Any:
    """What was typed for a field that has lines, as the record holds it.

    Raises:
        DeskRefused: 422, naming the field and how its lines are written.
    """
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    if name == "fee":
        return _with_note(name, rows, lambda charges: {"charges": [_charge(row) for row in charges]} if charges else {})
    if name == "time_limit":
        return _with_note(name, rows, _limits)
    reader = {"materials": _material, "legal_basis": _basis}.get(name)
    if name == "regions":
        return _regions(rows)
    return [reader(_split(row)) for row in rows] if reader else rows


def _rows(rows: Any) -> str:
    return "\n".join(filter(None, rows))


def _columns(*columns: str | None) -> str:
    return " | ".join(filter(None, columns))


def _split(row: str) -> list[str]:
    return [part.strip() for part in row.split("|")]


def _when(one: Mapping[str, Any]) -> str:
    return f"{_WHEN}{'、'.join(one['when'])}" if one.get("when") else ""


def _wrong(name: str, row: str) -> DeskRefused:
    return DeskRefused(f"「{TITLES[name]}」要改一下", f"没有保存。没看懂「{row[:30]}」。{HINTS.get(name, '')}", 422)


def _rest(name: str, row: list[str]) -> dict[str, Any]:
    """The note and the cases of a row's last columns."""
    when = [part.removeprefix(_WHEN).split("、") for part in row if part.startswith(_WHEN)]
    notes = [part for part in row if part and not part.startswith(_WHEN)]
    if len(when) > 1 or len(notes) > 1:
        raise _wrong(name, " | ".join(row))
    return ({"note": notes[0]} if notes else {}) | ({"when": when[0]} if when else {})


def _with_note(name: str, rows: list[str], of: Any) -> dict[str, Any]:
    notes = [row for row in rows if "|" not in row]
    if len(notes) > 1:
        raise _wrong(name, notes[1])
    return {**of([row for row in rows if "|" in row]), **({"note": notes[0]} if notes else {})}


def _charge(row: str) -> dict[str, Any]:
    what, yuan, *rest = _split(row)
    if not what or not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", yuan):
        raise _wrong("fee", row)
    return {"what": what, "yuan": float(yuan) if "." in yuan else int(yuan), **_rest("fee", rest)}


def _limits(rows: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        word, days, *unit = _split(row)
        if word not in _LIMITS or not re.fullmatch(r"\d{1,4}", days) or len(unit) != 1 or unit[0] not in _DAYS or found.get("unit", unit[0]) != unit[0]:
            raise _wrong("time_limit", row)
        found |= {_LIMITS[word]: int(days), "unit": unit[0]}
    return {key: value for key, value in found.items() if key != "unit"} | ({"day_kind": "workday"} if found.get("unit") == "工作日" else {})


def _material(row: list[str]) -> dict[str, Any]:
    if len(row) < 2 or row[1] not in _FORMS:
        raise _wrong("materials", " | ".join(row))
    return {"name": row[0], "form": _FORMS[row[1]], **_rest("materials", row[2:])}


def _basis_words(one: Mapping[str, Any]) -> str:
    aspects = "、".join(ASPECTS[aspect] for aspect in one.get("aspects", ()))
    return _columns(one["law"], one.get("article"), one.get("document_no"), str(one.get("year") or ""), aspects)


def _basis(row: list[str]) -> dict[str, Any]:
    """The law, then in any order an article, a number of a document, a year, aspects: each shows by its form what it is."""
    names = {title: aspect for aspect, title in ASPECTS.items()}
    found: dict[str, Any] = {"law": row[0]}
    for part in filter(None, row[1:]):
        aspects = [names.get(one.strip(), "") for one in part.split("、")]
        key = "article" if part.startswith("第") else "year" if re.fullmatch(r"[12]\d{3}", part) else "aspects" if all(aspects) else "document_no"
        if key in found:
            raise _wrong("legal_basis", " | ".join(row))
        found[key] = aspects if key == "aspects" else int(part) if key == "year" else part
    return found


def _region_words(region: Mapping[str, Any]) -> list[str]:
    bases = [_columns(_BASIS, _basis_words(one)) for one in region["legal_basis"]]
    return [region["place"], *bases, *(_columns(TITLES[name], row) for name, value in region["changes"].items() for row in typed(name, value).splitlines())]


def _regions(rows: list[str]) -> list[dict[str, Any]]:
    names, found = {TITLES[name]: name for name in _BY_PLACE}, list[dict[str, Any]]()
    for row in rows:
        title, _, rest = (part.strip() for part in row.partition("|"))
        if "|" not in row:
            found.append({"place": row, "legal_basis": [], "changes": {}})
        elif not found or title not in {_BASIS, *names}:
            raise _wrong("regions", row)
        elif title == _BASIS:
            found[-1]["legal_basis"].append(_basis(_split(rest)))
        else:
            found[-1]["changes"].setdefault(names[title], []).append(rest)
    for region in found:
        region["changes"] = {name: _of_place(name, lines) for name, lines in region["changes"].items()}
    return found


def _of_place(name: str, rows: list[str]) -> Any:
    value = read(name, "\n".join(rows))
    return "\n".join(value) if name in ("where", "online", "validity", "who") else value
