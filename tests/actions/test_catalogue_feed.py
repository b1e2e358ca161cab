"""The catalogue, followed live: a change in the real backend reaches the linker without a model being loaded anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from actions.catalogue_feed import follow
from actions.client import backend as api
from bot.catalogue import CatalogueWatch
from bot.nlu.item_index import ItemIndex, Link
from bot.nlu.service_item_linker import ServiceItemLinker
from store.catalogue import Catalogue
from store.redis import Redis
from tests.actions.conftest import BackendProcess

BUMP = "version = (SELECT max(version) + 1 FROM backend.service_items)"
NEW = """
    INSERT INTO backend.service_items (id, category, name, summary, words, record, seed_hash, version)
    SELECT 'space_walk', category, $1::jsonb->>'name', summary, words, record || $1::jsonb, 'test', version + 1 FROM backend.service_items
     ORDER BY version DESC LIMIT 1
"""
RECORD = {"id": "space_walk", "name": "太空行走许可", "aliases": ["太空漫步证"], "questions": ["怎么申请太空行走"], "related": []}


class Linker(ServiceItemLinker):
    """Shows what is linked."""

    def best(self, text: str) -> Link | None:
        """The item that is most likely meant."""
        return next(iter(self._index.links(text, {})), None)


@pytest_asyncio.fixture
async def database(backend: BackendProcess, database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The backend's tables; what the test changes is put back."""
    connection = await asyncpg.connect(database_url)
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    yield connection
    await connection.execute("DELETE FROM backend.service_items WHERE id = 'space_walk'")
    await connection.execute(f"UPDATE backend.service_items SET active = true, {BUMP} WHERE id = 'fraud_refund'")
    await connection.close()


async def test_a_change_of_the_catalogue_is_linked_live(redis: Redis, database: asyncpg.Connection) -> None:
    linker = Linker.create(ServiceItemLinker.get_default_config(), None, None, None)
    watch = CatalogueWatch(redis, [linker])
    assert not await watch.follow(), "nothing is known yet: the items of the YAML stay"
    assert linker.best("诈骗资金返还").item == "fraud_refund"
    await database.execute(NEW, RECORD)
    await database.execute(f"UPDATE backend.service_items SET active = false, {BUMP} WHERE id = 'fraud_refund'")
    assert await follow(api(), Catalogue(redis)) and await watch.follow()
    assert linker.best("太空漫步证要多少钱").item == "space_walk"
    assert all(link.item != "fraud_refund" for link in linker._index.links("涉案资金返还", {}))
    assert not await follow(api(), Catalogue(redis)) and not await watch.follow(), "the same version is not read twice"


async def test_what_redis_holds_links_as_the_records_do(redis: Redis, backend: BackendProcess) -> None:
    await follow(api(), Catalogue(redis))
    _, items = await Catalogue(redis).read()
    assert len(items) > 200 and {item.id for item in items} >= set(next(item for item in items if item.id == "id_card_replacement").related)
    assert ItemIndex(items).links("身份证掉了补一张多少钱", {})[0].item == "id_card_replacement"
