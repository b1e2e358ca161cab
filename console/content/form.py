"""What was typed into a form, checked field by field; the page shows each fault beside its field."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from aiohttp import web

from weijing.workdays import SHANGHAI

KEY = 64
"""Letters of the key under which a form is handed in once."""


class Form:
    """One form that was handed in.

    Args:
        sent: names and values.
    """

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent = {name: str(value) for name, value in sent.items() if isinstance(value, str)}
        self.faults: dict[str, str] = {}

    def value(self, name: str) -> str:
        """What was typed, as the field shows it again."""
        return self.sent.get(name, "")

    def text(self, name: str, longest: int, *, needed: bool = True) -> str:
        """Words without what no text holds."""
        value = self.value(name).replace("\r\n", "\n").strip()
        if "\x00" in value:
            self.faults[name] = "有看不见的字符，请重新输入"
        elif needed and not value:
            self.faults[name] = "请填写"
        elif len(value) > longest:
            self.faults[name] = f"最多 {longest} 个字，现在是 {len(value)} 个"
        return value

    def choice(self, name: str, known: Collection[str]) -> str:
        """One of the known values."""
        value = self.value(name)
        if value not in known:
            self.faults[name] = "请选一项"
        return value

    def day(self, name: str) -> date:
        """A day; today where there is none, with a fault."""
        try:
            return date.fromisoformat(self.value(name))
        except ValueError:
            self.faults[name] = "请填日期，比如 2026-12-01"
            return datetime.now(SHANGHAI).date()

    def moment(self, name: str) -> datetime | None:
        """A moment to come in Shanghai, or none."""
        if not (value := self.value(name)):
            return None
        try:
            found = datetime.fromisoformat(value).replace(tzinfo=SHANGHAI)
        except ValueError:
            self.faults[name] = "请填日期和时间"
            return None
        if found <= datetime.now(SHANGHAI):
            self.faults[name] = "要晚于现在"
        return found

    @property
    def key(self) -> str:
        """Under which it is handed in once, however often the button is pressed."""
        return self.sent.get("key", "")[:KEY] or new_key()


def new_key() -> str:
    """For a fresh form."""
    return secrets.token_hex(16)


async def read_form(request: web.Request) -> Form:
    """The form of a request; fields that came several times are joined by commas."""
    sent = await request.post()
    return Form({name: ",".join(str(value) for value in sent.getall(name)) for name in sent})
