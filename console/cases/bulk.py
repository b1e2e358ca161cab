"""`POST /cases/assignments`: several cases to one unit or person at once."""

from __future__ import annotations

import hashlib
import re

from aiohttp import web

from console.api import Json
from console.cases import form
from console.cases.client import work_of
from console.cases.deeds import holder, noted
from console.cases.reach import may_see, units_of
from console.context import console_of
from console.staff import staff_of
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

MOST = 100
_ITEM = re.compile(r"([AJXBH][0-9]{4}-[0-9]{6,9}):([0-9]{1,9})")


async def assign_several(request: web.Request) -> web.StreamResponse:
    """Give each of them, if it is within reach and nobody changed it since; what was not done is said, by number.

    Raises:
        DeskRefused: 422, nothing was chosen or something is missing.
    """
    sent = await form.form_of(request)
    picked = [found for value in sent.getall("item", []) if (found := _ITEM.fullmatch(str(value)))][:MOST]
    if not picked:
        raise DeskRefused("还没有选择办件", "请先勾选要分派的办件。", 422)
    body = {**await holder(request, str(sent.get("to", ""))), "reason": form.words(sent, "reason", "理由", 500)}
    left = [found[1] for found in picked if not await _give(request, found[1], {**body, "version": int(found[2])}, form.key(sent))]
    done = len(picked) - len(left)
    words = f"有 {len(left)} 件没有分派：{'、'.join(left)}。它们刚被别人改动，或不能交给这个单位。" if left else ""
    toast: Json = {"title": f"已分派 {done} 件", "words": words or "列表已更新。", "kind": "bad" if left else ""}
    return console_of(request).pages.show(request, "cases/assigned.html", **toast)


async def _give(request: web.Request, number: str, body: Json, key: str) -> bool:
    staff, work = staff_of(request), work_of(request)
    try:
        before = await work.read(number)
        if not may_see(staff, before, await units_of(request)):
            return False
        own = hashlib.sha256(f"{key} {number}".encode()).hexdigest()[:32]
        await noted(request, "case.assigned", before, await work.do(number, "assignments", {**body, "staff": staff.id}, own))
    except BackendRefused:
        return False
    return True
