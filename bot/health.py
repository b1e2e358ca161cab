"""Health of the bot as a whole, served by its keeper; no Rasa here."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, multiprocess

from store.keys import WORKERS
from store.redis import FAULTS, client
from store.turns import now_ms
from weijing.health import add_health, serve, until_stopped
from weijing.settings import Settings


async def serve_health(settings: Settings, loaded: Callable[[], bool]) -> None:
    """Serve until SIGTERM: ready when a model is loaded here and a worker, here or elsewhere, lives. Metrics are summed over the workers of all models."""
    redis = client(settings.redis_url)

    async def ready() -> dict[str, bool]:
        try:
            live = await redis.zcount(WORKERS, now_ms() - settings.bot_lease_ms, "+inf")
        except FAULTS:
            return {"redis": False, "model": loaded(), "worker": False}
        return {"redis": True, "model": loaded(), "worker": bool(live)}

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    app = web.Application()
    add_health(app, ready, registry)
    runner = await serve(app, "127.0.0.1", settings.bot_port)
    try:
        await until_stopped()
    finally:
        await runner.cleanup()
        await redis.close(close_connection_pool=True)
