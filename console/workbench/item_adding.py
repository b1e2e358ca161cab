"""A service item that there is not yet, or that shall be no more: proposed like an edit of all its fields, approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from console.context import console_of
from console.workbench import item_fields, item_lines
from console.workbench.bench import bench_of
from console.workbench.corpus import Corpus, Item
from console.workbench.form import choice, sent, words
from console.workbench.item_edits import checked
from console.workbench.item_proposals import day_of, keep
from weijing.refusals import DeskRefused
from weijing.service_item import CATEGORIES, MAY_BE_UNCONFIRMED
from weijing.workdays import today


def empty() -> dict[str, Any]:
    """A record of which nothing is known yet; its facts are looked up again within a year."""
    now = today()
    return {"unconfirmed": list(MAY_BE_UNCONFIRMED), "valid_from": now, "review_by": date(now.year + 1, now.month, min(now.day, 28))}


async def show_new(request: web.Request) -> web.StreamResponse:
    """An empty form."""
    names = {"titles": item_lines.TITLES, "hints": item_lines.HINTS, "categories": CATEGORIES}
    shown: dict[str, Any] = {"fields": item_fields.fields(empty()), **names, "today": today()}
    return console_of(request).pages.show(request, "workbench/item_new.html", **shown)


async def propose_new(request: web.Request) -> web.StreamResponse:
    """Ask a second person to approve a new item.

    Raises:
        DeskRefused: 422 it would not be valid, 409 its id, name or an alias is another's.
    """
    corpus, form = await bench_of(request).corpora.now(), await sent(request)
    known = {"id": words(form, "id", "编号", 40), "category": choice(form, "category", "类别", CATEGORIES), "owner": words(form, "owner", "归口单位", 40)}
    record = checked(known, {**empty(), **item_fields.changes(empty(), form)})
    _alone(corpus, record)
    await keep(request, record["id"], {}, record, words(form, "reason", "为什么新增，依据是什么", 500), day_of(form))
    raise web.HTTPSeeOther(f"/workbench/items/{record['id']}")


async def propose_removal(request: web.Request) -> web.StreamResponse:
    """Ask a second person to approve that an item goes: out of the data, and the bot gives it no more. Applications keep its name.

    Raises:
        DeskRefused: 404 there is none, 409 another item leads to it.
    """
    corpus, form, item = await bench_of(request).corpora.now(), await sent(request), request.match_info["item"]
    if item not in corpus.items:
        raise DeskRefused("没有这个事项", "它可能已被删去。请刷新列表。", 404)
    leading = [one.name for one in corpus.items.values() if item in one.record.get("related", ())]
    if leading:
        raise DeskRefused("还有事项指向它", f"请先在这些事项里去掉它：{'、'.join(leading[:5])}。只想停用，点「立即关闭」就行。")
    await keep(request, item, corpus.items[item].record, {}, words(form, "reason", "为什么删去", 500), day_of(form))
    raise web.HTTPSeeOther(f"/workbench/items/{item}")


def waiting_item(item: str, edits: list[Mapping[str, Any]]) -> Item | None:
    """A new item that waits for approval, as a page shows one; without a path, for no file holds it."""
    record = next((dict(edit["after"]) for edit in edits if not edit["before"]), None)
    return Item(item, str(record["name"]), str(record["category"]), (), (), "", 0, record) if record else None


def _alone(corpus: Corpus, record: Mapping[str, Any]) -> None:
    if record["id"] in corpus.items:
        raise DeskRefused("这个编号已经有了", "请换一个，比如在后面加上业务的字。")
    taken = {word: one.name for one in corpus.items.values() for word in (one.name, *one.record.get("aliases", ()))}
    twice = next((word for word in (record["name"], *record.get("aliases", ())) if word in taken), "")
    if twice:
        raise DeskRefused("名称或别名重了", f"「{twice}」已经是事项「{taken[twice]}」的。请换一个，或去改那个事项。")
