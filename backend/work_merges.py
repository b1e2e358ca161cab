"""Merging duplicates 并案: the merged item points to the main one, and its reporter hears the main one's result. Likely duplicates are offered."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.problems import Problem
from backend.steps import take_step
from backend.work import HISTORY, move
from backend.work_moves import do
from backend.work_states import ENDED, STATUS, may_follow

KINDS = frozenset({"report", "letter"})
"""Kinds of which two may be about one thing: what is told, not what is applied for."""
ALIKE = 0.3
"""Share of common pairs of letters from which two texts are offered as the same story."""
OFFERED = 5
NEAR = """
    SELECT number, title, words FROM backend.work
     WHERE topic = $1 AND area = $2 AND received_at BETWEEN $3::timestamptz - interval '7 days' AND $3::timestamptz + interval '7 days'
       AND kind = $4 AND complaint = $5 AND number <> $6 AND merged_into IS NULL AND ended_at IS NULL ORDER BY received_at DESC LIMIT 200
"""
MERGE = "UPDATE backend.work SET merged_into = $2, version = version + 1 WHERE number = $1 OR merged_into = $1"
TOLD = {"name": "并案办理", "note": "已与反映同一件事的事项合并办理", "next_step": "合并办理的结果会一并告诉您。"}


async def merge(request: web.Request) -> web.StreamResponse:
    """Merge this item into the main one; what was merged into it before goes with it.

    Raises:
        Problem: 404 for an unknown number, 409 `cannot_merge` or `version_conflict`.
    """
    body = request[BODY]

    async def deed(connection: asyncpg.Connection, row: asyncpg.Record, rows: Mapping[str, asyncpg.Record]) -> asyncpg.Record:
        main = rows[body["into"]]
        _refuse(row, main)
        if "processing" in may_follow(row["kind"], row["state"]):
            row = await move(connection, row, "processing", "merge", body["staff"], body["reason"])
        await connection.execute(MERGE, row["number"], main["number"])
        await take_step(connection, f"{row['kind']}_no", row["number"], {"status": STATUS[row["kind"]][row["state"]], **TOLD})
        for number, other in ((row["number"], main["number"]), (main["number"], row["number"])):
            await connection.execute(HISTORY, number, body["staff"], "merge", row["number"], main["number"], body["reason"] if number != other else "")
        return await connection.fetchrow("SELECT * FROM backend.work WHERE number = $1", row["number"])

    return await do(request, deed, body["into"])


def _refuse(row: asyncpg.Record, main: asyncpg.Record) -> None:
    if row["number"] == main["number"] or row["kind"] not in KINDS or (row["kind"], row["complaint"]) != (main["kind"], main["complaint"]):
        raise Problem(409, "cannot_merge", "Two different reports, or two letters, are merged; a complaint about the police only with another one.")
    if row["merged_into"] or main["merged_into"] or row["state"] in ENDED or main["state"] in ENDED:
        raise Problem(409, "cannot_merge", "One of the two has ended or is merged already.")


async def duplicates(connection: asyncpg.Connection, row: asyncpg.Record) -> list[dict[str, object]]:
    """Open items of the same topic and area within seven days whose words are alike, the most alike first."""
    if row["kind"] not in KINDS or row["merged_into"]:
        return []
    args = (row["topic"], row["area"], row["received_at"], row["kind"], row["complaint"], row["number"])
    found = [(likeness(row["words"], one["words"]), one) for one in await connection.fetch(NEAR, *args)]
    best = sorted((one for one in found if one[0] >= ALIKE), key=lambda one: -one[0])[:OFFERED]
    return [{"number": one["number"], "title": one["title"], "likeness": round(share, 2)} for share, one in best]


def likeness(one: str, other: str) -> float:
    """The share of pairs of letters that two texts have in common, 0 to 1; their numbers and titles, which stand first, do not count."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _pairs(words: str) -> set[str]:
    text = "".join(words.split(" ", 2)[-1].split())
    return {text[place : place + 2] for place in range(len(text) - 1)}
