"""Namesakes 重名: how many people bear a name, in bands. A name comes, is counted and is gone: it is neither stored nor logged.

The reference knows only the demo's names; a bureau answers from its own register.
"""

from __future__ import annotations

from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected
from backend.identities import openid_digest
from backend.problems import not_found
from backend.proofs import attempt
from backend.vault import VAULT, Vault

TRIES = 20
"""Questions of an openid in an hour: enough for a family, too few to read out a register."""
BANDS = ((1, "0"), (10, "1-9"), (100, "10-99"), (1000, "100-999"))
"""(below so many people, band)."""
MOST = "1000+"


async def count_namesakes(request: web.Request) -> web.StreamResponse:
    """The band of each name, in the order in which they were asked.

    Raises:
        Problem: 404 where nothing was counted, 429 after twenty questions of the openid in an hour.
    """
    vault, pool, body = request.app[VAULT], request.app[POOL], request[BODY]

    async def never() -> bool:
        return False  # every question counts as a guess

    await attempt(pool, f"namesakes:{openid_digest(vault, body['openid'])}", never, TRIES)
    digests = [name_digest(vault, name) for name in body["names"]]
    async with connected(pool) as connection:
        scope = await connection.fetchval("SELECT scope FROM backend.namesakes LIMIT 1")
        people = dict(await connection.fetch("SELECT name, people FROM backend.namesakes WHERE name = ANY($1)", digests))
    if scope is None:
        raise not_found()
    return web.json_response({"scope": scope, "bands": [band(people.get(digest, 0)) for digest in digests]})


def band(people: int) -> str:
    """The band of a number."""
    return next((name for below, name in BANDS if people < below), MOST)


def name_digest(vault: Vault, name: str) -> str:
    """A name as the table holds it."""
    return vault.digest("namesake", name)
