"""What a deed's form holds, checked field by field; the person reads which one is wrong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection

from aiohttp import web
from multidict import MultiDictProxy

from weijing.refusals import DeskRefused

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """What makes a form's deed happen once, however often its button is pressed."""
    return secrets.token_hex(16)


async def form_of(request: web.Request) -> Form:
    """The form that came."""
    return await request.post()


def words(form: Form, name: str, label: str, longest: int, *, needed: bool = True) -> str:
    """A text field without spaces around it.

    Raises:
        DeskRefused: 422, it is empty or too long.
    """
    value = str(form.get(name, "")).replace("\x00", "").strip()
    if needed and not value:
        raise DeskRefused(f"还没有填写{label}", f"请填写{label}，再提交一次。", 422)
    if len(value) > longest:
        raise DeskRefused(f"{label}太长了", f"{label}最多 {longest} 字，现在有 {len(value)} 字。", 422)
    return value


def choice(form: Form, name: str, label: str, choices: Collection[str]) -> str:
    """One of the choices.

    Raises:
        DeskRefused: 422, it is none of them.
    """
    value = str(form.get(name, ""))
    if value not in choices:
        raise DeskRefused(f"还没有选择{label}", f"请选择{label}，再提交一次。", 422)
    return value


def number(form: Form, name: str, label: str, least: int, most: int) -> int:
    """A whole number.

    Raises:
        DeskRefused: 422, it is none or out of bounds.
    """
    value = str(form.get(name, ""))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise DeskRefused(f"{label}不对", "请刷新页面，再试一次。", 422)
    return int(value)


def key(form: Form) -> str:
    """The key of the form.

    Raises:
        DeskRefused: 422, the page did not send it.
    """
    value = str(form.get("key", ""))
    if not _KEY.fullmatch(value):
        raise DeskRefused("这一页过期了", "没有办成。请刷新页面，再试一次。", 422)
    return value
