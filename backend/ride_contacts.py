"""Who is told when a ride is overdue: a friend, by a code that the passenger hands over, and only after agreeing (个人信息保护法 arts 13, 14)."""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import note_change
from backend.contract import BODY
from backend.database import POOL, connected, transaction
from backend.idempotency import create_once
from backend.identities import masked_name, openid_digest
from backend.problems import Problem, not_found
from backend.proofs import hash_proof, new_query_code, prove
from backend.rides import own_ride, refuse_over, travel_step
from backend.vault import VAULT
from weijing.workdays import SHANGHAI

CODE = "INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, 'invitation', $2) ON CONFLICT (number, kind) DO UPDATE SET hash = excluded.hash"
RIDE = """
    SELECT r.arrived_at, f.sender, f.item_name, f.next_step, c.contact FROM backend.rides r JOIN backend.filings f USING (filing_no)
      LEFT JOIN backend.ride_contacts c USING (filing_no) WHERE filing_no = $1 FOR UPDATE OF r
"""
READ = "SELECT r.arrived_at, r.expected_at, f.fields FROM backend.rides r JOIN backend.filings f USING (filing_no) WHERE filing_no = $1"
ENDED = "DELETE FROM backend.ride_contacts c USING backend.rides r WHERE c.filing_no = r.filing_no AND contact = $1 RETURNING c.filing_no, arrived_at"
AGREE = "INSERT INTO backend.ride_contacts (filing_no, contact, openid) VALUES ($1, $2, $3)"


async def invite(request: web.Request) -> web.StreamResponse:
    """Give the passenger a code to hand to a friend; it takes the place of the code before and of who agreed by that.

    Raises:
        Problem: 404 not this user's, 409 `ride_over`.
    """
    vault, number, code = request.app[VAULT], request.match_info["filing_no"], new_query_code()
    hashed = await hash_proof(vault, "invitation", code)

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        refuse_over(await own_ride(connection, vault, number, request[BODY]["openid"]))
        await connection.execute("DELETE FROM backend.ride_contacts WHERE filing_no = $1", number)
        await connection.execute(CODE, number, hashed)
        return 201, {"number": number, "code": code}

    return await create_once(request, create)


async def read_invitation(request: web.Request) -> web.StreamResponse:
    """Who invites, by masked name, and until when: whoever is asked must know before they agree.

    Raises:
        Problem: 404 for an unknown number or a wrong code, 409 `ride_over`, 429 after five wrong codes.
    """
    vault, number = request.app[VAULT], request.match_info["filing_no"]
    await prove(request.app[POOL], vault, number, "invitation", request[BODY]["code"])
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow(READ, number)
    if row is None:
        raise not_found()
    refuse_over(row)
    expected = row["expected_at"].astimezone(SHANGHAI).isoformat()
    return web.json_response({"number": number, "name": masked_name(vault.open(row["fields"])["name"]), "expected_at": expected})


async def agree(request: web.Request) -> web.StreamResponse:
    """Bind the friend who has the code to this ride alone, and let the passenger know.

    Raises:
        Problem: 404 for an unknown number or a wrong code, 409 `ride_over`, `own_ride` or `contact_taken`, 429 after five wrong codes.
    """
    vault, number, body = request.app[VAULT], request.match_info["filing_no"], request[BODY]
    await prove(request.app[POOL], vault, number, "invitation", body["code"])
    friend = openid_digest(vault, body["openid"])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await connection.fetchrow(RIDE, number)
        if row is None:
            raise not_found()
        refuse_over(row)
        if friend == row["sender"] or row["contact"] not in {None, friend}:
            code = "own_ride" if friend == row["sender"] else "contact_taken"
            raise Problem(409, code, "A ride has one contact, and that is not its passenger.")
        if row["contact"] is None:
            await connection.execute(AGREE, number, friend, vault.seal(body["openid"]))
            await note_change(connection, _agreed(number, row))
        return 201, {"number": number, "agreed": True}

    return await create_once(request, create)


async def end(request: web.Request) -> web.StreamResponse:
    """This user is nobody's contact any more, and passengers who are still under way hear of it; doing it again changes nothing."""
    friend = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with transaction(request.app[POOL]) as connection:
        ended = await connection.fetch(ENDED, friend)
        for number in sorted(row["filing_no"] for row in ended if row["arrived_at"] is None):
            await note_change(connection, _left(number, await connection.fetchrow(RIDE, number)))
    return web.json_response({"ended": len(ended)})


def _agreed(number: str, row: asyncpg.Record) -> dict[str, Any]:
    return _change(number, row, "联系人已同意", "超时没有消息时会告诉对方", row["next_step"])


def _left(number: str, row: asyncpg.Record) -> dict[str, Any]:
    return _change(number, row, "联系人已退出", "超时不会再告诉对方", "要换一位联系人，回复“要邀请码”。")


def _change(number: str, row: asyncpg.Record, name: str, note: str, next_step: str) -> dict[str, Any]:
    told = {"number": number, "item_name": row["item_name"], "status": "accepted", "status_text": name}
    return {**told, "step": travel_step(name, note), "next_step": next_step}
