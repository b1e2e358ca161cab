"""`weijing console`: the pages of staff, supervisors, trainers, auditors and administrators."""

from __future__ import annotations

import asyncio
import base64
import logging
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Mapping

from aiohttp import ClientSession, ClientTimeout, web
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console import evidence
from console.admin.demo import add_desk
from console.assets import Assets, lay_out
from console.board.daily import keep_counting
from console.content.hours import tell_hours
from console.context import CONSOLE, Console
from console.desk.room import open_room
from console.entry.demo import add_people, refuse_people
from console.entry.second_factor import TOTP_KEY
from console.guard import ROUTES as TABLE
from console.guard import calm, guard
from console.live import Live
from console.page import Pages
from console.route import Route
from console.routes import ROUTES
from console.workbench.bench import open_workbench
from console.workbench.tryit import run_talker
from store.db import FAULTS, async_engine, cause_of
from store.redis import client
from store.tally import Tally
from store.turns import Turns
from weijing.errors import EngineError
from weijing.health import add_health, serve, until_stopped
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

MAX_BODY = 12 * 1024 * 1024
"""A picture of WeChat's (10 MB) in a form."""
CONNECTIONS = 16
BACKEND_S = 8.0


def init_app(settings: Settings) -> web.Application:
    """The app; starting it connects, stopping it leaves nothing behind.

    Raises:
        StartError: the files that pages are served with are not there.
        EngineError: DATABASE_URL is no PostgreSQL address.
    """
    table: dict[tuple[str, str], Route] = {(route.method, route.path): route for route in ROUTES}
    assets = lay_out(settings.weijing_var)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[calm, guard])
    app[TABLE] = dict(table)
    app[TOTP_KEY] = Fernet(base64.urlsafe_b64encode(settings.derived_key("console-totp")))
    app.cleanup_ctx.extend([_open(settings, assets), evidence.opened(settings), open_room, keep_counting, open_workbench, run_talker])
    app.on_startup.append(tell_hours)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    app.router.add_static("/static", assets.folder.parent, append_version=False)
    app.on_response_prepare.append(_keep_files)

    async def ready() -> Mapping[str, bool]:
        return {"database": await _answers(app[CONSOLE]), "live": app[CONSOLE].live.listening}

    add_health(app, ready)
    return app


def _open(settings: Settings, assets: Assets) -> Callable[[web.Application], AsyncIterator[None]]:
    async def opened(app: web.Application) -> AsyncIterator[None]:
        key = settings.derived_key("console-form")
        engine, redis = async_engine(settings.database_url, connections=CONNECTIONS), client(settings.redis_url)
        headers = {"Authorization": f"Bearer {settings.backend_token.get_secret_value()}"}
        live = Live(settings.database_url)
        async with ClientSession(settings.backend_base, headers=headers, timeout=ClientTimeout(BACKEND_S)) as http, live.running():
            pages = Pages(assets, key, demo=settings.demo)
            app[CONSOLE] = Console(settings, engine, redis, Tally(redis, settings.trusted_proxies), Turns(redis), http, live, pages, key)
            await _settle(settings, engine, app[TOTP_KEY])
            yield
        await redis.close(close_connection_pool=True)
        await engine.dispose()

    return opened


async def _settle(settings: Settings, engine: AsyncEngine, key: Fernet) -> None:
    """A demo gets its people, units and canned answers; production has none of these people.

    Raises:
        StartError: production has some.
        EngineError: PostgreSQL cannot be asked.
    """
    try:
        if not settings.demo:
            return await refuse_people(engine)
        await add_people(engine, settings.console_demo_password.get_secret_value(), settings.console_demo_totp.get_secret_value(), key)
        return await add_desk(engine)
    except FAULTS as error:
        raise EngineError(f"PostgreSQL cannot be asked ({cause_of(error)}); check DATABASE_URL and run `weijing migrate`") from None


async def _answers(console: Console) -> bool:
    try:
        async with console.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except FAULTS:
        return False
    return True


async def _keep_files(request: web.Request, response: web.StreamResponse) -> None:
    """A file's address holds its version, so a browser need never ask again."""
    if request.path.startswith("/static/") and response.status < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        WeijingError: it cannot start.
    """
    ArgumentParser(prog="weijing console", description="the pages of staff, trainers and administrators").parse_args(argv)
    set_up_logs()
    asyncio.run(_serve(load_settings()))
    return 0


async def _serve(settings: Settings) -> None:
    runner = await serve(init_app(settings), settings.console_host, settings.console_port)
    log.info("the console listens on http://%s:%d", settings.console_host, settings.console_port)
    await until_stopped()
    await runner.cleanup()
    log.info("the console has stopped")
