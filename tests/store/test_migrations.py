"""The migrations against the tables in code, on a real PostgreSQL."""

from __future__ import annotations

import concurrent.futures
import uuid

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store.db import connected, driver_url
from store.desk_tables import metadata as desk_metadata
from store.figure_tables import metadata as figure_metadata
from store.migrate import migrate
from store.model_tables import metadata as model_metadata
from store.tables import metadata
from store.workbench_tables import metadata as workbench_metadata
from weijing.engines import EmbeddedPostgres
from weijing.errors import EngineError


@pytest.fixture
def url(postgres_server: EmbeddedPostgres) -> str:
    """An empty database of this test."""
    name = f"migrations_{uuid.uuid4().hex[:8]}"
    engine = sa.create_engine(driver_url(postgres_server.url, "psycopg2"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return postgres_server.url.replace("/postgres?", f"/{name}?")


def test_the_migrated_tables_are_those_in_the_code(url: str) -> None:
    migrate(url)
    with connected(url) as connection:
        options = {"include_schemas": True, "compare_type": True, "version_table_schema": "weijing", "include_name": _ours}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        checks = connection.execute(sa.text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%_known'")).scalars().all()
    in_code = {check.name for table in metadata.tables.values() for check in table.constraints if isinstance(check, sa.CheckConstraint)}
    assert set(checks) == in_code and in_code
    assert all(other is metadata for other in (desk_metadata, figure_metadata, model_metadata, workbench_metadata))


def _ours(name: str | None, kind: str, parents: dict[str, str]) -> bool:
    return kind != "schema" or name == "weijing"


def test_two_starts_at_once_are_safe_and_a_third_changes_nothing(url: str) -> None:
    with concurrent.futures.ThreadPoolExecutor() as threads:
        for done in [threads.submit(migrate, url) for _ in range(2)]:
            done.result()
    migrate(url)
    with connected(url) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM weijing.alembic_version")).scalar() == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://someone:hush@127.0.0.1:1/none", "cannot be used"),
        ("mysql://127.0.0.1/none", "looks like postgresql://"),
        ("", "looks like postgresql://"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_in_one_sentence_without_its_password(address: str, words: str) -> None:
    with pytest.raises(EngineError) as caught, connected(address, seconds=0.1):
        pass
    assert words in caught.value.message and "hush" not in caught.value.message and "\n" not in caught.value.message


def test_sslmode_and_unix_sockets_are_spelled_as_each_driver_wants() -> None:
    url = "postgres://u:p@/name?host=/run/pg&sslmode=require"
    assert dict(driver_url(url, "asyncpg").query) == {"host": "/run/pg", "ssl": "require"}
    assert dict(driver_url(url, "psycopg2").query) == {"host": "/run/pg", "sslmode": "require"}
