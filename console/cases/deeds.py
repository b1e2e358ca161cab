"""What staff do with a case. Each deed carries the version that was seen, a key that makes it happen once, and a reason; before and after are audited."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from console import audit
from console.api import Json
from console.cases import form, words
from console.cases.case import asks_of, deeds_of, values_of
from console.cases.client import work_of
from console.cases.people import colleagues
from console.cases.reach import case_of, may_see, units_of
from console.cases.timeline import internal
from console.context import console_of
from console.page import moment
from console.staff import staff_of
from weijing.errors import BackendRefused
from weijing.refusals import DeskRefused

REFUSED = {
    "illegal_transition": ("现在不能这样办", "这件办件的状态不允许这一步。请刷新页面，看看现在能做什么。"),
    "unit_complained_of": ("不能交给这个单位", "反映民警执法和作风的，只能由督察或信访部门办理，也不能交给被反映的单位。"),
    "cannot_ask": ("这类办件不能在对话里要求补充", "请电话联系，或通过流转说明告知群众。"),
    "cannot_merge": ("这两件不能合并", "只有都在办理、类别相同、尚未并案的两件才能合并。"),
    "already_decided": ("这件已经办结", "不能再补充或提问。"),
    "in_progress": ("正在提交", "请稍等几秒，再刷新页面看看结果。"),
    "rate_limited": ("点得太快了", "请过几秒再试。"),
}
GONE = ("这件办件变了，或已不在您的权限之内", "请回到列表重新查看。")


def refused(error: BackendRefused) -> DeskRefused:
    """The API's refusal in words."""
    return DeskRefused(*REFUSED.get(error.problem, GONE), 409 if error.status == 409 else 422)


async def move(request: web.Request) -> web.StreamResponse:
    """Bring it to another state.

    Raises:
        DeskRefused: 409 for what the state machine does not allow, 422 for what is missing.
    """
    item, sent = case_of(request), await form.form_of(request)
    to = form.choice(sent, "to", "下一步", words.DEEDS)
    if to not in deeds_of(item):
        possible = "、".join(words.DEEDS[state] for state in deeds_of(item)) or "没有下一步"
        raise DeskRefused(f"现在不能{words.DEEDS[to]}", f"这件办件现在是「{words.STATES[item['state']].word}」，可以：{possible}。请刷新页面。")
    note = form.words(sent, "public_note", "告知群众的话", 1000, needed=to in words.OWED)
    body = {"to": to, "reason": form.words(sent, "reason", "理由", 500), "public_note": note or None}
    return await _do(request, "transitions", body, f"已{words.DEEDS[to]}。", "case.moved")


async def assign(request: web.Request) -> web.StreamResponse:
    """Give it to a unit and a person."""
    sent = await form.form_of(request)
    body = {**await holder(request, str(sent.get("to", ""))), "reason": form.words(sent, "reason", "理由", 500)}
    return await _do(request, "assignments", body, "已分派。", "case.assigned")


async def holder(request: web.Request, to: str) -> Json:
    """Unit and person of `unit/person`.

    Raises:
        DeskRefused: 422, there is no such unit, or the person is not of it.
    """
    unit, _, who = to.partition("/")
    person = (await colleagues(request)).get(who)
    if unit not in await units_of(request) or (who and (person is None or person.unit != unit or not person.works)):
        raise DeskRefused("还没有选择分给谁", "请选择单位，或该单位的一位同事。", 422)
    return {"unit": unit, "assignee": who or None}


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask the citizen for words or pictures, in the chat."""
    item, sent = case_of(request), await form.form_of(request)
    if not asks_of(item):
        raise DeskRefused(*REFUSED["illegal_transition"])
    body = {"question": form.words(sent, "question", "要补充的内容", 200), "kind": form.choice(sent, "kind", "补充方式", ("text", "picture"))}
    return await _do(request, "asks", body, "已发给群众。对方答复后，这件会自动回到「办理」。", "case.asked")


async def merge(request: web.Request) -> web.StreamResponse:
    """Merge it into the other case.

    Raises:
        HTTPNotFound: the other is not within reach.
    """
    sent = await form.form_of(request)
    into = form.words(sent, "into", "并入的编号", 20)
    try:
        reached = may_see(staff_of(request), await work_of(request).read(into), await units_of(request))
    except BackendRefused:
        reached = False
    if not reached:
        raise DeskRefused("没有这个编号的办件", "请核对编号；它也可能不在您的权限之内。", 422)
    return await _do(request, "merges", {"into": into, "reason": form.words(sent, "reason", "理由", 500)}, f"已并入 {into}。", "case.merged")


async def supervise(request: web.Request) -> web.StreamResponse:
    """Set the level of supervision."""
    sent = await form.form_of(request)
    level = form.number(sent, "level", "督办级别", 0, 3)
    body = {"level": level, "reason": form.words(sent, "reason", "理由", 500)}
    return await _do(request, "supervisions", body, f"已设为{words.LEVELS[level]}。", "case.supervised", versioned=False)


async def note(request: web.Request) -> web.StreamResponse:
    """Write an internal note."""
    body = {"text": form.words(await form.form_of(request), "text", "备注", 2000)}
    return await _do(request, "notes", body, "备注已保存，群众看不到。", "case.noted", versioned=False)


async def _do(request: web.Request, deed: str, body: Json, saved: str, act: str, *, versioned: bool = True) -> web.StreamResponse:
    before, staff, sent = case_of(request), staff_of(request), await form.form_of(request)
    body |= {"staff": staff.id} | ({"version": form.number(sent, "version", "版本", 1, 2**31 - 1)} if versioned else {})
    try:
        after = await work_of(request).do(before["number"], deed, body, form.key(sent))
    except BackendRefused as error:
        if error.problem == "version_conflict":
            return await _conflict(request, body, form.number(sent, "seen", "版本", 0, 10**6))
        raise refused(error) from None
    await noted(request, act, before, after)
    return await _page(request, await work_of(request).read(before["number"]), saved=saved)


async def noted(request: web.Request, act: str, before: Json, after: Json) -> None:
    """A row of the audit trail with what changed; reasons stand in the case's own history."""
    changed = audit.changes(before, after, ("state", "unit", "assignee", "supervision", "merged_into"))
    async with console_of(request).engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, act, before["number"], **changed)


async def _conflict(request: web.Request, body: Json, seen: int) -> web.StreamResponse:
    """Somebody was first: the case as it is now, what changed since, and the words that were written, so that they are not lost."""
    item = await work_of(request).read(case_of(request)["number"])
    since = internal(item, await units_of(request), await colleagues(request))[seen:]
    told = "；".join(f"{moment(one.at)} {one.who} {one.title}" + (f"（{one.words}）" if one.words else "") for one in since)
    kept = " ".join(str(body[name]) for name in ("reason", "public_note", "question") if body.get(name))
    return await _page(request, item, status=409, notice=f"没有办成：您打开以后，这件有了变动：{told or '内容已更新'}。请核对后再办。您刚才写的：{kept}")


async def _page(request: web.Request, item: Json, *, status: int = 200, **more: Any) -> web.Response:
    """The case as it is now; the list, where it left this person's reach."""
    if not may_see(staff_of(request), item, await units_of(request)):
        return web.Response(status=204, headers={"HX-Redirect": "/cases"})
    return console_of(request).pages.show(request, "cases/case.html", status=status, **await values_of(request, item, **more))
