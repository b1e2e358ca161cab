"""Edits of service items: proposed by one person, approved by another, committed on the day from which they hold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console import audit
from console.calls import Calls
from console.staff import Staff
from console.workbench.item_lines import TITLES
from console.workbench.item_records import added, rewritten, without
from console.workbench.lines import load
from console.workbench.repo import Repo
from weijing.errors import ServiceItemError
from weijing.refusals import DeskRefused
from weijing.service_items import parse_item

_DUE = text("""
    SELECT e.*, coalesce(s.name, e.by) AS name FROM weijing.item_edits e LEFT JOIN weijing.staff s ON s.id = e.by
    WHERE e.state = 'approved' AND e.effective_on <= CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date) ORDER BY e.id FOR UPDATE OF e SKIP LOCKED LIMIT 20""")
_STANDING = ("version", "active", "expired")
"""How an item stands, in the API's answer; no fields of the record."""
_DONE = text("UPDATE weijing.item_edits SET state = :state, commit = :commit WHERE id = :id")


def checked(record: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the new fields.

    Raises:
        DeskRefused: 422, it would not be a valid service item; the words name the field.
    """
    whole = {**record, **after}
    for name, value in after.items():
        if not value:
            whole.pop(name, None)
    try:
        parse_item(whole, "item")
    except ServiceItemError as error:
        place = error.message.removeprefix(f"item: {record['id']}.")
        title = TITLES.get(place.partition(":")[0].partition("[")[0].partition(".")[0], "事项")
        raise DeskRefused("这样改，事项就不完整了", f"没有保存。请检查「{title}」：{place}", 422) from error
    if after.get("fee") and not any("fee" in basis.get("aspects", ()) for basis in whole["legal_basis"]):
        raise DeskRefused("收费要有依据", "没有保存。请在「依据」里写上它的法律和条文（或文号），后面写「费用」；没核实的，把费用留空。", 422)
    return whole


async def commit_due(engine: AsyncEngine, repo: Repo, calls: Calls) -> int:
    """Commit what is approved and holds from today on, and give it to the backend, from which the bot has it; returns how many.

    Raises:
        DeskRefused: an edit cannot be written any more.
        BackendUnavailable: it stays approved and is tried again.
    """
    async with engine.begin() as connection:
        rows = (await connection.execute(_DUE)).mappings().all()
        for row in rows:
            address = f"/v1/service-items/{row['item']}"
            live = await calls.get(address) if row["before"] else {}  # before the commit: a backend that is away leaves all as it was
            commit = await asyncio.to_thread(_commit, repo, row)
            known = {name: value for name, value in live.items() if name not in _STANDING}
            await (calls.put(address, known | row["after"]) if row["after"] else calls.put(f"{address}/active", {"active": False}))
            await connection.execute(_DONE, {"id": row["id"], "state": "committed", "commit": commit})
            await audit.append(connection, row["by"], "item.committed", row["item"], edit=row["id"], commit=commit)
    return len(rows)


def _commit(repo: Repo, row: Mapping[str, Any]) -> str:
    files = repo.files("data/service_items/**/*.yml")
    changed, subject = _changed(files, row)
    author, words = Staff(row["by"], row["name"], None, frozenset()), f"{row['reason']}\n\nApproved-by: {row['approved_by']}"
    return repo.change(changed, author, subject, words, seen=files) if changed else ""


def _changed(files: Mapping[str, str], row: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """(files as they will be, subject of the commit): a new item, one less, or other fields."""
    item, after = row["item"], dict(row["after"])
    path = next((path for path, source in files.items() if any(one["id"] == item for one in load(source))), "")
    if not row["before"]:  # proposed twice, it is added once
        return {} if path else added(files, after), f"事项：新增 {item}"
    if not after:
        return {path: without(files[path], item)} if path else {}, f"事项：删去 {item}"
    return {path: rewritten(files[path], item, after)} if path else {}, f"事项：{item} 修改{'、'.join(after)}"
