"""Appointments 预约: a half hour at a counter, booked, moved and given back without ever being promised twice.

A slot is taken by one statement that checks the capacity, so that of many who come at once only as many get it as it holds; a partial unique index
keeps one open appointment for each visitor and item of a user. Openid, name and phone are stored sealed, and deleted with the appointment
(`backend/retention.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.counters import SERVICES, SLOT, parse_day, read_counter, starts
from backend.database import POOL, connected, transaction
from backend.idempotency import create_once
from backend.identities import bound_contact, openid_digest
from backend.problems import Problem
from backend.proofs import normalise
from backend.vault import VAULT, Vault
from weijing.workdays import ONE_DAY, SHANGHAI

MOST = 5
"""Open appointments of one user, for all who come."""
TAKE = """
    INSERT INTO backend.taken_slots AS slot (office_id, service, starts_at, taken) VALUES ($1, $2, $3, 1)
    ON CONFLICT (office_id, service, starts_at) DO UPDATE SET taken = slot.taken + 1
     WHERE slot.taken < (SELECT capacity FROM backend.counters AS c WHERE c.office_id = slot.office_id AND c.service = slot.service)
    RETURNING taken
"""
GIVE_BACK = "UPDATE backend.taken_slots SET taken = taken - 1 WHERE office_id = $1 AND service = $2 AND starts_at = $3"
LOCK = "SELECT 1 FROM backend.taken_slots WHERE office_id = $1 AND service = $2 AND starts_at = ANY($3) ORDER BY starts_at FOR UPDATE"
"""Before moving: two who change places would wait for each other for ever if each took the new slot first."""
NUMBER = """
    INSERT INTO backend.appointment_numbers AS numbers (year, last) VALUES ($1, 1)
    ON CONFLICT (year) DO UPDATE SET last = numbers.last + 1 RETURNING last
