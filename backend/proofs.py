"""Proofs: what somebody must know to see the progress of an application or report, and how often they may guess.

A wrong proof and an unknown number get the same answer after the same work. Tries are counted in PostgreSQL, so that several processes count together.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import unicodedata
from collections.abc import Awaitable, Callable

import asyncpg

from backend.database import connected, transaction
from backend.problems import Problem, not_found
from backend.vault import Vault

TRIES = 5
"""Wrong proofs for one number in an hour; then it is closed until the oldest of them is an hour old."""
WINDOW_S = 3600

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of query codes: nothing that is mistaken for something else when read aloud."""

BLOCKED = """
    SELECT extract(epoch FROM min(at) + make_interval(secs => $3) - clock_timestamp())::float8
      FROM (SELECT at FROM backend.wrong_proofs WHERE number = $1 AND at > clock_timestamp() - make_interval(secs => $3) ORDER BY at DESC LIMIT $2) AS recent
    HAVING count(*) >= $2
"""


def new_query_code() -> str:
    """A fresh query code, e.g. `7KQ2-M9XD`: 40 bits."""
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def normalise(kind: str, proof: str) -> str:
    """A proof without what people add or vary when they type it: width, case, spaces, hyphens, +86."""
    text = unicodedata.normalize("NFKC", proof).upper()
    text = "".join(letter for letter in text if letter.isalnum())
    return text[2:] if kind == "phone" and len(text) == 13 and text.startswith("86") else text


async def hash_proof(vault: Vault, kind: str, proof: str) -> str:
    """The proof as it is stored."""
    return await asyncio.to_thread(vault.hash, normalise(kind, proof))


async def prove(pool: asyncpg.Pool, vault: Vault, number: str, kind: str, proof: str) -> None:
    """Pass when the proof fits the number.

    Raises:
        Problem: 404 for an unknown number or a wrong proof, 429 with `Retry-After` after five wrong ones.
    """

    async def fits() -> bool:
        async with connected(pool) as connection:
            stored = await connection.fetchval("SELECT hash FROM backend.proofs WHERE number = $1 AND kind = $2", number, kind)
        return await asyncio.to_thread(vault.fits, normalise(kind, proof), stored)

    if not await attempt(pool, number, fits):
        raise not_found()


async def attempt(pool: asyncpg.Pool, number: str, right: Callable[[], Awaitable[bool]], tries: int = TRIES) -> bool:
    """Whether a guess is right; a wrong one is counted against `number`.

    The count is taken again after the guess, under a lock: many guesses at once get no more answers than one after the other.

    Raises:
        Problem: 429 with `Retry-After` after so many wrong ones in an hour.
    """
    async with connected(pool) as connection:
        await _refuse_closed(connection, number, tries)
    good = await right()
    async with transaction(pool) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", number)
        await _refuse_closed(connection, number, tries)
        if not good:
            await connection.execute("INSERT INTO backend.wrong_proofs (number) VALUES ($1)", number)
    return good


async def _refuse_closed(connection: asyncpg.Connection, number: str, tries: int) -> None:
    wait = await connection.fetchval(BLOCKED, number, tries, float(WINDOW_S))
    if wait is not None:
        headers = {"Retry-After": str(max(1, math.ceil(wait)))}
        raise Problem(429, "too_many_attempts", f"{tries} wrong tries within an hour; wait.", headers)
