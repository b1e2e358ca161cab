"""`weijing migrate`: bring the tables of the house up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from store.db import connected
from weijing.errors import EngineError
from weijing.settings import load_settings

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_261_001
"""Advisory lock under which migrations run, so that two starts at once do it one after the other."""


def migrate(url: str, revision: str = "head") -> None:
    """Run the migrations that are missing, in one transaction; does nothing when there are none.

    Raises:
        EngineError: PostgreSQL cannot be reached.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with connected(url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS weijing"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def main(argv: list[str]) -> int:
    """Migrate the database that DATABASE_URL names."""
    url = load_settings().database_url
    if not url:
        raise EngineError("set DATABASE_URL; `weijing run` migrates the embedded PostgreSQL by itself")
    migrate(url)
    print("the tables are up to date")
    return 0
