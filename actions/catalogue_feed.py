"""The feed of the catalogue: when the backend's version changes, the active items' words are read and laid into Redis for the workers.

One process reads for all workers, and a worker never waits for the backend. An item that was switched off is in no list, so it is linked no more.
"""

from __future__ import annotations

import asyncio
import logging

from actions.client import Backend, backend
from store.catalogue import Catalogue, ItemWords
from store.redis import FAULTS, Redis
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

BEAT_S = 10.0
"""Between two looks: with the workers' own (`bot/catalogue.py`) a change is linked within 20 s."""
AT_ONCE = 8
"""Items read at the same time."""


async def keep_catalogue(redis: Redis) -> None:
    """Follow for ever; while the backend is away the items stay as they are."""
    while True:
        try:
            await follow(backend(), Catalogue(redis))
        except (BackendUnavailable, BackendRefused, *FAULTS) as error:
            log.warning("the catalogue is not followed: %s", error)
        await asyncio.sleep(BEAT_S)


async def follow(api: Backend, catalogue: Catalogue) -> bool:
    """Read the items if the version is another; whether it was.

    Raises:
        BackendUnavailable: nothing was changed.
    """
    listed = await api.catalogue()
    version = str(listed["version"])
    if version == await catalogue.version():
        return False
    room = asyncio.Semaphore(AT_ONCE)

    async def whole(item_id: str) -> ItemWords:
        async with room:
            return ItemWords.of(await api.catalogue_item(item_id))

    items = await asyncio.gather(*(whole(item["id"]) for item in listed["items"]))
    await catalogue.write(version, items)
    log.info("catalogue version %s: %d items", version, len(items))
    return True
