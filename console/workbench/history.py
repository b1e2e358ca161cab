"""The data's history: who changed what, shown line by line, and taken back by another commit. And what the linter found in it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench import findings
from console.workbench.bench import bench_of
from console.workbench.form import sent, words
from console.workbench.seconding import check_undo
from weijing.refusals import DeskRefused


async def show(request: web.Request) -> web.StreamResponse:
    """The newest commits."""
    changes = await asyncio.to_thread(bench_of(request).repo.history, 100)
    return console_of(request).pages.show(request, "workbench/history.html", changes=changes)


async def show_one(request: web.Request) -> web.StreamResponse:
    """One commit with its diff."""
    repo, commit = bench_of(request).repo, request.match_info["commit"]
    diff = await asyncio.to_thread(repo.diff, commit)
    change = await asyncio.to_thread(repo.change_at, commit)
    return console_of(request).pages.show(request, "workbench/change.html", change=change, lines=[(_kind(line), line) for line in diff.splitlines()])


async def revert(request: web.Request) -> web.StreamResponse:
    """Take a commit back by another one.

    Raises:
        DeskRefused: 403, two people made it, and this is no supervisor.
    """
    console, staff, commit = console_of(request), staff_of(request), request.match_info["commit"]
    check_undo(request, (await asyncio.to_thread(bench_of(request).repo.change_at, commit)).words)
    made = await asyncio.to_thread(bench_of(request).repo.revert, commit, staff)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "data.reverted", commit, commit=made)
    raise web.HTTPSeeOther(f"/workbench/history/{made}" if made else "/workbench/history")


async def show_findings(request: web.Request) -> web.StreamResponse:
    """What the linter found in the data as they are; while it looks, the page asks again."""
    bench = bench_of(request)
    corpus = await bench.corpora.now()
    found = bench.linter.findings(corpus.commit)
    return console_of(request).pages.show(request, "workbench/findings.html", found=found, checks=findings.CHECKS)


async def mend(request: web.Request) -> web.StreamResponse:
    """Mend one finding as a machine may."""
    console, bench, staff, form = console_of(request), bench_of(request), staff_of(request), await sent(request)
    corpus, fault = await bench.corpora.now(), words(form, "fault", "问题", 2000)
    finding = next((one for one in bench.linter.findings(corpus.commit) or [] if " ".join(one.fault.split()) == fault), None)
    if finding is None:
        raise DeskRefused("这一条已经不在了", "语料刚改过，请等检查跑完再看。")
    files = await asyncio.to_thread(findings.mended, corpus, finding)
    title = f"{findings.CHECKS[finding.check]}：{finding.mend}「{(finding.quoted or ('',))[0][:20]}」"
    commit = await asyncio.to_thread(bench.repo.change, files, staff, title, seen=corpus.files)
    async with console.engine.begin() as connection:
        await audit.append(connection, staff.id, "data.mended", finding.source, check=finding.check, commit=commit)
    raise web.HTTPSeeOther("/workbench/findings")


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "file"
    return {"+": "plus", "-": "minus", "@": "hunk"}.get(line[:1], "")
