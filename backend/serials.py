"""Numbers that count up within a year, as `X2026-000123`."""

from __future__ import annotations

import asyncpg

NEXT = """
    INSERT INTO backend.serial_numbers AS numbers (series, year, last) VALUES ($1, $2, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""


async def next_number(connection: asyncpg.Connection, series: str, year: int) -> str:
    """The next number of a series; it is used up only if the transaction commits."""
    return f"{series}{year}-{await connection.fetchval(NEXT, series, year):06d}"