"""
LAPSE = "UPDATE backend.appointments SET status = 'past' WHERE person = $1 AND service = $2 AND status = 'booked' AND starts_at <= now()"
INSERT = """
    INSERT INTO backend.appointments (appointment_no, person, contact, office_id, service, service_item_id, starts_at, visitor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
MOVE = "UPDATE backend.appointments SET starts_at = $2, reminded = false WHERE appointment_no = $1"
SHOWN = """
    SELECT a.appointment_no, a.service, a.service_item_id, a.starts_at, a.status, a.reminded, a.contact, a.booked_at,
           a.office_id, o.name AS office, o.address, o.phone
      FROM backend.appointments a JOIN backend.offices o ON o.id = a.office_id
"""
OPEN = f"""{SHOWN}
     WHERE a.status = 'booked' AND a.starts_at >= $2 AND a.starts_at < $3 AND a.person = coalesce($1, a.person) ORDER BY a.starts_at, a.appointment_no
"""


async def create_appointment(request: web.Request) -> web.StreamResponse:
    """Book a slot, once for each Idempotency-Key.

    Raises:
        Problem: 404 no such counter, 409 `slot_taken`, `already_booked`, `too_many_appointments`, or `not_bound`: without name or phone it is the bound
            person's.
    """
    vault, body = request.app[VAULT], request[BODY]
    person = openid_digest(vault, body["openid"])

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        office, service = body["office_id"], body["service"]
        start = await _take(connection, office, service, body["starts_at"])
        await connection.execute(LAPSE, person, service)
        contact = await _contact(connection, vault, person, body)
        number = f"Y{datetime.now(SHANGHAI).year}-{await connection.fetchval(NUMBER, datetime.now(SHANGHAI).year):06d}"
        visitor = vault.digest("visitor", normalise("name", contact["name"]), normalise("phone", contact["phone"]))
        sealed = vault.seal({**contact, "openid": body["openid"]})
        await connection.execute(INSERT, number, person, sealed, office, service, body.get("service_item_id"), start, visitor)
        return 201, await _shown(connection, vault, number)

    try:
        return await create_once(request, create)
    except asyncpg.UniqueViolationError:
        raise Problem(409, "already_booked", "This visitor has an open appointment for this item; move or cancel it.") from None


async def move_appointment(request: web.Request) -> web.StreamResponse:
    """Take the new slot, then give the old one back; both or neither.

    Raises:
        Problem: 404 not this user's, 409 `slot_taken` or `appointment_closed`.
    """
    vault, body, number = request.app[VAULT], request[BODY], request.match_info["appointment_no"]

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        row = await _owned(connection, number, openid_digest(vault, body["openid"]))
        if row["status"] != "booked":
            raise closed()
        counter, start = (row["office_id"], row["service"]), _moment(body["starts_at"])
        if start != row["starts_at"]:
            await connection.execute(LOCK, *counter, [start, row["starts_at"]])
            await _take(connection, *counter, body["starts_at"])
            await connection.execute(GIVE_BACK, *counter, row["starts_at"])
            await connection.execute(MOVE, number, start)
        return 200, await _shown(connection, vault, number)

    return await create_once(request, create)


async def cancel_appointment(request: web.Request) -> web.StreamResponse:
    """Give the slot back; doing it again changes nothing."""
    vault, number = request.app[VAULT], request.match_info["appointment_no"]
    async with transaction(request.app[POOL]) as connection:
        row = await _owned(connection, number, openid_digest(vault, request.query["openid"]))
        if row["status"] == "past":
            raise closed()
        if row["status"] == "booked":
            await connection.execute("UPDATE backend.appointments SET status = 'cancelled' WHERE appointment_no = $1", number)
            await connection.execute(GIVE_BACK, row["office_id"], row["service"], row["starts_at"])
        return web.json_response(await _shown(connection, vault, number))


async def list_appointments(request: web.Request) -> web.StreamResponse:
    """Open appointments: those of a user that lie ahead, or all of a day."""
    vault, openid, day = request.app[VAULT], request.query.get("openid"), request.query.get("date")
    if not openid and not day:
        raise Problem(400, "invalid_parameter", "Ask for an openid or a date.")
    first = datetime.combine(parse_day(day), datetime.min.time(), SHANGHAI) if day else datetime.now(SHANGHAI)
    last = first + (ONE_DAY if day else timedelta(days=366))
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(OPEN, openid_digest(vault, openid) if openid else None, first, last)
    return web.json_response({"appointments": [_answer(vault, row) for row in rows]})


async def mark_reminded(request: web.Request) -> web.StreamResponse:
    """Note that the user was reminded; doing it again changes nothing."""
    number = request.match_info["appointment_no"]
    async with transaction(request.app[POOL]) as connection:
        await connection.execute("UPDATE backend.appointments SET reminded = true WHERE appointment_no = $1", number)
        return web.json_response(await _shown(connection, request.app[VAULT], number))


def closed() -> Problem:
    """What is over or cancelled is not changed any more."""
    return Problem(409, "appointment_closed", "This appointment is over or cancelled.")


async def _take(connection: asyncpg.Connection, office: str, service: str, text: str) -> datetime:
    counter, start, now = await read_counter(connection, office, service), _moment(text), datetime.now(SHANGHAI)
    if start not in starts(counter["hours"], start.date(), start.date(), now) or not await connection.fetchval(TAKE, office, service, start):
        raise Problem(409, "slot_taken", "This slot is not free (any more); ask for the free ones.")
    return start


async def _contact(connection: asyncpg.Connection, vault: Vault, person: str, body: dict[str, Any]) -> dict[str, str]:
    """Name and phone of who comes: as sent, else of whom the openid is bound to. One user books for a family, not for a queue."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3))", person)
    if await connection.fetchval("SELECT count(*) FROM backend.appointments WHERE person = $1 AND status = 'booked' AND starts_at > now()", person) >= MOST:
        raise Problem(409, "too_many_appointments", f"This user has {MOST} open appointments.")
    sent = {name: body[name] for name in ("name", "phone") if body.get(name)}
    bound = {} if len(sent) == 2 else await bound_contact(connection, vault, person)
    if bound is None:
        raise Problem(409, "not_bound", "Send name and phone: this user is bound to nobody.")
    return {**bound, **sent}


async def _owned(connection: asyncpg.Connection, number: str, person: str) -> asyncpg.Record:
    """The appointment, locked, with `past` as its status once it has begun; somebody else's is not found."""
    row = await connection.fetchrow("SELECT * FROM backend.appointments WHERE appointment_no = $1 AND person = $2 FOR UPDATE", number, person)
    if row is None:
        raise _unknown()
    over = row["status"] == "booked" and row["starts_at"] <= datetime.now(SHANGHAI)
    return {**row, "status": "past"} if over else row


async def _shown(connection: asyncpg.Connection, vault: Vault, number: str) -> dict[str, Any]:
    row = await connection.fetchrow(SHOWN + " WHERE a.appointment_no = $1", number)
    if row is None:
        raise _unknown()
    return _answer(vault, row)


def _unknown() -> Problem:
    return Problem(404, "not_found", "There is no such appointment of this user.")


def _moment(text: str) -> datetime:
    """A start as it was sent; what is no moment is no slot."""
    try:
        return datetime.fromisoformat(text).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise Problem(409, "slot_taken", "There is no such slot; ask for the free ones.") from None


def _answer(vault: Vault, row: asyncpg.Record) -> dict[str, Any]:
    names = ("appointment_no", "service", "service_item_id", "status", "reminded", "office_id", "office", "address", "phone")
    start = row["starts_at"].astimezone(SHANGHAI)
    times = {"starts_at": start.isoformat(), "ends_at": (start + SLOT).isoformat()}
    return {**{name: row[name] for name in names}, **times, "service_name": SERVICES[row["service"]], "openid": vault.open(row["contact"])["openid"]}
