"""Replies: the bureau's own system answers a follow-up or a letter; whoever is to hear of it gets a change with the words, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend import follow_ups, letters
from backend.changes import note_change
from backend.contract import BODY
from backend.idempotency import create_once
from backend.problems import not_found
from backend.work import follow
from weijing.workdays import SHANGHAI


@dataclass(frozen=True)
class Kind:
    """What is answered.

    Args:
        read, write: what reads (and locks) the row of a number, and what writes steps and next step into it and sets the status.
        statuses: status -> how it reads.
        next_step: what the user may do who is not content with the answer.
    """

    read: str
    write: str
    statuses: Mapping[str, str]
    next_step: str


KINDS = {
    "follow_up_no": Kind(
        "SELECT '差评回访 ' || matter AS item_name, steps FROM backend.follow_ups WHERE follow_up_no = $1 FOR UPDATE",
        "UPDATE backend.follow_ups SET status = 'answered', steps = $2, next_step = $3 WHERE follow_up_no = $1",
        follow_ups.STATUS,
        "还不满意，回复“我要投诉”，或者拨打12389。",
    ),
    "letter_no": Kind(
        "SELECT '局长信箱来信' AS item_name, steps FROM backend.letters WHERE letter_no = $1 FOR UPDATE",
        "UPDATE backend.letters SET status = 'answered', steps = $2, next_step = $3 WHERE letter_no = $1",
        letters.STATUS,
        "对书面处理意见不服的，自收到之日起30日内可以请求上一级机关复查（《信访工作条例》第三十五条）。",
    ),
}
"""Path parameter -> kind."""


async def add_reply(request: web.Request) -> web.StreamResponse:
    """Write the answer as a step, and a change for whoever is to hear of it, in one transaction.

    Raises:
        Problem: 404 for an unknown number.
    """
    ((parameter, number),) = request.match_info.items()
    kind, body = KINDS[parameter], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(kind.read, number)
        if row is None:
            raise not_found()
        step = {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": "答复", "note": body["words"]}
        await connection.execute(kind.write, number, [*row["steps"], step], kind.next_step)
        await follow(connection, number, "answered")
        answered = {"number": number, "status": "answered", "status_text": kind.statuses["answered"]}
        told = await note_change(connection, {**answered, "item_name": row["item_name"], "step": step, "next_step": kind.next_step})
        return 201, {**answered, "told": told}

    return await create_once(request, create)
