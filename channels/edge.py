"""`weijing edge`: the process that WeChat talks to. It loads no model, so it starts in under a second and stays up while the bot does not."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from prometheus_client import Gauge

from channels.h5.routes import add_h5
from channels.pressure import Pressure
from channels.webchat.routes import add_webchat
from channels.wechat.callback import Callback
from channels.wechat.envelope import Envelope
from channels.wechat.pictures import add_pictures
from channels.wechat.reception import Reception
from channels.wechat.sent_pictures import add_sent_pictures
from channels.wechat.waits import Waits
from channels.wechat.xml import MAX_BYTES
from store.keys import PARTITIONS, WORKERS, key
from store.redis import FAULTS, Redis, client, wait_ready
from store.turns import now_ms
from weijing.health import add_health, serve, until_stopped
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings
from weijing.tasks import end

log = logging.getLogger(__name__)

DEADLINE_S = 4.5
"""WeChat cuts at 5 s."""
CROWD = 2000
"""More waiting pushes than this: the reply is left to the sender."""
FILES = 10_000
"""Open files that the edge asks for."""
COMMAND_S = 1.5
"""A Redis command may take so long, so that a second try still fits into the deadline."""
WORKER_ALIVE_MS = 15_000
SAMPLE_S = 5.0
GARBAGE = (20_000, 20, 20)
"""Thresholds of the garbage collector: Python's own would look at every waiting push again and again, 8 % of the edge's CPU; a push leaves few cycles."""

WAITING = Gauge("weijing_waiting_pushes", "Pushes that wait for their turn's reply")
DEPTH = Gauge("weijing_inbox_depth", "Messages accepted and not done, over all partitions; sampled")


def init_app(settings: Settings, *, deadline: float = DEADLINE_S, crowd: int = CROWD, pressure: Pressure | None = None) -> web.Application:
    """The edge as an aiohttp application; it connects when it starts.

    Args:
        settings: of the process; `redis_url` must be set.
        deadline: seconds from a push's arrival to its answer.
        crowd: see `Reception`.
        pressure: of a process that is the edge's alone.
    """
    redis, listener, edge = client(settings.redis_url, timeout=COMMAND_S), client(settings.redis_url, timeout=None, connections=2), secrets.token_hex(6)
    waits, pressure = Waits(listener, edge), pressure or Pressure()
    reception = Reception(redis, waits, edge, verified=settings.wechat_verified, deadline=deadline, crowd=crowd, pressure=pressure)
    app = web.Application(client_max_size=MAX_BYTES)
    app.add_routes(Callback(Envelope(settings), reception, kill_text=settings.chaos_kill_text).routes())
    add_pictures(app)
    add_sent_pictures(app, settings)
    add_health(app, lambda: _reach(redis), info=lambda: _worker(redis))

    add_h5(app, settings, redis, waits, edge)

    async def run(_: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(waits.listen()), asyncio.create_task(_sample(redis))]
        WAITING.set_function(lambda: waits.count)
        yield
        await reception.close()
        await end(*tasks)
        await redis.close(close_connection_pool=True)
        await listener.close(close_connection_pool=True)

    app.cleanup_ctx.append(run)
    add_webchat(app, settings)
    if settings.demo:
        from channels.simulator.routes import add_simulator

        add_simulator(app, settings)
    return app


def main(argv: list[str]) -> int:
    """Run the edge until SIGTERM."""
    del argv
    set_up_logs()
    asyncio.run(_main(load_settings()))  # not uvloop: it accepts one connection a turn, and a flood waits where nobody sees it
    return 0


async def _main(settings: Settings) -> None:
    _open_files()
    await wait_ready(settings.redis_url)
    pressure = Pressure()
    watching = asyncio.create_task(pressure.watch())
    runner = await serve(init_app(settings, pressure=pressure), settings.edge_host, settings.edge_port)
    gc.freeze()  # what start-up made stays for good
    gc.set_threshold(*GARBAGE)
    log.info("the edge listens on %s:%d", settings.edge_host, settings.edge_port)
    await until_stopped()
    await runner.cleanup()
    await end(watching)


def _open_files() -> None:
    """A push that waits holds a socket: the 1024 of a shell would be less than a crowd."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


async def _reach(redis: Redis) -> dict[str, bool]:
    try:
        await redis.ping()
    except FAULTS:
        return {"redis": False}
    return {"redis": True}


async def _worker(redis: Redis) -> dict[str, bool]:
    """Shown, not required: without a worker the edge still accepts and says so."""
    try:
        return {"worker": bool(await redis.zcount(WORKERS, now_ms() - WORKER_ALIVE_MS, "+inf"))}
    except FAULTS:
        return {"worker": False}


async def _sample(redis: Redis) -> None:
    while True:
        with suppress(*FAULTS):
            pipe = redis.pipeline(transaction=False)
            for part in range(PARTITIONS):
                pipe.xlen(key(part, "inbox"))
            DEPTH.set(sum(await pipe.execute()))
        await asyncio.sleep(SAMPLE_S)
