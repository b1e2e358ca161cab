"""The answers of a filing held against its definition: unknown and missing fields, shapes, lengths, options, check digits, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from backend.contract import rule
from backend.idempotency import KEEP
from backend.problems import Problem
from weijing.filing import Filing, FilingField
from weijing.identifiers import find_identifiers, id_number_is_valid, phone_is_valid
from weijing.normalise import narrow
from weijing.workdays import SHANGHAI

Fields = dict[str, Any]
LONGEST, MOST_ENTRIES, MOST_HOURS = 2000, 20, 24
"""Characters of a text, entries of a list and hours ahead of a moment where the definition gives no `most`."""


def _line(most: int, least: int = 1) -> Fields:
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": r"^[^\u0000-\u001f]*$"}


def _record(needed: Fields, more: Fields | None = None) -> Fields:
    return {"type": "object", "required": list(needed), "properties": {**needed, **(more or {})}, "additionalProperties": False}


def _list(entry: Fields) -> Fields:
    return {"type": "array", "minItems": 1, "maxItems": MOST_ENTRIES, "items": entry}


_DOCUMENT = _record({"kind": _line(20), "number": _line(40, 5)})
_NONE = {"type": "null"}
SHAPES: dict[str, Fields] = {
    "text": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[^\u0000]*$"},
    "name": _line(60),
    "phone": _line(20, 5),
    "id_number": _line(24, 15),
    "plate": _line(12, 7),
    "choice": _line(60),
    "date": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "moment": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}([+-][0-9]{2}:[0-9]{2})$"},
    "document": _DOCUMENT,
    "address": _record({"text": _line(200, 4)}, {name: {"anyOf": [_line(200, 0), _NONE]} for name in ("division", "code", "detail")}),
    "place": _record({"text": _line(200), "lat": {"type": ["number", "null"]}, "lng": {"type": ["number", "null"]}}),
    "pictures": _list(_record({"kind": {"enum": ["image", "voice", "video", "file"]}, "ref": _line(512)})),
    "people": _list(_record({"name": _line(60), "document": _DOCUMENT}, {"phone": {"anyOf": [_line(20, 5), _NONE]}})),
}
"""Field type -> JSON Schema of its value, as `weijing/filing.py` describes it."""
_VALIDATORS = {name: Draft202012Validator(shape) for name, shape in SHAPES.items()}


def checked(filing: Filing, fields: Fields) -> Fields:
    """The answers that this filing keeps: those that were asked and given, in its order. What was answered before a correction made it pointless is left out.

    Raises:
        Problem: 422 `invalid_filing`; the sentence begins with the field's id and never repeats a value.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    for name in given.keys() - {one.id for one in filing.fields}:
        raise invalid(name, "is no field of this filing")
    kept: Fields = {}
    for one in filing.asked(given):
        if one.id in given:
            for fault in _faults(one, given[one.id]):
                raise invalid(one.id, fault)
            kept[one.id] = given[one.id]
        elif filing.must(one, given):
            raise invalid(one.id, "is missing")
    return kept


def invalid(name: str, fault: str) -> Problem:
    """The refusal of one field."""
    return Problem(422, "invalid_filing", f"{name if re.fullmatch('[a-z][a-z0-9_]{1,40}', name) else 'fields'}: {fault}")


def _faults(one: FilingField, value: Any) -> Iterator[str]:
    """What is wrong with a value; the shape first, for the other checks rely on it."""
    error = best_match(_VALIDATORS[one.type].iter_errors(value))
    if error:
        at = ".".join(map(str, error.absolute_path))
        yield f"{at} {rule(error)}".strip()
    else:
        yield from CHECKS.get(one.type, _sound)(one, value)


def _sound(one: FilingField, value: Any) -> Iterator[str]:
    yield from ()


def _text(one: FilingField, value: str) -> Iterator[str]:
    if not one.least <= len(value.strip()) <= (one.most or LONGEST):
        yield f"must have {one.least} to {one.most or LONGEST} characters"


def _phone(one: FilingField, value: str) -> Iterator[str]:
    if not phone_is_valid(re.sub(r"[\s-]", "", narrow(value))):
        yield "is no telephone number"


def _id_number(one: FilingField, value: str) -> Iterator[str]:
    if not id_number_is_valid(re.sub(r"[\s-]", "", narrow(value)).upper()):
        yield "has a wrong check digit, birth date or region"


def _document(one: FilingField, value: Fields) -> Iterator[str]:
    """Only the identity card's number carries a check digit; of other papers the officer sees the original."""
    if value["kind"] in {"id_number", "身份证", "居民身份证"}:
        yield from _id_number(one, value["number"])


def _plate(one: FilingField, value: str) -> Iterator[str]:
    found = find_identifiers(value)
    if [each.kind for each in found] != ["plate"] or found[0].end - found[0].start != len(value):
        yield "is no number plate"


def _choice(one: FilingField, value: str) -> Iterator[str]:
    if value not in {option.value for option in one.options}:
        yield "is none of its options"


def _date(one: FilingField, value: str) -> Iterator[str]:
    """The days are counted from the day of asking, and a kept filing may come a week later."""
    first, last = datetime.now(SHANGHAI) - timedelta(days=one.least) - KEEP, datetime.now(SHANGHAI) + timedelta(days=one.most)
    try:
        if not first.date() <= date.fromisoformat(value) <= last.date():
            yield f"must be {one.least} days back to {one.most} days ahead"
    except ValueError:
        yield "is no day of the calendar"


def _moment(one: FilingField, value: str) -> Iterator[str]:
    now, most = datetime.now(SHANGHAI), one.most or MOST_HOURS
    try:
        if not now - timedelta(hours=one.least) - KEEP <= datetime.fromisoformat(value) <= now + timedelta(hours=most):
            yield f"must be {one.least} hours back to {most} hours ahead"
    except ValueError:
        yield "is no moment"


def _place(one: FilingField, value: Fields) -> Iterator[str]:
    lat, lng = value["lat"], value["lng"]
    if (lat is None) != (lng is None) or (lat is not None and not (-90 <= lat <= 90 and -180 <= lng <= 180)):
        yield "needs lat and lng in degrees, or null for both"


def _entries(one: FilingField, value: list[Any]) -> Iterator[str]:
    if not one.least <= len(value) <= (one.most or MOST_ENTRIES):
        yield f"must have {one.least} to {one.most or MOST_ENTRIES} entries"


def _people(one: FilingField, value: list[Fields]) -> Iterator[str]:
    yield from _entries(one, value)
    for number, person in enumerate(value, start=1):
        faults = [*_document(one, person["document"]), *(_phone(one, person["phone"]) if person.get("phone") else ())]
        yield from (f"line {number} {fault}" for fault in faults)


CHECKS: dict[str, Callable[[FilingField, Any], Iterator[str]]] = {
    "text": _text, "phone": _phone, "id_number": _id_number, "document": _document, "plate": _plate, "choice": _choice, "date": _date, "moment": _moment,
    "place": _place, "pictures": _entries, "people": _people,
}  # fmt: skip
"""Field type -> what its shape does not say."""
