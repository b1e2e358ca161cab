"""Reading a form: every field is checked and limited, and what is wrong is said beside the field that it is about."""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web


class Form:
    """One form that was sent.

    Args:
        values: field -> what was typed, without white space around it.
    """

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values
        self.faults: dict[str, str] = {}
        """Field -> what to do about it, Chinese; empty when all is well."""

    def raw(self, name: str) -> str:
        """What was typed, to be shown again; empty when nothing was."""
        return self._values.get(name, [""])[0]

    def words(self, name: str, label: str, most: int, *, least: int = 1) -> str:
        """A text of so many characters."""
        value = self.raw(name)
        if len(value) < least:
            self.faults[name] = f"请填写{label}" if not value else f"{label}至少 {least} 个字"
        elif len(value) > most:
            self.faults[name] = f"{label}最多 {most} 个字，现在是 {len(value)} 个"
        return value

    def whole(self, name: str, label: str, least: int, most: int) -> int:
        """A whole number within limits."""
        value = self.raw(name)
        if value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most:
            return int(value)
        self.faults[name] = f"{label}是 {least} 到 {most} 的整数"
        return least

    def one(self, name: str, label: str, known: Collection[str]) -> str:
        """One of what is offered."""
        value = self.raw(name)
        if value not in known:
            self.faults[name] = f"请选择{label}"
        return value

    def several(self, name: str, known: Collection[str]) -> list[str]:
        """Those of what is offered that were ticked."""
        return sorted(set(self._values.get(name, [])) & set(known))

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.raw(name))


async def read_form(request: web.Request) -> Form:
    """The form of a request; files in it are left out."""
    values: dict[str, list[str]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value.replace("\0", "").strip())
    return Form(values)
