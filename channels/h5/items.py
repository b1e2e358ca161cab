"""`/h5/items/<id>`: a service item with everything about it; what to bring comes first. Anybody may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from channels.h5.desk import DESK
from weijing.errors import PageRefused
from weijing.service_item import ASPECTS
from weijing.service_item_card import FORMS, bases_in_short, basis_name, charge_line, chinese_day, days_lines


async def show_item(request: web.Request) -> web.StreamResponse:
    """The live item; one that is switched off is not shown."""
    backend = request.app[DESK].backend
    item = await backend.service_item(request.match_info["id"])
    if item is None or not item["active"]:
        raise PageRefused("这一项现在看不了", "内容正在更新，或链接不完整。请回到对话里直接问我，或回复“人工”。", 404)
    names = await backend.names()
    related = [(one, names[one]) for one in item["related"] if one in names]
    response = aiohttp_jinja2.render_template("item.html", request, {"item": item, "related": related, "aspects": ASPECTS})
    response.headers["Cache-Control"] = "no-cache"
    return response


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
    "charge": charge_line, "days": days_lines, "basis": basis_name, "bases": bases_in_short, "day": chinese_day, "form": FORMS.__getitem__,
    "fee_in_short": _fee_in_short, "days_in_short": _days_in_short,
}  # fmt: skip
"""How the template writes an item's parts."""

ROUTES = [web.get("/items/{id:[a-z][a-z0-9_]{2,39}}", show_item)]
