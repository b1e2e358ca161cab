"""Addresses and places of a filing: asked for piece by piece where a piece is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions.filing_unclear import Unclear, part
from actions.said import Said
from weijing.address import Address, load_area, read_address
from weijing.filing import FilingField

MOST_OPTIONS = 8
_END = re.compile(
    r"的(?:房|出租|宿舍|单位|家)|[。;；!！?？\n]|(?:想|要|需要)(?:登记|办|申报|备案)"
    r"|[,，](?!〔地址|[^,，月]{0,12}(?:[路街巷弄苑]|小区|花园|号(?![搬来住入起])|室|栋|幢|楼|单元))"
)
_LEADS = re.compile(r"(?:住在|住到|搬到|搬进|租在|租了|地址[是:：]?|现住址?[是:：]?)\s*$")


def read_address_answer(field: FilingField, said: Said, answers: Mapping[str, Any]) -> dict[str, Any] | Unclear | None:
    """The address, alone or together with what was told before; what is missing is asked for by itself."""
    if said.sent and said.sent != "位置":
        return None
    text = (said.entity("place") or "") if said.sent else said.text.strip()
    kept = str(answers.get(part(field.id)) or "")
    found = min((read_address(one) for one in _joined(text, kept) if one), key=lambda one: _LACKS.index(one.lack), default=None)
    if found is None:
        return None
    return _value(found) if not found.lack else _unclear(found)


def find_address(field: FilingField, said: Said, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """A whole address inside a message that is about something else as well."""
    if said.sent == "位置":
        found = read_address(said.entity("place") or "")
        return None if found.lack else _value(found)
    area = load_area()
    names = [name for one in area.districts for name in (*one.names, *one.towns)]
    starts = [said.text.find(name) for name in (area.province, area.name, *names) if name in said.text]
    if not starts or said.asks:
        return None
    rest = said.text[min(starts) :]
    end = _END.search(rest)
    found = read_address(rest[: end.start()] if end else rest)
    return None if found.lack or len(found.detail) > 60 else _value(found)


def located(said: Said) -> dict[str, Any] | None:
    """The place of a location message: its label and WeChat's coordinates (GCJ-02)."""
    lat, lng = said.entity("lat"), said.entity("lng")
    if said.sent != "位置" or not (lat and lng):
        return None
    return {"text": (said.entity("place") or f"{lat},{lng}")[:150], "lat": float(lat), "lng": float(lng)}


_LACKS = ("", "detail", "district", "town", "elsewhere")


def _joined(text: str, kept: str) -> tuple[str, ...]:
    """The readings of a message: by itself, behind what was told, and before it."""
    return (text, kept + text, text + kept) if kept else (text,)


def _value(found: Address) -> dict[str, Any]:
    return {"division": found.division, "code": found.code, "detail": found.detail, "text": found.text}


def _unclear(found: Address) -> Unclear | None:
    area = load_area()
    if found.lack == "elsewhere":
        return Unclear(f"这里只受理{area.name}的地址，别的地方请找当地公安机关。写错了的话，请再发一次。")
    if found.lack == "detail":
        return Unclear("还差路名和门牌，请接着写，比如“五四路89号3栋201室”；村里的写到村和门牌。", kept=found.division)
    if not found.detail:
        return None
    return Unclear("在哪个区（县、市）？", found.candidates[:MOST_OPTIONS], found.detail)
