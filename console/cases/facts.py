"""What a case says, as it stands on its page: names, numbers and addresses hidden until somebody opens them with a reason."""

from __future__ import annotations

from typing import Any

from console.api import Json
from console.cases.words import RATED, hidden, hidden_name, hidden_phone
from weijing.filing import Filing, FilingField, load_filings

PLAIN = frozenset({"choice", "date", "moment"})
"""Types of answers that name nobody."""
Facts = list[tuple[str, str]]


def facts_of(item: Json, *, opened: bool) -> Json:
    """`content`, `fields` and `details` as (label, text), `contact`, `supplements`; hidden unless `opened`."""
    contact = item["contact"]
    if contact and not opened:
        contact = {"name": hidden_name(contact["name"]), "phone": hidden_phone(contact["phone"])}
    return {
        "content": _text(item["content"], opened), "fields": _fields(item, opened), "contact": contact, "opened": opened,
        "details": [(one["name"], _text(one["value"], opened)) for one in item["details"]],
        "supplements": [_supplement(one, opened) for one in item["supplements"]],
    }  # fmt: skip


def pictures_of(item: Json) -> list[Json]:
    """Every piece of evidence of a case, those among a filing's answers too, each once."""
    among = [one for value in item["fields"].values() if isinstance(value, list) for one in value if isinstance(one, dict) and "ref" in one]
    found = {one["id"]: one for one in [*({"id": one["ref"], "kind": one["kind"]} for one in among), *item["evidence"]]}
    return list(found.values())


def definition_of(item: Json) -> Filing | None:
    """The definition of a filing, found by its name."""
    return next((one for one in load_filings().values() if item["kind"] == "filing" and one.name == item["title"]), None)


def _fields(item: Json, opened: bool) -> Facts:
    definition = definition_of(item)
    known = {one.id: one for one in definition.fields} if definition else {}
    shown = ((known[name].label if name in known else RATED.get(name, name), _field(value, known.get(name), opened)) for name, value in item["fields"].items())
    return [(label, text) for label, text in shown if text]


def _field(value: Any, field: FilingField | None, opened: bool) -> str:
    text = said(value)
    if opened or (field and field.type in PLAIN):
        return RATED.get(text, text)
    if field and field.type == "name":
        return hidden_name(text)
    if field and field.type == "phone":
        return hidden_phone(text)
    if field and field.type in {"id_number", "document", "people", "address"}:
        return "已隐藏"
    return RATED.get(text, hidden(text))


def said(value: Any) -> str:
    """An answer in words, whatever its type."""
    if isinstance(value, dict):
        return str(value["text"]) if "text" in value else " ".join(said(one) for one in value.values() if one)
    if isinstance(value, list):
        pictures = sum(isinstance(one, dict) and "ref" in one for one in value)
        return f"{pictures} 份材料（见证据）" if pictures else "；".join(said(one) for one in value)
    return "" if value is None else str(value)


def _supplement(one: Json, opened: bool) -> Json:
    words = one.get("text") or "；".join(said({name: value for name, value in answer.items() if name == "text"}) for answer in one.get("answers", []))
    return {"at": one.get("at", ""), "question": one.get("question") or "", "text": _text(words, opened)}


def _text(words: str, opened: bool) -> str:
    return words if opened else hidden(words)
