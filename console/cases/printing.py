"""`GET /cases/{number}/print.pdf`: a case on paper, with who printed it and when on every page."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

from aiohttp import web

from console import audit
from console.cases.case import values_of
from console.cases.paper import Paper, paper
from console.cases.reach import case_of
from console.cases.words import LEVELS, MODES, STATES
from console.context import console_of
from console.staff import staff_of
from weijing.workdays import SHANGHAI


async def print_case(request: web.Request) -> web.StreamResponse:
    """The file. Names and numbers of citizens stay hidden in it."""
    item, staff = case_of(request), staff_of(request)
    values = await values_of(request, item)
    at = datetime.now(timezone.utc).astimezone(SHANGHAI)
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff.id, "case.paper_made", item["number"], version=item["version"])
    happened = [(_time(one.at), "公开" if one.public else "内部", one.title, one.words, one.who) for one in values["timeline"]]
    evidence = [(one["id"], one["kind"], (kept and kept.sha256) or "未保存", _time(kept.kept_at) if kept else "") for one, kept in values["evidence"]]
    sheet = Paper(
        number=item["number"], title=values["title"], printed_by=f"{staff.name}（{staff.id}）", printed_at=f"{at:%Y-%m-%d %H:%M}", facts=_facts(values),
        content=values["facts"]["content"], timeline=happened, evidence=evidence,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="{item["number"]}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=await asyncio.to_thread(paper, sheet), content_type="application/pdf", headers=headers)


def _facts(values: dict[str, Any]) -> list[tuple[str, str]]:
    item, facts = values["case"], values["facts"]
    contact = facts["contact"]
    told = [
        ("状态", STATES[item["state"]].word), ("承办单位", values["unit_name"]), ("承办人", values["who"] or "未分派到人"),
        ("收件时间", _time(values["received"])),
        ("承诺期限", item["promised_on"] or "—"), ("法定期限", item["legal_on"] or "—"), ("督办", LEVELS[item["supervision"]]), ("辖区", item["area"] or "—"),
        ("来源", MODES[item["mode"]]), ("联系人", f"{contact['name']} {contact['phone']}" if contact else "—"),
    ]  # fmt: skip
    return [*told, *facts["fields"], *facts["details"]]


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
