"""Matters of a user in one list: what the openid filed and, once it is bound, applications and cases of the person, and what it reported by name or booked.

An anonymous report is in nobody's list: it is followed by number and query code alone. A further kind of matter is a further entry of `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from aiohttp import web

from backend.applications import READ, application_progress
from backend.appointments import OPEN
from backend.cases import case_progress
from backend.counters import HORIZON, SERVICES
from backend.database import POOL, connected
from backend.filings import filing_progress
from backend.identities import openid_digest
from backend.letters import letter_progress
from backend.reports import report_progress
from backend.vault import VAULT
from weijing.workdays import SHANGHAI

Matter = dict[str, Any]
MOST = 20
"""Matters that one answer holds."""
SHARED = ("item_name", "status", "status_text", "promised_on", "steps", "next_step", "office", "phone")


@dataclass(frozen=True)
class Owner:
    """Whose matters are meant, both as keyed digests; `person` is None for who is not bound."""

    openid: str
    person: str | None


Source = Callable[[asyncpg.Connection, Owner], Awaitable[Iterable[Matter]]]
"""Finds at most `MOST` matters, newest first."""


async def list_matters(request: web.Request) -> web.StreamResponse:
    """What is whose, newest first; for who is not bound only their filings."""
    openid = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with connected(request.app[POOL]) as connection:
        person = await connection.fetchval("SELECT person FROM backend.identities WHERE openid = $1", openid)
        sources = SOURCES if person else (_filings,)
        found = [matter for source in sources for matter in await source(connection, Owner(openid, person))]
    return web.json_response({"bound": person is not None, "matters": sorted(found, key=lambda one: (one["on"], one["number"]), reverse=True)[:MOST]})


def matter(kind: str, number: str, on: str, progress: Matter) -> Matter:
    """A matter as the list has it; `on` is the day on which it began."""
    return {"kind": kind, "number": number, "on": on, **{name: progress[name] for name in SHARED}}


async def _applications(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    query = f"{READ} WHERE a.person = $1 ORDER BY a.applied_on DESC, a.application_no DESC LIMIT $2"
    rows = map(application_progress, await connection.fetch(query, owner.person, MOST))
    more = ("payment", "delivery")
    return [matter("application", row["application_no"], row["applied_on"], row) | {name: row[name] for name in more} for row in rows]


async def _cases(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    query = "SELECT * FROM backend.cases WHERE person = $1 ORDER BY opened_on DESC, case_no DESC LIMIT $2"
    rows = map(case_progress, await connection.fetch(query, owner.person, MOST))
    return [matter("case", row["case_no"], row["opened_on"], row) for row in rows]


async def _reports(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    query = "SELECT * FROM backend.reports WHERE sender = $1 AND mode <> 'anonymous' ORDER BY received_at DESC LIMIT $2"
    rows = map(report_progress, await connection.fetch(query, owner.openid, MOST))
    return [matter("report", row["report_no"], row["received_at"][:10], row) for row in rows]


async def _filings(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    query = "SELECT * FROM backend.filings WHERE sender = $1 ORDER BY received_at DESC LIMIT $2"
    rows = map(filing_progress, await connection.fetch(query, owner.openid, MOST))
    return [matter("filing", row["filing_no"], row["applied_on"], row) for row in rows]


async def _letters(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    query = "SELECT * FROM backend.letters WHERE sender = $1 ORDER BY received_at DESC LIMIT $2"
    rows = map(letter_progress, await connection.fetch(query, owner.openid, MOST))
    return [matter("letter", row["letter_no"], row["received_at"][:10], row) for row in rows]


async def _appointments(connection: asyncpg.Connection, owner: Owner) -> Iterable[Matter]:
    now = datetime.now(SHANGHAI)
    rows = await connection.fetch(OPEN, owner.openid, now, now + timedelta(days=HORIZON + 1))
    return [matter("appointment", row["appointment_no"], row["booked_at"].astimezone(SHANGHAI).date().isoformat(), _appointment(row)) for row in rows]


def _appointment(row: asyncpg.Record) -> Matter:
    start, booked = row["starts_at"].astimezone(SHANGHAI), row["booked_at"].astimezone(SHANGHAI)
    step = {"at": booked.isoformat(timespec="seconds"), "name": "预约", "note": ""}
    told = {"item_name": f"预约{SERVICES[row['service']]}业务", "status": row["status"], "status_text": f"已约{start.month}月{start.day}日{start:%H:%M}"}
    place = {"office": f"{row['office']}（{row['address']}）", "phone": row["phone"]}
    return {**told, **place, "promised_on": None, "steps": [step], "next_step": "请带好材料原件，准时到窗口。"}


SOURCES: tuple[Source, ...] = (_applications, _cases, _reports, _letters, _filings, _appointments)
