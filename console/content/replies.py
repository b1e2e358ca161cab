"""Letters to the director 局长信箱 and follow-ups of bad ratings 差评回访: the list, one of them, and the answer that the citizen reads.

What is said of the police is read by inspectors alone, never by the unit it is about (人民警察法 art. 47, 信访工作条例 art. 30).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from console import audit
from console.api import Json
from console.calls import Calls
from console.content.form import new_key, read_form
from console.context import Console, console_of
from console.staff import Staff, staff_of
from weijing.refusals import DeskRefused

WORDS = 500
MOST = "200"
INSPECTORS = "supervision"
"""The kind of unit that reads what is said of the police."""


@dataclass(frozen=True)
class Kind:
    """Letters or follow-ups.

    Args:
        path, member, number: of the API.
        states: state -> how it reads, for the filter.
        came, due: when it came, and the day by which it is to be answered.
        empty: what will appear here.
    """

    path: str
    member: str
    number: str
    title: str
    noun: str
    states: dict[str, str]
    came: str
    due: str
    empty: str


LETTERS = Kind(
    "/v1/letters", "letters", "letter_no", "局长信箱", "letter", {"received": "已接收", "processing": "办理中", "transferred": "已转送", "answered": "已答复"},
    "received_at", "promised_on", "群众在对话里说“给局长写信”，来信会列在这里，快到期的在前。",
)  # fmt: skip
FOLLOW_UPS = Kind(
    "/v1/follow-ups", "follow_ups", "follow_up_no", "差评回访", "follow_up", {"open": "待回访", "answered": "已答复"}, "opened_at", "due_on",
    "群众评了差，督察要在期限内回访；待回访的会列在这里，快到期的在前。",
)  # fmt: skip
BLANK = {"kind_text": "", "item_name": "", "content": "", "words": "", "poor": [], "matter": "", "rated_unit": "", "named": True}
"""What only the one or only the other has."""
KINDS = {"letters": LETTERS, "follow-ups": FOLLOW_UPS}


async def within_reach(request: web.Request, staff: Staff) -> bool:
    """Whether there is such a one and this person may read it."""
    console, number = console_of(request), request.match_info["number"]
    found = await _find(console, _kind(request), number)
    return found is not None and (not _delicate(found) or await inspects(console, staff))


async def show_list(request: web.Request) -> web.StreamResponse:
    """Unanswered ones first; of those for inspectors others read how many there are."""
    console, kind, state = console_of(request), _kind(request), request.query.get("state", "")
    rows = (await Calls(console.http).get(kind.path, limit=MOST, state=state if state in kind.states else ""))[kind.member]
    inspector = await inspects(console, staff_of(request))
    shown = [{**BLANK, **row} for row in rows if inspector or not _delicate(row)]
    more: dict[str, Any] = {"kind": kind, "state": state, "rows": shown, "kept": len(rows) - len(shown), "done": "done" in request.query, "here": request.path}
    return console.pages.show(request, "content/letters.html", **more)


async def show_one(request: web.Request) -> web.StreamResponse:
    """One with its course and the form for the answer."""
    return await _show(request)


async def reply(request: web.Request) -> web.StreamResponse:
    """Send the answer, once for each form."""
    console, kind, number, form = console_of(request), _kind(request), request.match_info["number"], await read_form(request)
    words = form.text("words", WORDS)
    if form.faults:
        return await _show(request, words, form.faults["words"])
    answer = await Calls(console.http).post(f"{kind.path}/{number}/replies", {"words": words}, form.key)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, f"{kind.noun}.answered", number, letters=len(words), told=answer["told"])
    raise web.HTTPSeeOther(f"{request.path.rsplit('/', 2)[0]}?done=1")


async def _show(request: web.Request, words: str = "", fault: str = "") -> web.StreamResponse:
    console, kind = console_of(request), _kind(request)
    found = await _find(console, kind, request.match_info["number"])
    if found is None:
        raise DeskRefused("没有找到", "它可能已被删除。请回到列表再看。", 404)
    more: dict[str, Any] = {"kind": kind, "one": found, "number": found[kind.number], "words": words, "fault": fault, "key": new_key(), "longest": WORDS}
    return console.pages.show(request, "content/letter.html", status=422 if fault else 200, back=f"/admin/content/{request.path.split('/')[3]}", **more)


def _kind(request: web.Request) -> Kind:
    return KINDS[request.path.split("/")[3]]


async def _find(console: Console, kind: Kind, number: str) -> Json | None:
    try:
        rows: list[Json] = (await Calls(console.http).get(kind.path, **{kind.number: number}))[kind.member]
    except DeskRefused:  # no number at all
        return None
    return {**BLANK, **rows[0]} if rows else None


def _delicate(row: Json) -> bool:
    return "督察" in row["unit"]


async def inspects(console: Console, staff: Staff) -> bool:
    """Whether this person belongs to the inspectors."""
    units = (await Calls(console.http).get("/v1/units"))["units"]
    return any(unit["kind"] == INSPECTORS and unit["id"] == staff.unit_id for unit in units)
