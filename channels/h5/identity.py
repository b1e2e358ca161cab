"""`/h5/identity`: bind an identity, see whether it is bound, unbind it.

Name, identity number and phone are taken with a consent of their own (个人信息保护法 arts. 29, 30) and are used once, to compare; name and
phone are kept sealed for appointments. The page tells so.
"""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from channels.h5.desk import DESK, read_form, render
from channels.h5.fields import Field, Filled, compact, read_fields
from weijing.identifiers import id_number_is_valid

FORM = "bind_identity"
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·]{0,28}[\u3400-\u9fff\U00020000-\U0003ffff]")
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PHONE = re.compile(r"1[3-9][0-9]{9}")


def _name_fault(value: str) -> str:
    if not value:
        return "请填写姓名。"
    return "" if _NAME.fullmatch(value) else "请按身份证填写中文姓名，不用空格；少数民族姓名中间的点用“·”。"


def _id_number_fault(value: str) -> str:
    if not value:
        return "请填写身份证号码。"
    if len(value) != 18:
        return f"身份证号码应是 18 位，您填了 {len(value)} 位，请核对。"
    if not _ID_NUMBER.fullmatch(value):
        return "身份证号码只有数字，最后一位可以是 X，请核对。"
    return "" if id_number_is_valid(value) else "这个身份证号码不对，可能写错了一位，请逐位核对。"


def _phone_fault(value: str) -> str:
    if not value:
        return "请填写手机号。"
    return "" if _PHONE.fullmatch(value) else "手机号应是 11 位数字，以 1 开头，请核对。"


def _consent_fault(value: str) -> str:
    return "" if value == "yes" else "要您单独同意，我们才能核对这些信息。不同意也可以照常咨询和办事。"


def _phone(text: str) -> str:
    digits = compact(text).replace("-", "")
    return digits[3:] if digits.startswith("+86") else digits


FIELDS = (
    Field("name", _name_fault, lambda text: "".join(text.split()).replace("•", "·").replace(".", "·")),
    Field("id_number", _id_number_fault, compact),
    Field("phone", _phone_fault, _phone),
    Field("consent", _consent_fault),
)


async def show(request: web.Request) -> web.StreamResponse:
    """The form, or whom the user is bound to."""
    desk = request.app[DESK]
    openid = await desk.user(request)
    bound = await desk.backend.identity(openid)
    return _page(request, openid, bound["name"] or "", Filled({field.name: "" for field in FIELDS}, {}))


async def bind(request: web.Request) -> web.StreamResponse:
    """Check the form here, send it as one message, show the answer."""
    desk, sent = request.app[DESK], await read_form(request)
    token = str(sent.get("token", ""))
    openid = await desk.sender(request, token, FORM)
    filled = read_fields(sent, FIELDS)
    if filled.errors:
        return _page(request, openid, "", filled, 422)
    details = {name: filled.values[name] for name in ("name", "id_number", "phone")}
    return await desk.answer(request, desk.submissions.message(openid, FORM, token, details), "answer.html", _TITLES)


async def unbind(request: web.Request) -> web.StreamResponse:
    """Unbind; the same way through the bot, so that one process writes."""
    desk, sent = request.app[DESK], await read_form(request)
    token = str(sent.get("token", ""))
    openid = await desk.sender(request, token, FORM)
    return await desk.answer(request, desk.submissions.message(openid, FORM, token, {"deed": "unbind"}), "answer.html", _TITLES)


def _page(request: web.Request, openid: str, bound: str, filled: Filled, status: int = 200) -> web.Response:
    token = request.app[DESK].tokens.make(openid, FORM)
    context: dict[str, Any] = {"bound": bound, "values": filled.values, "errors": filled.errors, "token": token}
    return render(request, "identity.html", context, status)


_TITLES = {"title": "身份绑定", "back": ("identity", "再看一次绑定情况")}
ROUTES = [web.get("/identity", show), web.post("/identity", bind), web.post("/identity/unbind", unbind)]
