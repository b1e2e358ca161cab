"""Rides 搭乘车备案: the passenger says that they arrived, or later; who does not is reminded, then a contact who agreed is told.

The service is voluntary and nobody watches a ride: what is overdue is only listed, for the bot to ask and tell. Nothing here sends the police.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.changes import note_change
from backend.contract import BODY
from backend.database import POOL, connected, transaction
from backend.idempotency import create_once
from backend.identities import openid_digest
from backend.problems import Problem, not_found
from backend.vault import VAULT, Vault
from weijing.workdays import SHANGHAI

RIDE = "ride"
"""The filing that is a ride; its definition has the fields `name plate from to expected_at`."""
LONGEST = timedelta(hours=24)
SHOWN = ("name", "plate", "from", "to")
"""What a contact who agreed may be told."""
ARRIVED = "已平安到达。记录到期自动删除，您也可以随时要求删除。"

RANK = "array_position(ARRAY['none', 'reminded', 'contact_told'], {})"
BEGIN = "INSERT INTO backend.rides (filing_no, openid, expected_at) VALUES ($1, $2, $3)"
OWN = """
    SELECT r.*, f.item_name, f.steps FROM backend.rides r JOIN backend.filings f USING (filing_no) WHERE filing_no = $1 AND sender = $2 FOR UPDATE
"""
ARRIVE = "UPDATE backend.filings SET status = 'completed', asks = '[]', until = NULL, steps = $2, next_step = $3 WHERE filing_no = $1"
EXTEND = "UPDATE backend.rides SET expected_at = $2, stage = 'none', staged_at = NULL WHERE filing_no = $1"
TELL_CONTACT = "INSERT INTO backend.changes (subscriber, openid, change) SELECT contact, openid, $2 FROM backend.ride_contacts WHERE filing_no = $1"
LISTED = """
    SELECT r.*, f.fields, c.openid AS contact FROM backend.rides r JOIN backend.filings f USING (filing_no) LEFT JOIN backend.ride_contacts c USING (filing_no)
     WHERE arrived_at IS NULL
"""
OVERDUE = f"""{LISTED} AND expected_at BETWEEN now() - interval '24 hours' AND now() - make_interval(mins => $1)
       AND (stage = 'none' OR (stage = 'reminded' AND c.openid IS NOT NULL))
     ORDER BY {RANK.format("stage")}, expected_at LIMIT 200
"""
UNDER_WAY = f"{LISTED} AND sender = $1 ORDER BY received_at DESC, filing_no DESC LIMIT 20"
MARK = f"""
    UPDATE backend.rides SET stage = $2, staged_at = now()
     WHERE filing_no = $1 AND expected_at = $3 AND arrived_at IS NULL AND {RANK.format("stage")} < {RANK.format("$2::text")}
