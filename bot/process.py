"""What runs in a child of the bot's parent: a worker on the model that the parent loaded, or the health server."""

from __future__ import annotations

import asyncio
import signal

from aiohttp import web
from cryptography.fernet import Fernet
from prometheus_client import CollectorRegistry, multiprocess

from bot.action_endpoint import InProcessActions
from bot.catalogue import CatalogueWatch
from bot.chaos import Chaos
from bot.desk_hours import follow_hours
from bot.nlu.service_item_linker import ServiceItemLinker
from bot.processor import load_processor
from bot.pulse import Pulse
from bot.queues import UserQueues
from bot.tries import Tries
from bot.turn import TurnRunner, TurnSettings
from bot.worker import Worker
from store.commits import Commits
from store.context import current
from store.keys import WORKERS
from store.leases import Leases
from store.redis import FAULTS, client
from store.turns import now_ms
from weijing.health import add_health, serve, until_stopped
from weijing.settings import Settings
from weijing.tasks import end


class WorkerProcess:
    """Loads in the parent, runs in each child.

    Args:
        settings: of the process.
        data_commit: recorded with every turn.
    """

    def __init__(self, settings: Settings, data_commit: str) -> None:
        self._settings = settings
        self._chaos: Chaos | None = None
        processor = load_processor(settings.bot_model, InProcessActions(after=self._after_action))
        cipher = Fernet(settings.vault_key.get_secret_value().encode())
        self._turns = TurnRunner(processor, TurnSettings(cipher, data_commit, settings.chaos_slow_text))
        self.model_id = self._turns.model_id
        self._linkers: list[ServiceItemLinker] = processor.graph_runner.components(ServiceItemLinker)
        asyncio.run(processor.parse("你好"))  # the self-test; it also fills lazy caches that the children then share

    async def _after_action(self, name: str) -> None:
        if self._chaos and self._chaos.active:
            await self._chaos.at("in_action", current().message_key)

    def run(self, owner: str, pulse: Pulse) -> None:
        """The child's life."""
        asyncio.run(self._run(owner, pulse))

    async def _run(self, owner: str, pulse: Pulse) -> None:
        redis = client(self._settings.redis_url)
        reader = client(self._settings.redis_url, connections=2)
        self._chaos = Chaos(redis, self._settings.chaos_plan)
        leases = Leases(redis, owner, self._settings.bot_lease_ms)
        commits = Commits(redis, owner, checks=not self._settings.chaos_unfenced)
        worker = Worker(reader, leases, UserQueues(Tries(redis, owner), set(), commits, self._turns, self._chaos), pulse)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, worker.stop)
        watching = [asyncio.create_task(one) for one in (CatalogueWatch(redis, self._linkers).run(), follow_hours(redis))]
        await worker.run()
        await end(*watching)
        await redis.close(close_connection_pool=True)
        await reader.close(close_connection_pool=True)


async def serve_health(settings: Settings) -> None:
    """Health of the bot as a whole: ready when a worker holds leases. Metrics are summed over the workers."""
    redis = client(settings.redis_url)

    async def ready() -> dict[str, bool]:
        try:
            live = await redis.zcount(WORKERS, now_ms() - settings.bot_lease_ms, "+inf")
        except FAULTS:
            return {"redis": False, "worker": False}
        return {"redis": True, "worker": bool(live)}

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    app = web.Application()
    add_health(app, ready, registry)
    runner = await serve(app, "127.0.0.1", settings.bot_port)
    await until_stopped()
    await runner.cleanup()
    await redis.close(close_connection_pool=True)
