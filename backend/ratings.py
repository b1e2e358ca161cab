"""Ratings 评价: how somebody found the handling of their matter; once a matter, and changed within a week. A 差 opens a follow-up."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.finished import CHANGEABLE, RATED_UNIT
from backend.follow_ups import MARKS, follow_up
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import Problem, not_found
from backend.promises import PROMISES
from backend.vault import VAULT

RATE = """
    INSERT INTO backend.ratings AS known (matter, openid, quality, procedure, attitude, words) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (matter, openid) DO UPDATE SET quality = excluded.quality, procedure = excluded.procedure, attitude = excluded.attitude,
        words = excluded.words, changed_at = now() WHERE known.rated_at > now() - $7::interval
    RETURNING changed_at IS NOT NULL AS changed
"""


async def create_rating(request: web.Request) -> web.StreamResponse:
    """Rate a matter, or change one's rating of it.

    Raises:
        Problem: 404 for a matter that does not exist or is not finished, 409 when it was rated more than a week ago.
    """
    vault, rating = request.app[VAULT], request[BODY]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        unit, rater = await connection.fetchval(RATED_UNIT, rating["matter"]), openid_digest(vault, rating["openid"])
        if unit is None:
            raise not_found()
        words = vault.seal(rating["words"]) if rating.get("words") else None
        changed = await connection.fetchval(RATE, rating["matter"], rater, *(rating[name] for name in MARKS), words, CHANGEABLE)
        if changed is None:
            raise Problem(409, "rating_closed", "The matter was rated more than 7 days ago.")
        followed = await follow_up(connection, vault, request.app[PROMISES], rating, rater, unit)
        return (200 if changed else 201), {"matter": rating["matter"], "changed": changed, "follow_up": followed}

    return await create_once(request, create)