"""  # noqa: S608  our own words


async def begin_ride(connection: asyncpg.Connection, vault: Vault, number: str, openid: str, fields: dict[str, Any]) -> None:
    """A ride was filed: note by when its passenger means to arrive."""
    await connection.execute(BEGIN, number, vault.seal(openid), datetime.fromisoformat(fields["expected_at"]))


async def check_in(request: web.Request) -> web.StreamResponse:
    """The passenger has arrived, or will arrive later; a contact who was told before hears of it.

    Raises:
        Problem: 404 not this user's, 409 `ride_over`, 422 `invalid_filing` for an expected time that is past or more than a day away.
    """
    vault, number, body = request.app[VAULT], request.match_info["filing_no"], request[BODY]
    extended = _ahead(body["expected_at"]) if body["state"] == "extended" else None

    async def check(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await own_ride(connection, vault, number, body["openid"])
        if extended:
            refuse_over(row)
            await connection.execute(EXTEND, number, extended)
            await _tell_contact(connection, row, "延后到达", f"预计{extended:%H:%M}到")
        elif row["arrived_at"] is None:
            await connection.execute("UPDATE backend.rides SET arrived_at = now() WHERE filing_no = $1", number)
            await connection.execute(ARRIVE, number, [*row["steps"], travel_step("平安到达")], ARRIVED)
            await _tell_contact(connection, row, "平安到达", "乘车人报了平安")
        now = await connection.fetchrow("SELECT * FROM backend.rides WHERE filing_no = $1", number)
        return 200, {"number": number, "state": "arrived" if now["arrived_at"] else "travelling", **_times(now)}

    return await create_once(request, check)


async def list_rides(request: web.Request) -> web.StreamResponse:
    """The rides overdue by so many minutes, at most a day, with somebody left to tell; those that nobody was told of first."""
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(OVERDUE, int(request.query["overdue"]))
    return web.json_response({"rides": [_listed(request.app[VAULT], row) for row in rows]})


async def list_own_rides(request: web.Request) -> web.StreamResponse:
    """The rides of a passenger who has not said that they arrived, the latest first."""
    sender = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(UNDER_WAY, sender)
    return web.json_response({"rides": [_listed(request.app[VAULT], row) for row in rows]})


async def mark_stage(request: web.Request) -> web.StreamResponse:
    """Note what was said of a ride expected at this moment; never goes back, and does nothing for one that was extended or has arrived meanwhile."""
    number, body = request.match_info["filing_no"], request[BODY]
    async with transaction(request.app[POOL]) as connection:
        await connection.execute(MARK, number, body["stage"], moment(body["expected_at"]))
        row = await connection.fetchrow("SELECT * FROM backend.rides WHERE filing_no = $1", number)
    if row is None:
        raise not_found()
    return web.json_response({"number": number, **_times(row)})


async def own_ride(connection: asyncpg.Connection, vault: Vault, number: str, openid: str) -> asyncpg.Record:
    """The ride of this passenger, locked.

    Raises:
        Problem: 404, there is none or it is somebody else's.
    """
    row = await connection.fetchrow(OWN, number, openid_digest(vault, openid))
    if row is None:
        raise not_found()
    return row


def refuse_over(row: asyncpg.Record) -> None:
    """Nothing more is changed of a ride that has ended."""
    if row["arrived_at"]:
        raise Problem(409, "ride_over", "The passenger has arrived.")


def moment(text: str) -> datetime:
    """A moment as it was sent.

    Raises:
        Problem: 422 `invalid_filing`.
    """
    try:
        return datetime.fromisoformat(text).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise Problem(422, "invalid_filing", "expected_at: is no moment") from None


async def _tell_contact(connection: asyncpg.Connection, row: asyncpg.Record, name: str, note: str) -> None:
    """Only a contact who was told that the passenger is overdue hears how it went on."""
    if row["stage"] == "contact_told":
        told = {"number": row["filing_no"], "item_name": row["item_name"], "status": "travelling", "status_text": name}
        await note_change(connection, {**told, "step": travel_step(name, note), "next_step": "没有别的事要您做。"}, TELL_CONTACT)


def _ahead(text: str) -> datetime:
    expected = moment(text)
    if not timedelta() < expected - datetime.now(SHANGHAI) <= LONGEST:
        raise Problem(422, "invalid_filing", "expected_at: must lie ahead, at most 24 hours")
    return expected


def _listed(vault: Vault, row: asyncpg.Record) -> dict[str, Any]:
    fields = vault.open(row["fields"])
    shown = {name: fields.get(name) for name in SHOWN}
    contact = {"openid": vault.open(row["contact"]), **shown} if row["contact"] else None
    return {"number": row["filing_no"], "openid": vault.open(row["openid"]), "contact": contact, **_times(row), "staged_at": _said(row["staged_at"])}


def _times(row: asyncpg.Record) -> dict[str, Any]:
    return {"expected_at": _said(row["expected_at"]), "stage": row["stage"]}


def _said(moment: datetime | None) -> str | None:
    return moment.astimezone(SHANGHAI).isoformat() if moment else None


def travel_step(name: str, note: str = "") -> dict[str, str]:
    """A step of a ride, now."""
    return {"at": datetime.now(SHANGHAI).isoformat(timespec="seconds"), "name": name, "note": note}
