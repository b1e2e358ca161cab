"""What runs in a child of the bot's parent: a worker on the model that the parent loaded."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from cryptography.fernet import Fernet

from bot.action_endpoint import InProcessActions
from bot.catalogue import CatalogueWatch
from bot.chaos import Chaos
from bot.desk_hours import follow_hours
from bot.nlu.service_item_linker import ServiceItemLinker
from bot.processor import load_processor
from bot.pulse import Pulse
from bot.queues import UserQueues
from bot.self_test import self_test
from bot.tries import Tries
from bot.turn import TurnRunner, TurnSettings
from bot.worker import Worker
from store.commits import Commits
from store.context import current
from store.leases import Leases
from store.redis import client
from weijing.model_file import data_commit
from weijing.settings import Settings
from weijing.tasks import end


class WorkerProcess:
    """Loads in the parent, runs in each child.

    Args:
        settings: of the process.
        model: the model's file.
        epoch: of the release that it is loaded for; 0 without one.

    Raises:
        SettingsError: the model cannot be read.
        SelfTestFailed: it does not answer.
    """

    def __init__(self, settings: Settings, model: Path, epoch: int = 0) -> None:
        self._settings, self._model, self._epoch = settings, model, epoch
        self._chaos: Chaos | None = None
        processor = load_processor(model, InProcessActions(after=self._after_action))
        cipher = Fernet(settings.vault_key.get_secret_value().encode())
        self._turns = TurnRunner(processor, TurnSettings(cipher, data_commit(model), settings.chaos_slow_text))
        self.model_id = self._turns.model_id
        self._linkers: list[ServiceItemLinker] = processor.graph_runner.components(ServiceItemLinker)
        asyncio.run(self_test(processor, self._turns))

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
        leases = Leases(redis, owner, self._settings.bot_lease_ms, model=self._model.name, epoch=self._epoch)
        commits = Commits(redis, owner, checks=not self._settings.chaos_unfenced)
        worker = Worker(reader, leases, UserQueues(Tries(redis, owner), set(), commits, self._turns, self._chaos), pulse)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, worker.stop)
        watching = [asyncio.create_task(one) for one in (CatalogueWatch(redis, self._linkers).run(), follow_hours(redis))]
        await worker.run()
        await end(*watching)
        await redis.close(close_connection_pool=True)
        await reader.close(close_connection_pool=True)
