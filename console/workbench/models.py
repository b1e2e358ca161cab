"""Models: which serve whom, which could, and the report card on which a release is decided."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.engine import Row

from console.context import console_of
from console.workbench import report_card
from console.workbench.live_figures import live_figures
from store import models
from store.keys import PARTITIONS
from store.release import Releases
from weijing.refusals import DeskRefused

STATES = {
    "candidate": ("可发布", "info"), "canary": ("试用中", "soon"), "released": ("现用", "good"), "retired": ("用过", ""), "refused": ("关口未放行", "bad"),
}  # fmt: skip
"""State -> its word and its badge."""
SHARES = ((PARTITIONS, "全部群众"), (1, "约 2%"), (6, "约 10%"), (16, "四分之一"), (32, "一半"))
"""Partitions -> what a trainer calls that share of the users."""
_JOBS = text("""
    SELECT id, kind, state, progress, step, by, at, started_at, finished_at, model, result FROM weijing.jobs
    WHERE state IN ('queued', 'running') OR at > now() - interval '7 days' ORDER BY id DESC LIMIT 12""")


async def show_models(request: web.Request) -> web.Response:
    """The list, with what serves now and what is being worked on."""
    console = console_of(request)
    async with console.engine.connect() as connection:
        rows = await models.listed(connection)
        jobs = list(await connection.execute(_JOBS))
        figures = await live_figures(connection)
        before = await models.before(connection)
    releases = Releases(console.redis)
    shown: dict[str, Any] = {"models": rows, "states": STATES, "jobs": jobs, "figures": figures, "before": before, "partitions": PARTITIONS}
    return console.pages.show(request, "workbench/models.html", rule=await releases.in_force(), bots=await releases.bots(), **shown)


async def show_model(request: web.Request) -> web.Response:
    """One model's report card.

    Raises:
        DeskRefused: there is no such model.
    """
    row = await _row(request)
    report: dict[str, Any] = row.report or {}
    messages = report.get("messages", [])
    pictures: dict[str, Any] = {"bins": report_card.histogram(messages), "matrix": report_card.matrix(messages), "changes": report_card.changes(report)}
    choices: dict[str, Any] = {"states": STATES, "shares": SHARES, "open": bool(row.gate) and (row.gate["passed"] or bool(row.override))}
    return console_of(request).pages.show(request, "workbench/model.html", model=row, report=report, **pictures, **choices)


async def show_sentences(request: web.Request) -> web.Response:
    """The sentences of one cell of the matrix: right intent, said intent."""
    row = await _row(request)
    intent, predicted = request.query.get("intent", "")[:80], request.query.get("predicted", "")[:80]
    found = report_card.sentences((row.report or {}).get("messages", []), intent, predicted)
    return console_of(request).pages.show(request, "workbench/model_sentences.html", sentences=found, intent=intent, predicted=predicted)


async def _row(request: web.Request) -> Row:
    async with console_of(request).engine.connect() as connection:
        row = await models.find(connection, request.match_info["model"])
    if row is None:
        raise DeskRefused("没有这个模型", "它可能已被清理。请回到模型列表。", 404)
    return row
