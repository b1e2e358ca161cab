"""Jobs that the workbench asks for: train, judge, release, go back; followed live, cancelled by a click."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.engine import Row

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench.bounds import bound
from console.workbench.models import SHARES, STATES
from store import jobs, models
from weijing.errors import ModelNotReleasable
from weijing.refusals import DeskRefused

KINDS = {"train": "训练", "evaluate": "评测", "crossval": "交叉检验", "release": "发布", "rollback": "退回", "replay": "重放"}
JOB_STATES = {"queued": ("排队", ""), "running": ("进行中", "info"), "done": ("完成", "good"), "failed": ("没有成功", "bad"), "cancelled": ("已取消", "")}
_REASON = 200
"""Characters of a supervisor's reason, at most; at least ten."""
_JOB = text("SELECT * FROM weijing.jobs WHERE id = :id")
_BUSY = text("SELECT id FROM weijing.jobs WHERE kind = :kind AND state IN ('queued', 'running') LIMIT 1")


async def show_job(request: web.Request) -> web.Response:
    """A job with its log.

    Raises:
        DeskRefused: there is no such job.
    """
    number = request.match_info["job"]
    async with console_of(request).engine.connect() as connection:
        job = (await connection.execute(_JOB, {"id": int(number)})).first() if number.isdigit() and len(number) < 18 else None
    if job is None:
        raise DeskRefused("没有这项任务", "请回到模型列表。", 404)
    shown: dict[str, Any] = {"kinds": KINDS, "job_states": JOB_STATES, "replayed": _replayed(job)}
    return console_of(request).pages.show(request, "workbench/job.html", job=job, **shown)


def _replayed(job: Row) -> list[dict[str, Any]]:
    """The cases of a replay with what became of them; those of users who left are gone."""
    found = {row["key"]: row for row in job.result.get("rows", [])}
    return [case | found[case["key"]] for case in job.args.get("cases", []) if case["key"] in found]


async def train(request: web.Request) -> web.Response:
    """Ask for a training on the data as it is now."""
    return await _ask(request, "train")


async def evaluate(request: web.Request) -> web.Response:
    """Ask for a model's evaluation."""
    return await _ask(request, "evaluate", model=request.match_info["model"])


async def cross_validate(request: web.Request) -> web.Response:
    """Ask how well each example is understood by a model that has not seen it."""
    return await _ask(request, "crossval")


async def release(request: web.Request) -> web.Response:
    """Ask for a release to all users, or to a share of them.

    Raises:
        DeskRefused: the gate is shut, or the share is none of those offered.
    """
    share = str((await request.post()).get("share", ""))
    if share not in {str(count) for count, _ in SHARES}:
        raise DeskRefused("请选择给多少群众用", "没有发布。从列出的几档里选一档。", 422)
    async with console_of(request).engine.connect() as connection:
        try:
            models.check_releasable(await models.find(connection, request.match_info["model"]))
        except ModelNotReleasable as error:
            raise DeskRefused("关口没有放行", error.message, 409) from error
    return await _ask(request, "release", model=request.match_info["model"], share=int(share))


async def roll_back(request: web.Request) -> web.Response:
    """Ask to end the trial, or without one to go back to the model before."""
    return await _ask(request, "rollback")


async def override(request: web.Request) -> web.Response:
    """A supervisor lets a refused model through; the reason goes to the audit trail and stays with the model.

    Raises:
        DeskRefused: no reason, the model was not refused, or it is one's own.
    """
    reason = str((await request.post()).get("reason", "")).strip()
    if not 10 <= len(reason) <= _REASON:
        raise DeskRefused("请写明理由", f"没有放行。理由要 10 到 {_REASON} 个字，会记入审计。", 422)
    model = request.match_info["model"]
    async with console_of(request).engine.begin() as connection:
        row = await models.find(connection, model)
        if row is None or STATES.get(row.state) is None or not row.gate or row.gate["passed"]:
            raise DeskRefused("这个模型不需要放行", "它没有被关口拦下。请刷新页面。", 409)
        await models.allow(connection, row.id, reason)
        if row.by == staff_of(request).id:
            raise DeskRefused("不能放行自己训练的模型", "请另一位主管来看。", 403)
        refused = [demand["name"] for demand in row.gate["demands"] if not demand["holds"]]
        await audit.append(connection, staff_of(request).id, "model.override", row.id, reason=reason, refused=refused)
    raise web.HTTPSeeOther(f"/workbench/models/{model}")


async def cancel(request: web.Request) -> web.Response:
    """End a job.

    Raises:
        DeskRefused: it is over already.
    """
    number = request.match_info["job"]
    async with console_of(request).engine.begin() as connection:
        if not (number.isdigit() and len(number) < 18 and await jobs.cancel(connection, int(number))):
            raise DeskRefused("这项任务已经结束", "没有什么可取消的。", 409)
    raise web.HTTPSeeOther(f"/workbench/jobs/{number}")


async def _ask(request: web.Request, kind: str, *, model: str = "", **args: Any) -> web.Response:
    await bound(request, kind)
    async with console_of(request).engine.begin() as connection:
        if (busy := (await connection.execute(_BUSY, {"kind": kind})).first()) is not None:
            raise DeskRefused(f"已经有一项{KINDS[kind]}在做", f"第 {busy.id} 号任务完成后再来。", 409)
        number = await jobs.add(connection, kind, staff_of(request).id, model=model, **args)
    raise web.HTTPSeeOther(f"/workbench/jobs/{number}")
