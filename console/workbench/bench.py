"""What the handlers of the workbench work with, and the task that fills the review queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from console.calls import Calls
from console.context import CONSOLE, Console
from console.workbench.corpus import Corpora
from console.workbench.findings import Linter
from console.workbench.item_edits import commit_due
from console.workbench.parser import Parser
from console.workbench.repo import Repo
from console.workbench.sources import fill
from store.db import FAULTS
from weijing.errors import WeijingError
from weijing.tasks import end

log = logging.getLogger(__name__)

EVERY_S = 20.0


@dataclass
class Workbench:
    """One console's workbench."""

    repo: Repo
    corpora: Corpora
    parser: Parser
    linter: Linter


BENCH = web.AppKey("workbench", Workbench)


def bench_of(request: web.Request) -> Workbench:
    """The workbench that serves this request."""
    return request.config_dict[BENCH]


async def open_workbench(app: web.Application) -> AsyncIterator[None]:
    """Ready while the app runs; the repository is made when somebody first looks."""
    console = app[CONSOLE]
    repo = Repo(console.settings.workbench_repo)
    bench = app[BENCH] = Workbench(repo, Corpora(repo), Parser(console.settings.bot_model), Linter(repo))
    task = asyncio.create_task(_keep_filling(console, bench))
    yield
    await end(task)
    await bench.parser.close()
    await bench.linter.close()


async def _keep_filling(console: Console, bench: Workbench) -> None:
    engine = console.engine
    while True:
        try:
            await fill(engine)
            await commit_due(engine, bench.repo, Calls(console.http))
        except FAULTS as error:
            log.warning("the review queue is not filled: PostgreSQL is away (%s)", type(error).__name__)
        except WeijingError as error:
            log.warning("an edit of a service item is not committed: %s", error)
        await asyncio.sleep(EVERY_S)
