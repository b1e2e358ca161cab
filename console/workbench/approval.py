"""Labels of critical intents that wait for a second person."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text

from console import audit
from console.context import console_of
from console.staff import Staff, staff_of
from console.workbench import labels
from console.workbench.bench import bench_of
from console.workbench.form import choice, found, number, sent
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused

_WAITING = text("""
    SELECT l.*, coalesce(s.name, l.by) AS name FROM weijing.labels l LEFT JOIN weijing.staff s ON s.id = l.by
    WHERE l.state = 'proposed' ORDER BY l.at LIMIT 100""")
_LOCK = text("""
    SELECT l.*, coalesce(s.name, l.by) AS name FROM weijing.labels l LEFT JOIN weijing.staff s ON s.id = l.by WHERE l.id = :id FOR UPDATE OF l""")
_DECIDE = text("UPDATE weijing.labels SET state = :state, approved_by = :by, commit = :commit, decided_at = now() WHERE id = :id")
_REOPEN = text("UPDATE weijing.review SET state = 'flagged', decided_at = now() WHERE id = :id AND state = 'labelled'")


async def show(request: web.Request) -> web.StreamResponse:
    """What waits; one's own cannot be approved."""
    return await _show(request, "workbench/approvals.html")


async def decide(request: web.Request) -> web.StreamResponse:
    """Approve it, which commits it, or send it back to the queue as doubtful.

    Raises:
        DeskRefused: 403 one's own, 409 decided already.
    """
    console, bench, staff, form = console_of(request), bench_of(request), staff_of(request), await sent(request)
    state = choice(form, "to", "审批", ("approved", "rejected"))
    async with console.engine.begin() as connection:
        row = found((await connection.execute(_LOCK, {"id": number(request)})).mappings().first())
        if row["state"] != "proposed":
            raise DeskRefused("这一条已经审过了", "请刷新页面，看看还有哪些在等。")
        if row["by"] == staff.id:
            raise DeskRefused("不能审批自己的标注", "请另一位训练师或主管来审批。", 403)
        label, commit = labels.of_row(row), ""
        if state == "approved":
            author = Staff(row["by"], row["name"], None, frozenset())
            commit = await labels.commit(bench, label, author, f"{staff.name} <{staff.id}@weijing>")
        elif row["review_id"]:
            await connection.execute(_REOPEN, {"id": row["review_id"]})
        await connection.execute(
            _DECIDE, {"id": row["id"], "state": "committed" if commit or state == "approved" else "rejected", "by": staff.id, "commit": commit}
        )
        await audit.append(connection, staff.id, f"label.{state}", str(row["id"]), intent=label.intent, by=row["by"], commit=commit)
    toast = {"title": "已通过" if state == "approved" else "已退回", "words": f"「{label.text[:20]}」→ {intent_word(label.intent)}", "undo": 0, "revert": ""}
    return await _show(request, "workbench/approval_list.html", toast=toast)


async def _show(request: web.Request, template: str, **more: Any) -> web.StreamResponse:
    console = console_of(request)
    corpus = await bench_of(request).corpora.now()
    async with console.engine.connect() as connection:
        rows = (await connection.execute(_WAITING)).mappings().all()
    clashes = {row["id"]: labels.clashes(corpus, labels.of_row(row)) for row in rows}
    return console.pages.show(request, template, **{"rows": rows, "clashes": clashes, "toast": None, "entities": labels.ENTITIES, **more})
