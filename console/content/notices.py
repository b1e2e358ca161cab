"""Notices 公告预警: publish one with a look at how the phone shows it, withdraw one with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from console import audit
from console.api import Json
from console.calls import Calls
from console.content.form import Form, new_key, read_form
from console.context import console_of
from console.staff import staff_of
from weijing.notice_text import KINDS, full_text, told_text
from weijing.refusals import DeskRefused
from weijing.workdays import SHANGHAI

MOST = "50"
TITLE, BODY, LINK, REASON = 40, 600, 300, 200
DONE = {"published": "已发布，{told} 位订阅的群众会收到。", "withdrawn": "已撤回，还没收到的群众不会再收到。"}


async def show_notices(request: web.Request) -> web.StreamResponse:
    """Those in force."""
    console, kind = console_of(request), request.query.get("kind", "")
    told = await Calls(console.http).get("/v1/notices", limit=MOST, kind=kind if kind in KINDS else "")
    done = DONE.get(request.query.get("done", ""), "").format(told=request.query.get("told", "")[:9])
    return console.pages.show(request, "content/notices.html", notices=told["notices"], kinds=KINDS, kind=kind, done=done, told=told_text, full=full_text)


async def show_new_notice(request: web.Request) -> web.StreamResponse:
    """The form."""
    return await _form(request, Form({"kind": "service", "key": new_key()}))


async def preview_notice(request: web.Request) -> web.StreamResponse:
    """How the phone shows what is typed so far."""
    form = await read_form(request)
    notice = {**_read(form), "published_at": datetime.now(SHANGHAI).isoformat()}
    return console_of(request).pages.show(request, "content/phone.html", notice=_shown(notice), told=told_text, full=full_text)


async def publish_notice(request: web.Request) -> web.StreamResponse:
    """Publish it, once for each form."""
    console, form = console_of(request), await read_form(request)
    notice = _read(form)
    if form.faults:
        return await _form(request, form, 422)
    answer = await Calls(console.http).post("/v1/notices", notice, form.key)
    number = answer["notice"]["id"]
    async with console.engine.begin() as connection:
        facts = {name: notice[name] for name in ("kind", "title", "areas", "urgent", "pinned")}
        await audit.append(connection, staff_of(request).id, "notice.published", str(number), told=answer["told"], **facts)
    raise web.HTTPSeeOther(f"/admin/content/notices?done=published&told={answer['told']}")


async def withdraw_notice(request: web.Request) -> web.StreamResponse:
    """Take it back.

    Raises:
        DeskRefused: no reason, or there is no such notice.
    """
    console, form, number = console_of(request), await read_form(request), request.match_info["number"]
    reason = form.text("reason", REASON)
    if form.faults:
        raise DeskRefused("没有撤回", f"撤回的原因：{form.faults['reason']}。", 422)
    await Calls(console.http).post(f"/v1/notices/{number}/withdraw", {"reason": reason}, form.key)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff_of(request).id, "notice.withdrawn", number, reason=reason)
    raise web.HTTPSeeOther("/admin/content/notices?done=withdrawn")


def _read(form: Form) -> Json:
    expires, link = form.moment("expires_at"), form.text("link", LINK, needed=False)
    if link and not link.startswith("https://"):
        form.faults["link"] = "要以 https:// 开头"
    title = form.text("title", TITLE)
    if "\n" in title:
        form.faults["title"] = "标题只有一行"
    return {
        "kind": form.choice("kind", KINDS), "title": title, "body": form.text("body", BODY), "link": link or None,
        "areas": [area for area in form.sent.get("areas", "").split(",") if area], "expires_at": expires.isoformat() if expires else None,
        "pinned": "pinned" in form.sent, "urgent": "urgent" in form.sent,
    }  # fmt: skip


def _shown(notice: Json) -> Json:
    return {**notice, "kind": notice["kind"] if notice["kind"] in KINDS else "other", "title": notice["title"] or "标题", "body": notice["body"] or "正文"}


async def _form(request: web.Request, form: Form, status: int = 200) -> web.StreamResponse:
    console = console_of(request)
    areas = (await Calls(console.http).get("/v1/notices", limit="1"))["areas"]
    shown: dict[str, Any] = {"form": form, "kinds": KINDS, "areas": areas, "limits": {"title": TITLE, "body": BODY, "link": LINK}}
    notice = _shown({**_read(Form(form.sent)), "published_at": datetime.now(SHANGHAI).isoformat()})
    return console.pages.show(request, "content/new_notice.html", status=status, notice=notice, told=told_text, full=full_text, **shown)
