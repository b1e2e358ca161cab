"""Sealed reporters: one asks with a reason, another person approves, who asked reads for half an hour; the auditor sees every opening and reading.

Secrecy of who reports: 公安机关办理行政案件程序规定 art. 63, 公安机关办理刑事案件程序规定 art. 173.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from console import audit
from console.api import Json
from console.cases import form
from console.cases.client import work_of
from console.cases.people import colleagues
from console.cases.reach import case_of, may_see, units_of
from console.context import console_of
from console.staff import Staff, staff_of
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

OPEN_FOR = timedelta(minutes=30)
STATES = {"asked": "等待批准", "approved": "已批准", "expired": "已到期"}
REFUSED = {
    "same_person": ("不能批准自己的申请", "开启密封身份要两个人：请另一位主管批准。"),
    "already_approved": ("这份申请已经批准过了", "到期后需要再看，请重新申请。"),
    "not_approved": ("还没有批准", "请等另一位主管批准。"),
    "opening_expired": ("已过三十分钟", "需要再看，请重新申请。"),
    "not_sealed": ("这件举报没有密封身份", "无需申请。"),
}


def refused(error: BackendRefused) -> DeskRefused:
    """The API's refusal in words."""
    return DeskRefused(*REFUSED.get(error.problem, ("没有这份申请", "它可能不归您，或已不存在。")), 409 if error.problem in REFUSED else 404)


async def openings_of(request: web.Request, item: Json) -> list[Json]:
    """The openings of a sealed case, newest first."""
    if item["mode"] != "sealed":
        return []
    people = await colleagues(request)
    return [_shown(one, people, staff_of(request)) for one in await work_of(request).openings() if one["report_no"] == item["number"]]


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask to open."""
    item, staff, sent = case_of(request), staff_of(request), await form.form_of(request)
    reason, key = form.words(sent, "reason", "理由", 500), form.key(sent)
    try:
        made = await work_of(request).ask_opening(item["number"], staff.id, reason, key)
    except BackendRefused as error:
        raise refused(error) from None
    await _note(request, "seal.asked", item["number"], opening=made["opening_id"], reason=reason)
    return await _panel(request, item, "已提交开启申请。另一位主管批准后，您有三十分钟可以查看。")


async def approve(request: web.Request) -> web.StreamResponse:
    """Approve what another person asked for.

    Raises:
        DeskRefused: 409, the same person asked, or it was approved before; 404.
    """
    staff, opening = staff_of(request), request.match_info["opening"]
    number = (await _opening(request, opening))["report_no"]
    try:
        await work_of(request).approve_opening(opening, staff.id, form.key(await form.form_of(request)))
    except BackendRefused as error:
        raise refused(error) from None
    await _note(request, "seal.approved", number, opening=int(opening))
    return await _list(request, "已批准。申请人现在起三十分钟内可以查看。")


async def show_reporter(request: web.Request) -> web.StreamResponse:
    """Name and phone for who asked; the reading stands in both trails before it is shown.

    Raises:
        DeskRefused: 409, not approved or too late; 404, another person's.
    """
    item, staff, opening = case_of(request), staff_of(request), request.match_info["opening"]
    if (await _opening(request, opening))["report_no"] != item["number"]:
        raise DeskRefused("没有这份申请", "它不是这件办件的。", 404)
    try:
        reporter = await work_of(request).reporter(opening, staff.id)
    except BackendRefused as error:
        raise refused(error) from None
    await _note(request, "seal.read", item["number"], opening=int(opening))
    return console_of(request).pages.show(request, "cases/reporter.html", reporter=reporter)


async def reach_opening(request: web.Request, staff: Staff) -> bool:
    """Whether the report of an opening is within a person's reach."""
    try:
        item = await work_of(request).read((await _opening(request, request.match_info["opening"]))["report_no"])
    except (BackendRefused, web.HTTPNotFound):
        return False
    return may_see(staff, item, await units_of(request))


async def show_openings(request: web.Request) -> web.StreamResponse:
    """The list: all for the auditor; for others those of cases within their reach."""
    return await _list(request, "")


async def _list(request: web.Request, saved: str) -> web.Response:
    staff, people = staff_of(request), await colleagues(request)
    rows = [_shown(one, people, staff) for one in await work_of(request).openings()]
    if not staff.has("auditor"):
        units, numbers = await units_of(request), {one["report_no"] for one in rows}
        seen = {item["number"] for item in await asyncio.gather(*(work_of(request).read(number) for number in numbers)) if may_see(staff, item, units)}
        rows = [one for one in rows if one["report_no"] in seen]
    return console_of(request).pages.show(request, "cases/openings.html", rows=rows, states=STATES, saved=saved, key=form.new_key)


async def _panel(request: web.Request, item: Json, saved: str) -> web.Response:
    openings = await openings_of(request, item)
    return console_of(request).pages.show(request, "cases/sealed.html", case=item, openings=openings, saved=saved, key=form.new_key)


async def _opening(request: web.Request, opening: str) -> Json:
    found: Json | None = next((one for one in await work_of(request).openings() if str(one["opening_id"]) == opening), None)
    if found is None:
        raise web.HTTPNotFound
    return found


async def _note(request: web.Request, act: str, number: str, **detail: Any) -> None:
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, act, number, **detail)


def _shown(one: Json, people: Any, staff: Staff) -> Json:
    names = {name: people[one[name]].name if one[name] in people else one[name] or "" for name in ("asked_by", "approved_by")}
    approved = datetime.fromisoformat(one["approved_at"]) if one["approved_at"] else None
    readings = [(people[read["staff"]].name if read["staff"] in people else read["staff"], datetime.fromisoformat(read["at"])) for read in one["readings"]]
    own = one["asked_by"] == staff.id
    return {
        **one, "asker": names["asked_by"], "approver": names["approved_by"], "asked_at": datetime.fromisoformat(one["asked_at"]), "approved_at": approved,
        "until": approved + OPEN_FOR if approved else None, "readings": readings, "own": own, "word": STATES[one["state"]],
    }  # fmt: skip
