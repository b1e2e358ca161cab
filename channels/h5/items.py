"""`/h5/items/<id>`: a service item with everything about it; what to bring comes first. Anybody may read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp_jinja2
from aiohttp import web

from channels.h5.desk import DESK
from weijing.places import Place, find_place
from weijing.refusals import PageRefused
from weijing.service_item import ASPECTS
from weijing.service_item_card import FORMS, bases_in_short, basis_name, charge_line, chinese_day, days_lines, remark
from weijing.service_item_case import chosen_after, for_case


async def show_item(request: web.Request) -> web.StreamResponse:
    """The live item; one that is switched off is not shown."""
    backend = request.app[DESK].backend
    item = await backend.service_item(request.match_info["id"])
    if item is None or not item["active"]:
        raise PageRefused("这一项现在看不了", "内容正在更新，或链接不完整。请回到对话里直接问我，或回复“人工”。", 404)
    names = await backend.names()
    related = [(one, names[one]) for one in item["related"] if one in names]
    asked = find_place(request.query.get("place", ""))
    place, chosen = asked or find_place(request.app[DESK].settings.bureau_region), _chosen(item, request.query.getall("choice", []))
    context = {"item": for_case(item, chosen, place), "tabs": _tabs(item, chosen, asked.name if asked else ""), "related": related, "aspects": ASPECTS}
    response = aiohttp_jinja2.render_template("item.html", request, context | {"rules": _rules(item, place)})
    response.headers["Cache-Control"] = "no-cache"
    return response


def _chosen(item: Mapping[str, Any], wanted: Collection[str]) -> list[str]:
    """The choices of the item among those that the address names."""
    return [choice["name"] for situation in item.get("situations") or () for choice in situation["choices"] if choice["name"] in wanted]


def _tabs(item: Mapping[str, Any], chosen: list[str], place: str) -> list[dict[str, Any]]:
    """Each question with its choices as links, so that they work without a script; a choice that another item answers leads to its page."""
    tabs = []
    for number, situation in enumerate(item.get("situations") or ()):
        tabs.append({"question": situation["question"], "choices": [_tab(item, chosen, place, number, choice) for choice in situation["choices"]]})
    return tabs


def _tab(item: Mapping[str, Any], chosen: list[str], place: str, number: int, choice: Mapping[str, Any]) -> dict[str, Any]:
    """A second tap on a choice takes it back."""
    name, query = choice["name"], [("place", place)] if place else []
    after = [one for one in chosen if one != name] if name in chosen else chosen_after(item, chosen, {name: number})
    if choice["item"]:
        return {"name": name, "path": choice["item"], "query": urlencode(query), "on": False}
    return {"name": name, "path": item["id"], "query": urlencode([*(("choice", one) for one in after), *query]), "on": name in chosen}


def _rules(item: Mapping[str, Any], place: Place | None) -> str:
    """The places whose own rules are shown."""
    return "、".join(one["place"] for one in item.get("regions") or () if place and place.holds(one["place"]))


def _fee_in_short(item: Mapping[str, Any]) -> str:
    charges = item["fee"]["charges"]
    if len(charges) == 1:
        return f"{charges[0]['yuan']:g} 元" if charges[0]["yuan"] else "不收费"
    if charges:
        return "分项收取"
    return "见说明" if item["fee"]["note"] else "以窗口为准"


def _days_in_short(item: Mapping[str, Any]) -> str:
    limit = item["time_limit"]
    kind = {"calendar": "日", "workday": "个工作日"}[limit["day_kind"]]
    for name, days in (("承诺", limit["promised_days"]), ("法定", limit["legal_days"])):
        if days is not None:
            return f"{name} {days} {kind}内"
    return "见说明" if limit["note"] else "以窗口为准"


FILTERS: dict[str, Callable[..., Any]] = {
    "charge": charge_line, "days": days_lines, "basis": basis_name, "bases": bases_in_short, "day": chinese_day, "form": FORMS.__getitem__, "remark": remark,
    "fee_in_short": _fee_in_short, "days_in_short": _days_in_short,
}  # fmt: skip
"""How the template writes an item's parts."""

ROUTES = [web.get("/items/{id:[a-z][a-z0-9_]{2,39}}", show_item)]
