"""A worker follows the catalogue: when its version in Redis changes, a new index is made beside the turns and put in the linker's place."""

from __future__ import annotations

import asyncio
import logging

from bot.nlu.item_index import ItemIndex
from bot.nlu.service_item_linker import ServiceItemLinker
from store.catalogue import Catalogue
from store.redis import FAULTS, Redis

log = logging.getLogger(__name__)

BEAT_S = 5.0


class CatalogueWatch:
    """Keeps the linkers of a model on the catalogue.

    Args:
        redis: the client.
        linkers: of the loaded model; until the first look they link the items of the YAML.
    """

    def __init__(self, redis: Redis, linkers: list[ServiceItemLinker]) -> None:
        self._catalogue = Catalogue(redis)
        self._linkers = linkers
        self._version = ""

    async def run(self) -> None:
        """Follow for ever; while Redis is away the items stay as they are."""
        while True:
            try:
                await self.follow()
            except FAULTS as error:
                log.warning("the catalogue is not followed (%s)", type(error).__name__)
            await asyncio.sleep(BEAT_S)

    async def follow(self) -> bool:
        """Take the items over if their version is another; whether it was."""
        if await self._catalogue.version() in ("", self._version):
            return False
        version, items = await self._catalogue.read()
        index = await asyncio.to_thread(ItemIndex, items)
        for linker in self._linkers:
            linker.use(index)
        self._version = version
        log.info("linking %d items of catalogue version %s", len(items), version)
        return True
