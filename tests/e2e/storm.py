"""What the storm needs beside the bot: a real backend on a database of its own, and what arrived there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import psycopg2
from sqlalchemy.engine import make_url

from tests.e2e.house import House, Process, free_port


def new_database(url: str) -> str:
    """A fresh database on the server; returns its URL."""
    name = f"storm_{uuid4().hex[:8]}"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return str(make_url(url).set(database=name).render_as_string(hide_password=False))


@dataclass
class Backend:
    """A running reference backend."""

    house: House
    port: int
    database_url: str
    process: Process

    @property
    def environment(self) -> dict[str, str]:
        """What tells other processes where it is."""
        return {"BACKEND_URL": f"http://127.0.0.1:{self.port}", "DATABASE_URL": self.database_url}

    async def reports(self) -> list[str]:
        """The content of each report filed, beside those of the demo."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return [row["content"] for row in await connection.fetch("SELECT content FROM backend.reports WHERE report_no !~ '-900'")]
        finally:
            await connection.close()


def start_backend(folder: Path, postgres_url: str) -> Backend:
    """Start it and wait until it is ready; the house in `folder` keeps the generated secrets that all its processes share."""
    url, port = new_database(postgres_url), free_port()
    house = House(folder, {"DATABASE_URL": url, "BACKEND_PORT": str(port)})
    process = house.start("backend")
    house.wait_ready(process, port)
    return Backend(house, port, url, process)
