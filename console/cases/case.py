"""`GET /cases/{number}`: one case with everything that is needed to decide on it, and its parts."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.api import Json
from console.cases import facts, form, words
from console.cases.client import work_of
from console.cases.openings import openings_of
from console.cases.people import Colleague, colleagues, name_of
from console.cases.reach import case_of, may_see, unit_name, units_of
from console.cases.timeline import timeline
from console.context import console_of
from console.evidence import kept, serve_evidence
from console.staff import staff_of
from console.trail.words import act_words, detail_words
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

_READERS = text("""
    SELECT at, staff_id, act, object, detail FROM weijing.audit
    WHERE object = :number OR (object >= :number || '/' AND object < :number || '0') ORDER BY seq DESC LIMIT 200""")


async def show_case(request: web.Request) -> web.StreamResponse:
    """The page."""
    return console_of(request).pages.show(request, "cases/page.html", **await values_of(request, case_of(request)))


async def values_of(request: web.Request, item: Json, **more: Any) -> dict[str, Any]:
    """What the templates of a case work with."""
    units, people, staff = await units_of(request), await colleagues(request), staff_of(request)
    pieces = facts.pictures_of(item)
    stored, openings = await asyncio.gather(kept(request, [one["id"] for one in pieces]), openings_of(request, item))
    return {
        "case": item, "title": words.hidden(item["title"]), "facts": facts.facts_of(item, opened=False), "words": words, "units": units, "people": people,
        "unit_name": unit_name(units, item["unit"]), "who": name_of(people, item["assignee"]),
        "deadline": words.deadline(item, datetime.now(timezone.utc)), "timeline": timeline(item, units, people), "path": words.PATHS[item["kind"]],
        "evidence": [(one, stored.get(one["id"])) for one in pieces], "may": deeds_of(item), "asks": asks_of(item), "received": when(item["received_at"]),
        "openings": openings, "mine": item["assignee"] == staff.id, "key": form.new_key, "saved": "", "notice": "", **more,
    }  # fmt: skip


def deeds_of(item: Json) -> list[str]:
    """The states that a button brings the case to, refusal last; asking for more is a deed of its own where the citizen can answer."""
    states = [state for state in item["next_states"] if state != "supplement" or item["kind"] not in words.ASKED]
    return sorted(states, key=lambda state: state == "refused")


def asks_of(item: Json) -> bool:
    """Whether the citizen can be asked for more now."""
    return item["kind"] in words.ASKED and not item["merged_into"] and ("supplement" in item["next_states"] or item["state"] == "supplement")


def when(moment: str) -> datetime:
    """A moment of the API."""
    return datetime.fromisoformat(moment)


async def open_facts(request: web.Request) -> web.StreamResponse:
    """Show what is hidden, for a reason that is written down; for this view alone."""
    item = case_of(request)
    reason = form.words(await form.form_of(request), "reason", "理由", 500)
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "case.facts_opened", item["number"], reason=reason)
    shown: Json = {"case": item, "facts": facts.facts_of(item, opened=True), "words": words, "received": when(item["received_at"])}
    return console_of(request).pages.show(request, "cases/facts.html", **shown)


async def show_evidence(request: web.Request) -> web.StreamResponse:
    """One file of this case.

    Raises:
        DeskRefused: 404, the case has no such file.
    """
    wanted = request.match_info["evidence"]
    if wanted not in {one["id"] for one in facts.pictures_of(case_of(request))}:
        raise DeskRefused("这件办件没有这份材料", "请回到办件页面，重新打开。", 404)
    return await serve_evidence(request, wanted)


async def compare(request: web.Request) -> web.StreamResponse:
    """Two cases side by side, and the form that merges them.

    Raises:
        HTTPNotFound: the other is not within reach.
    """
    item, staff, units = case_of(request), staff_of(request), await units_of(request)
    other = await other_of(request, request.match_info["other"])
    if not may_see(staff, other, units):
        raise web.HTTPNotFound
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff.id, "case.compared", other["number"], beside=item["number"])
    sides = [{"case": one, "facts": facts.facts_of(one, opened=False), "received": when(one["received_at"])} for one in (item, other)]
    people = await colleagues(request)
    return console_of(request).pages.show(request, "cases/compare.html", sides=sides, words=words, units=units, people=people, key=form.new_key)


async def other_of(request: web.Request, number: str) -> Json:
    """Another case than the one of the address.

    Raises:
        HTTPNotFound: there is none.
    """
    try:
        return await work_of(request).read(number)
    except BackendRefused:
        raise web.HTTPNotFound from None


async def show_readers(request: web.Request) -> web.StreamResponse:
    """Who read or did what with a case, for the auditor; nothing of the case itself."""
    number = request.match_info["number"]
    people: dict[str, Colleague] = await colleagues(request)
    async with console_of(request).engine.connect() as connection:
        rows = (await connection.execute(_READERS, {"number": number})).all()
    words_of: Json = {"name_of": name_of, "act_words": act_words, "detail_words": detail_words}
    return console_of(request).pages.show(request, "cases/readers.html", number=number, rows=rows, people=people, **words_of)
