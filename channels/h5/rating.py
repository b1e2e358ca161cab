"""`/h5/rate?m=<matter>&s=<signature>`: rate how a matter was handled. The link is one user's: it is signed over matter and openid."""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from typing import Any

from aiohttp import web

from channels.h5.desk import DESK, read_form, render
from channels.h5.fields import Field, Filled, read_fields
from store.message import Message
from store.turns import now_ms
from weijing.emergency import screen
from weijing.errors import StoreUnavailable
from weijing.links import rating_signature
from weijing.refusals import PageRefused

FORM = "rate_service"
LONGEST = 500
MARKS = {"good": "优", "fair": "良", "poor": "差"}
QUESTIONS = {"quality": "办得怎么样", "procedure": "手续和流程", "attitude": "服务态度"}
_MATTER = re.compile(r"[ABDJKXY][0-9]{4}-[0-9]{6,9}")


def _mark_fault(value: str) -> str:
    return "" if value in MARKS else "请选一个：优、良或差。"


def _words_fault(value: str) -> str:
    return f"最多写 {LONGEST} 个字，请删去一些。" if len(value) > LONGEST else ""


FIELDS = (*(Field(name, _mark_fault) for name in QUESTIONS), Field("words", _words_fault, lambda text: text.strip().replace("\r\n", "\n"), LONGEST))


async def show(request: web.Request) -> web.StreamResponse:
    """The form; without a matter it says how one gets to rate."""
    if "m" not in request.query:
        words = "办件办结后，我们会在对话里把这件事的评价链接发给您，点开就能评。现在就有意见，可以在对话里说“我要投诉”。"
        return render(request, "notice.html", {"title": "从收到的链接进来评价", "words": words, "again": "", "warning": False})
    openid = await request.app[DESK].user(request)
    matter = _own(request, openid, request.query["m"], request.query.get("s", ""))
    return _page(request, openid, matter, request.query["s"], Filled({field.name: "" for field in FIELDS}, {}))


async def rate(request: web.Request) -> web.StreamResponse:
    """Check the form here, send it as one message, show the answer. Words that tell of danger get the card first and go to a person."""
    desk, sent = request.app[DESK], await read_form(request)
    token, given, signature = (str(sent.get(name, "")) for name in ("token", "m", "s"))
    openid = await desk.sender(request, token, FORM)
    matter = _own(request, openid, given, signature)
    filled = read_fields(sent, FIELDS)
    if filled.errors:
        return _page(request, openid, matter, signature, filled, 422)
    message = desk.submissions.message(openid, FORM, token, {"matter": matter, **filled.values})
    card = screen(filled.values["words"])
    if card:
        alarm = Message(f"{message.key[:31]}!", openid, text=filled.values["words"], at=now_ms(), emergency=True)
        with suppress(StoreUnavailable):  # the card goes out whether or not this works
            await desk.submissions.tell(alarm)
        return render(request, "notice.html", {"title": "先保证安全", "words": card.text, "again": "", "warning": True})
    return await desk.answer(request, message, "answer.html", {"title": "评价", "back": None})


def _own(request: web.Request, openid: str, matter: str, signature: str) -> str:
    """The matter, if the link was signed for this user.

    Raises:
        PageRefused: it was not.
    """
    expected = rating_signature(request.app[DESK].settings, matter, openid) if _MATTER.fullmatch(matter) else ""
    if not expected or not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape")):
        raise PageRefused("这个评价链接打不开", "链接不完整，或不是发给您的。请在收到它的微信里，从对话中重新点开。", 403)
    return matter


def _page(request: web.Request, openid: str, matter: str, signature: str, filled: Filled, status: int = 200) -> web.Response:
    context: dict[str, Any] = {"matter": matter, "signature": signature, "values": filled.values, "errors": filled.errors}
    context |= {"questions": QUESTIONS, "marks": MARKS, "longest": LONGEST, "token": request.app[DESK].tokens.make(openid, FORM)}
    return render(request, "rate.html", context, status)


ROUTES = [web.get("/rate", show), web.post("/rate", rate)]
