"""Asking back 补充: staff put a question to the reporter, who answers with words and files; an anonymous one finds it when he looks up his report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import note_change
from backend.contract import BODY
from backend.idempotency import create_once
from backend.problems import Problem, not_found
from backend.reports import DONE, STATUS, fingerprint
from backend.vault import VAULT
from backend.work import resume
from weijing.workdays import SHANGHAI

READ = "SELECT * FROM backend.reports WHERE report_no = $1 AND status <> 'withdrawn' FOR UPDATE"
ASK = "UPDATE backend.reports SET question = $2, steps = $3, next_step = $4 WHERE report_no = $1"
ADD = "UPDATE backend.reports SET evidence = $2, supplements = $3, steps = $4, next_step = $5, question = NULL WHERE report_no = $1"
MOST = 50
"""Pieces of evidence that one report takes."""
MOST_SUPPLEMENTS = 50
TO_ANSWER = "请补充情况：说“补充”加编号，写下内容或发图片。不知道的可以说不知道，不影响办理。"
ANSWERED = "补充的内容已交办理的部门，有结果会写在这里。"


async def ask_reporter(request: web.Request) -> web.StreamResponse:
    """Put a question; a new one takes the place of one that is not answered. The question itself is no step: a step is seen by whoever looks over the shoulder.

    Raises:
        Problem: 404 for an unknown number or a withdrawn report, 409 `already_decided` when it is done.
    """
    report_no, question = request.match_info["report_no"], request[BODY]["question"]

    async def ask(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        return 201, await put_question(connection, report_no, question)

    return await create_once(request, ask)


async def put_question(connection: asyncpg.Connection, report_no: str, question: str) -> dict[str, Any]:
    """Write the question and its changes; returns what `Stepped` of the contract holds.

    Raises:
        Problem: as `ask_reporter`.
    """
    row = await _open_report(connection, report_no)
    step = _step("请您补充", "办理人员有问题想问您")
    await connection.execute(ASK, report_no, question, [*row["steps"], step], TO_ANSWER)
    moved = {"number": report_no, "status": row["status"], "status_text": STATUS[row["status"]]}
    change = {**moved, "item_name": "投诉举报", "step": step, "next_step": TO_ANSWER, "question": question}
    return {**moved, "told": await note_change(connection, change)}


async def supplement_report(request: web.Request) -> web.StreamResponse:
    """Add words and files to a report, and count its question as answered.

    Raises:
        Problem: 404 for anybody but the sender of the report, 409 `already_decided` when it is done, 422 `too_much_evidence`.
    """
    vault, report_no, body = request.app[VAULT], request.match_info["report_no"], request[BODY]

    async def add(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await _open_report(connection, report_no, body["openid"], vault)
        known = {item["ref"] for item in row["evidence"]}
        new = list({item["ref"]: item for item in body.get("evidence") or [] if item["ref"] not in known}.values())
        if len(known) + len(new) > MOST or len(row["supplements"]) >= MOST_SUPPLEMENTS:
            raise Problem(422, "too_much_evidence", f"A report takes {MOST} pieces of evidence and {MOST_SUPPLEMENTS} supplements.")
        await answer(connection, row, new, body.get("text") or "")
        return 201, {"report_no": report_no, "added": len(new), "evidence": len(known) + len(new)}

    return await create_once(request, add)


async def answer(connection: asyncpg.Connection, row: asyncpg.Record, new: list[dict[str, str]], text: str = "") -> None:
    """Write what the reporter adds to a report that is locked: words and new files, as a step; what waited for them is worked on again."""
    step = _step("补充", "投诉举报人补充了情况" + (f"和 {len(new)} 份材料" if new else ""))
    added = {"at": step["at"], "text": text, "question": row["question"]}
    next_step = ANSWERED if row["question"] else row["next_step"]
    await connection.execute(ADD, row["report_no"], [*row["evidence"], *new], [*row["supplements"], added], [*row["steps"], step], next_step)
    await resume(connection, row["report_no"])


async def _open_report(connection: asyncpg.Connection, report_no: str, openid: str | None = None, vault: Any = None) -> asyncpg.Record:
    row = await connection.fetchrow(READ, report_no)
    if row is None or (openid and (row["fingerprint"] is None or fingerprint(vault, {**row, "openid": openid}) != row["fingerprint"])):
        raise not_found()
    if row["status"] == DONE:
        raise Problem(409, "already_decided", "The report is decided; nothing is asked or added any more.")
    return row


def _step(name: str, note: str) -> dict[str, str]:
    return {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": name, "note": note}
