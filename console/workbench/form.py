"""What was sent with a deed of the workbench, checked field by field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from aiohttp import web

from weijing.refusals import DeskRefused


async def sent(request: web.Request) -> dict[str, list[str]]:
    """Name -> values; files are left out."""
    form = await request.post()
    return {name: [str(one) for one in form.getall(name) if isinstance(one, str)] for name in form}


def words(form: dict[str, list[str]], name: str, title: str, longest: int, *, needed: bool = True) -> str:
    """A line of words.

    Raises:
        DeskRefused: 422, naming the field.
    """
    value = " ".join((form.get(name) or [""])[0].split())
    if "\x00" in value or len(value) > longest or (needed and not value):
        raise DeskRefused(f"「{title}」要改一下", f"请填 1 到 {longest} 个字。" if needed else f"最多 {longest} 个字。", 422)
    return value


def choice(form: dict[str, list[str]], name: str, title: str, known: Collection[str], *, needed: bool = True) -> str:
    """One of the known values, or nothing where none is needed.

    Raises:
        DeskRefused: 422, naming the field.
    """
    value = (form.get(name) or [""])[0]
    if value not in known and (needed or value):
        raise DeskRefused(f"「{title}」要选一项", "没有保存。请从列表里选一项。", 422)
    return value


def number(request: web.Request, name: str = "id") -> int:
    """The number in an address.

    Raises:
        DeskRefused: 404, it is none.
    """
    value = request.match_info[name]
    if not value.isdigit() or len(value) > 15:
        raise DeskRefused("没有这一条", "它可能已被处理。请回到列表重新选择。", 404)
    return int(value)


def found(row: Any) -> Any:
    """What a query found.

    Raises:
        DeskRefused: 404, it found nothing.
    """
    if row is None:
        raise DeskRefused("没有这一条", "它可能已被处理。请回到列表重新选择。", 404)
    return row
