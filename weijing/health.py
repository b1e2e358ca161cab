"""`/healthz`, `/readyz` and `/metrics`, the same for every process."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from weijing.errors import EngineError
from weijing.tasks import end

KEEPALIVE_S = 75.0
"""A little longer than a reverse proxy keeps its own side open (nginx: 60 s), so that none sends into a connection that is being closed; aiohttp's hour would
let anybody hold our sockets with half a request."""
LINGER_S = 2.0
"""How long the rest of a body that was refused is read away."""

Ready = Callable[[], Awaitable[Mapping[str, bool]]]
"""What a process needs to do its work, by name; it is ready when all are True."""
Info = Callable[[], Awaitable[Mapping[str, object]]]


def add_health(app: web.Application, ready: Ready, registry: CollectorRegistry = REGISTRY, *, info: Info | None = None) -> None:
    """Serve the three routes from `app`.

    Args:
        registry: holds the metrics (the bot's parent sums its workers in one of its own).
        info: shown by `/readyz` too, but not needed to be ready.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        parts = dict(await ready())
        more = dict(await info()) if info else {}
        return web.json_response({"ready": all(parts.values()), **parts, **more}, status=200 if all(parts.values()) else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


async def serve(app: web.Application, host: str, port: int, *, keepalive: float = KEEPALIVE_S) -> web.AppRunner:
    """Listen; the caller cleans the runner up.

    Args:
        keepalive: seconds in which a connection must bring a whole request head, after its beginning or after the last answer; then it is closed.

    Raises:
        EngineError: the port is taken.
    """
    logging.getLogger("aiohttp.server").addFilter(_calm)
    # Nobody whom we serve compresses what he sends: what says so is a bomb or broken, and aiohttp would raise while it reads it.
    how: dict[str, Any] = {"keepalive_timeout": keepalive, "lingering_time": LINGER_S, "auto_decompress": False}
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0, **how)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as error:
        await runner.cleanup()
        raise EngineError(f"cannot listen on {host}:{port} ({error.strerror}); stop what uses the port or set another one") from None
    return runner


def _calm(record: logging.LogRecord) -> bool:
    """What strangers send that is no HTTP is no fault of ours: one line says so, without a stack trace."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        record.msg, record.args = "a request was no HTTP that we take: %s", (type(error).__name__,)
    return True


async def until_stopped() -> None:
    """Wait for SIGTERM or Ctrl-C."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


async def stay(port: int, ready: Ready, *jobs: Coroutine[Any, Any, None], info: Info | None = None) -> None:
    """The life of a process that listens to nobody: serve its health on 127.0.0.1 and do its jobs until SIGTERM.

    Args:
        port: of health and metrics.
        jobs: each runs for ever; what ends one ends the process, so that its supervisor starts it anew.

    Raises:
        EngineError: the port is taken.
    """
    app = web.Application()
    add_health(app, ready, info=info)
    runner = await serve(app, "127.0.0.1", port)
    running = [asyncio.create_task(job) for job in jobs]
    stopped = asyncio.create_task(until_stopped())
    try:
        done, _ = await asyncio.wait([*running, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(*running, stopped)
        await runner.cleanup()
