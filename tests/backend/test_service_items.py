"""The catalogue over HTTP, and how seeding keeps it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from backend.database import migrate, open_pool
from backend.seed import seed
from backend.vault import Vault
from tests.backend.conftest import Api, new_database
from weijing.engines import EmbeddedPostgres
from weijing.errors import ServiceItemError
from weijing.service_items import CATEGORIES, load_service_items, parse_item
from weijing.settings import load_settings


async def test_the_list_holds_the_whole_catalogue(api: Api) -> None:
    answer = await api("GET", "/v1/service-items")
    assert {item["id"] for item in answer.json["items"]} == {item.id for item in load_service_items()}
    assert answer.json["version"] == 1


async def test_the_list_is_narrowed_by_category_and_words(api: Api) -> None:
    cards = (await api("GET", "/v1/service-items", params={"category": "id_card"})).json["items"]
    assert cards and {item["category"] for item in cards} == {"id_card"}
    lost = (await api("GET", "/v1/service-items", params={"q": "身份证丢失", "category": "id_card"})).json["items"]
    assert "id_card_replacement" in {item["id"] for item in lost} and len(lost) < len(cards)
    assert (await api("GET", "/v1/service-items", params={"q": "丢%失"})).json["items"] == []


async def test_an_item_comes_whole_and_can_be_read_back(api: Api) -> None:
    for item in load_service_items():
        record = (await api("GET", f"/v1/service-items/{item.id}")).json
        standing = {name: record.pop(name) for name in ("version", "active", "expired")}
        assert standing == {"version": 1, "active": True, "expired": False}
        assert parse_item(record, "api") == item


async def test_an_item_past_its_review_says_so(api: Api, database: asyncpg.Connection) -> None:
    change = "UPDATE backend.service_items SET record = jsonb_set(record, '{review_by}', $2::jsonb) WHERE id = $1"
    kept = await database.fetchval("SELECT record->>'review_by' FROM backend.service_items WHERE id = 'passport_first'")
    await database.execute(change, "passport_first", '"2020-01-01"')
    assert (await api("GET", "/v1/service-items/passport_first")).json["expired"] is True
    await database.execute(change, "passport_first", f'"{kept}"')


async def test_an_item_that_is_switched_off_leaves_the_list_but_can_be_read(api: Api, database: asyncpg.Connection) -> None:
    await database.execute("UPDATE backend.service_items SET active = false WHERE id = 'passport_first'")
    assert "passport_first" not in {item["id"] for item in (await api("GET", "/v1/service-items")).json["items"]}
    assert (await api("GET", "/v1/service-items/passport_first")).json["active"] is False
    await database.execute("UPDATE backend.service_items SET active = true WHERE id = 'passport_first'")


@pytest_asyncio.fixture
async def empty(postgres_server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Pool]:
    url = new_database(postgres_server)
    migrate(url)
    migrate(url)
    pool = await open_pool(url)
    yield pool
    await pool.close()


class Catalogue:
    """A folder of service items that a test may edit; nothing in it is related, so that any part may leave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items = {item.id: item.as_dict() | {"related": []} for item in load_service_items()}
        self.write()

    def write(self, without: str = "") -> None:
        """Write the YAML (JSON is YAML), leaving one category out."""
        for category in CATEGORIES:
            records = [item for item in self.items.values() if item["category"] == category != without]
            (self.folder / f"{category}.yml").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


VAULT = Vault(load_settings().vault_key.get_secret_value())


async def contents(pool: asyncpg.Pool) -> dict[str, list[tuple[object, ...]]]:
    tables = ("service_items", "applications", "filings", "proofs")
    return {table: sorted(tuple(map(str, row)) for row in await pool.fetch(f"SELECT * FROM backend.{table}")) for table in tables}


async def test_seeding_twice_changes_nothing(empty: asyncpg.Pool) -> None:
    await seed(empty, VAULT, demo=True)
    first = await contents(empty)
    await seed(empty, VAULT, demo=True)
    assert await contents(empty) == first
    assert len(first["applications"]) == 12 and len(first["proofs"]) == 51


async def test_production_gets_no_demo_applications(empty: asyncpg.Pool) -> None:
    await seed(empty, VAULT, demo=False)
    assert (await contents(empty))["applications"] == (await contents(empty))["filings"] == []


async def test_only_changed_yaml_is_written_and_bumps_the_version(empty: asyncpg.Pool, catalogue: Catalogue) -> None:
    await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    await empty.execute("UPDATE backend.service_items SET name = '台上改过' WHERE id = 'id_card_first'")
    catalogue.items["passport_first"]["name"] = "护照第一次申请"
    catalogue.write()
    await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    rows = await empty.fetch("SELECT id, name, version FROM backend.service_items WHERE version = 2 OR id = 'id_card_first' ORDER BY id")
    assert [tuple(row) for row in rows] == [("id_card_first", "台上改过", 1), ("passport_first", "护照第一次申请", 2)]


async def test_an_item_that_leaves_the_yaml_is_switched_off_and_comes_back(empty: asyncpg.Pool, catalogue: Catalogue) -> None:
    async def reseeded() -> list[tuple[bool, int]]:
        await seed(empty, VAULT, demo=False, folder=catalogue.folder)
        rows = await empty.fetch("SELECT DISTINCT active, version FROM backend.service_items WHERE category = 'exit_entry'")
        return [tuple(row) for row in rows]

    assert await reseeded() == [(True, 1)]
    catalogue.write(without="exit_entry")
    assert await reseeded() == [(False, 2)]
    assert await reseeded() == [(False, 2)]
    catalogue.write()
    assert await reseeded() == [(True, 3)]


async def test_an_item_that_was_switched_off_by_hand_stays_off(empty: asyncpg.Pool, catalogue: Catalogue) -> None:
    await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    await empty.execute("UPDATE backend.service_items SET active = false WHERE id = 'passport_first'")
    catalogue.items["passport_first"]["summary"] = "改过的简介"
    catalogue.write()
    await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    assert tuple(await empty.fetchrow("SELECT active, summary FROM backend.service_items WHERE id = 'passport_first'")) == (False, "改过的简介")


async def test_a_broken_record_leaves_the_tables_as_they_were(empty: asyncpg.Pool, catalogue: Catalogue) -> None:
    await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    before = await contents(empty)
    catalogue.items["passport_first"].pop("legal_basis")
    catalogue.write()
    with pytest.raises(ServiceItemError):
        await seed(empty, VAULT, demo=False, folder=catalogue.folder)
    assert await contents(empty) == before


async def test_an_item_is_switched_off_and_on_and_the_version_grows_with_each_change(api: Api) -> None:
    version = (await api("GET", "/v1/service-items")).json["version"]
    off = (await api("PUT", "/v1/service-items/passport_first/active", json={"active": False})).json
    assert off == {"id": "passport_first", "active": False, "version": version + 1}
    assert (await api("PUT", "/v1/service-items/passport_first/active", json={"active": False})).json == off, "again changes nothing"
    listed = (await api("GET", "/v1/service-items")).json
    assert "passport_first" not in {item["id"] for item in listed["items"]} and listed["version"] == version + 1
    assert [item["id"] for item in (await api("GET", "/v1/service-items?active=false&q=护照")).json["items"]] == ["passport_first"]
    assert (await api("PUT", "/v1/service-items/passport_first/active", json={"active": True})).json["version"] == version + 2
    assert (await api("PUT", "/v1/service-items/no_such_item/active", json={"active": True})).status == 404
