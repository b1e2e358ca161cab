"""Edits of service items: proposed by one person, approved by another, committed on the day from which they hold."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console import audit
from console.calls import Calls
from console.staff import Staff
from console.workbench.item_lines import TITLES
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


def rewritten(source: str, item: str, after: Mapping[str, Any]) -> str:
    """The file with new values for some fields of one record; the other lines stay as they are.

    Raises:
        DeskRefused: 409, the record is not there.
    """
    records = load(source)
    place = next((number for number, one in enumerate(records) if one["id"] == item), None)
    if place is None:
        raise DeskRefused("这个事项已经不在了", "没有保存。请刷新页面。")
    lines, end = source.splitlines(True), (records.lc.item(place + 1)[0] if place + 1 < len(records) else len(source.splitlines()))
    keys = list(records[place])
    for number in range(len(keys) - 1, -1, -1):
        if keys[number] in after:
            first = records[place].lc.key(keys[number])[0]
            last = records[place].lc.key(keys[number + 1])[0] if number + 1 < len(keys) else _end(lines, first, end)
            new = after[keys[number]]
            lines[first:last] = [f"  {row}\n" for row in written(keys[number], new)] if new else []
    return _with_new("".join(lines), item, {name: value for name, value in after.items() if name not in keys and value})


def _with_new(source: str, item: str, fields: Mapping[str, Any]) -> str:
    record = next(one for one in load(source) if one["id"] == item)
    line, lines = record.lc.key("owner")[0], source.splitlines(True)
    lines[line:line] = [f"  {row}\n" for name, value in fields.items() for row in written(name, value)]
    return "".join(lines)


def _end(lines: list[str], first: int, end: int) -> int:
    """Where the last field of a record ends: blank lines and comments behind it belong to the next."""
    last = end
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def written(name: str, value: Any) -> list[str]:
    """A field as lines of YAML."""
    yaml, out, field = YAML(), io.StringIO(), CommentedMap({name: _styled(value)})
    yaml.width = 10_000
    field.fa.set_block_style()
    yaml.dump(field, out)
    return out.getvalue().splitlines()


def _styled(value: Any) -> Any:
    """Lists and what is in them as the project writes them: on one line, records a line each."""
    if isinstance(value, Mapping):
        record = CommentedMap(value)
        record.fa.set_flow_style()
        return record
    if not isinstance(value, list):
        return value
    rows = CommentedSeq([_styled(one) for one in value])
    if not any(isinstance(one, Mapping) for one in value):
        rows.fa.set_flow_style()
    return rows


async def commit_due(engine: AsyncEngine, repo: Repo, calls: Calls) -> int:
    """Commit what is approved and holds from today on, and give it to the backend, from which the bot has it; returns how many.

    Raises:
        DeskRefused: an edit cannot be written any more.
        BackendUnavailable: it stays approved and is tried again.
    """
    async with engine.begin() as connection:
        rows = (await connection.execute(_DUE)).mappings().all()
        for row in rows:
            live = await calls.get(f"/v1/service-items/{row['item']}")  # before the commit: a backend that is away leaves all as it was
            commit = await asyncio.to_thread(_commit, repo, row)
            known = {name: value for name, value in live.items() if name not in _STANDING}
            await calls.put(f"/v1/service-items/{row['item']}", known | row["after"])
            await connection.execute(_DONE, {"id": row["id"], "state": "committed", "commit": commit})
            await audit.append(connection, row["by"], "item.committed", row["item"], edit=row["id"], commit=commit)
    return len(rows)


def _commit(repo: Repo, row: Mapping[str, Any]) -> str:
    files = repo.files("data/service_items/**/*.yml")
    path = next((path for path, source in files.items() if any(one["id"] == row["item"] for one in load(source))), "")
    after = dict(row["after"])
    author = Staff(row["by"], row["name"], None, frozenset())
    words = f"{row['reason']}\n\nApproved-by: {row['approved_by']}"
    return (
        repo.change({path: rewritten(files[path], row["item"], after)}, author, f"事项：{row['item']} 修改{'、'.join(after)}", words, seen=files)
        if path
        else ""
    )
