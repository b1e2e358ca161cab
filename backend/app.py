"""The reference government service API: `weijing backend`. `openapi.yaml` says what it does; a bureau may put its own in its place."""

from __future__ import annotations

import asyncio
import logging
import time
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Histogram

from backend.contract import SPEC, Operation, load_contract
from backend.database import POOL, answers, close_pool, migrate, open_pool, transaction, wait_ready
from backend.demo_work import seed_work
from backend.handlers import HANDLERS
from backend.problems import problems
from backend.promises import PROMISES, Promises
from backend.retention import keep_clean
from backend.security import Bucket, guard
from backend.seed import seed
from backend.vault import SEALED, VAULT, Vault, sealed_vault
from backend.work import fill_work
from weijing.health import add_health, serve, until_stopped
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
WAIT_S = 60.0
"""How long a start waits for PostgreSQL."""

SECONDS = Histogram("weijing_backend_request_seconds", "Time of requests to the reference backend", ["operation", "status"])


def init_app(settings: Settings, bucket: Bucket | None = None) -> web.Application:
    """The app; starting it waits for PostgreSQL, migrates, seeds and opens the pool.

    Raises:
        EngineError: (at start) PostgreSQL cannot be reached.
        ServiceItemError, FilingError: (at start) a record of the data is not valid.
    """
    operations = load_contract()
    public = frozenset(operation.path for operation in operations if operation.public)
    middlewares = [measured(operations), problems, guard(settings.backend_token.get_secret_value(), public, bucket or Bucket())]
    app = web.Application(client_max_size=MAX_BODY, middlewares=middlewares)
    app[VAULT] = Vault(settings.vault_key.get_secret_value())
    app[PROMISES] = Promises(settings.follow_up_workdays, settings.letter_workdays)
    app[SEALED] = sealed_vault(settings.derived_key("sealed-reporter"))
    app.cleanup_ctx.extend([_database(settings), keep_clean(settings.appointment_keep_days)])
    for operation in operations:
        if not operation.public:
            app.router.add_route(operation.method, operation.path, operation.validated(HANDLERS[operation.id]))
    app.router.add_get("/openapi.yaml", read_contract)

    async def ready() -> Mapping[str, bool]:
        return {"database": await answers(app[POOL])}

    add_health(app, ready)
    return app


async def read_contract(_: web.Request) -> web.Response:
    """The spec as it is."""
    return web.Response(text=SPEC.read_text(encoding="utf-8"), content_type="application/yaml")


def _database(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    async def database(app: web.Application) -> AsyncIterator[None]:
        url = settings.database_url
        await wait_ready(url, WAIT_S)
        await asyncio.to_thread(migrate, url)
        app[POOL] = pool = await open_pool(url)
        await seed(pool, app[VAULT], demo=settings.demo, app_id=settings.wechat_app_id)
        if settings.demo:
            await seed_work(pool, app[VAULT], app[SEALED], app[PROMISES])
        async with transaction(pool) as connection:
            await fill_work(connection)
        yield
        await close_pool(pool)

    return database


def measured(operations: Iterable[Operation]) -> Middleware:
    """A middleware that times requests and logs the refused ones, by operation: never with a number, a query or a body."""
    names = {(operation.method, operation.path): operation.id for operation in operations}

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        resource = request.match_info.route.resource
        name = names.get((request.method, resource.canonical if resource else ""), "unknown")
        response = await handler(request)
        SECONDS.labels(name, response.status).observe(time.perf_counter() - started)
        log.log(logging.INFO if response.status >= 400 else logging.DEBUG, "%s %d", name, response.status)
        return response

    return measure


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        EngineError: PostgreSQL cannot be reached, or the port is taken.
    """
    ArgumentParser(prog="weijing backend", description="the reference government service API").parse_args(argv)
    set_up_logs()
    asyncio.run(_serve(load_settings()))
    return 0


async def _serve(settings: Settings) -> None:
    runner = await serve(init_app(settings), settings.backend_host, settings.backend_port)
    log.info("the backend listens on http://%s:%d", settings.backend_host, settings.backend_port)
    await until_stopped()
    await runner.cleanup()
    log.info("the backend has stopped")
