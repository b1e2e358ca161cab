"""Fills the tables at start: service items from the YAML, and demo applications, cases and filings outside production. Doing it again changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from backend.counters import counter_rows
from backend.database import SETUP_LOCK, transaction
from backend.demo import DEMO, DemoApplication
from backend.demo_cases import DEMO_CASES, DemoCase
from backend.demo_matters import seed_matters
from backend.demo_notices import seed_demo_notices
from backend.demo_offices import DEMO_OFFICES
from backend.demo_surveys import DEMO_SURVEYS
from backend.identities import person_digest
from backend.proofs import hash_proof
from backend.seed_filings import seed_filings
from backend.vault import Vault
from weijing.filing import load_filings
from weijing.service_items import FOLDER, ServiceItem, load_service_items
from weijing.workdays import SHANGHAI, add_workdays

log = logging.getLogger(__name__)

STEP_AT = time(10, 0, tzinfo=SHANGHAI)
"""Time of day of the demo's steps."""

UPSERT = """
    INSERT INTO backend.service_items AS known (id, category, name, summary, words, record, seed_hash, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO UPDATE SET category = excluded.category, name = excluded.name, summary = excluded.summary, words = excluded.words,
        record = excluded.record, seed_hash = excluded.seed_hash, version = excluded.version, active = known.active OR known.seed_hash = ''
"""
RETIRE = "UPDATE backend.service_items SET active = false, seed_hash = '', version = $2 WHERE id = ANY($1::text[])"
OFFICE = """
    INSERT INTO backend.offices (id, name, address, phone, services, hours, lat, lng) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO UPDATE SET address = excluded.address
"""
COUNTER = "INSERT INTO backend.counters (office_id, service, capacity) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
APPLICATION = """
    INSERT INTO backend.applications (application_no, service_item_id, item_name, status, applied_on, promised_on, steps, next_step, office, phone)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
APPLICANT = "UPDATE backend.applications SET person = $2 WHERE application_no = $1 AND person IS NULL"
CASE = """
    INSERT INTO backend.cases (case_no, item_name, status, opened_on, steps, next_step, office, phone, person)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (case_no) DO NOTHING
"""
SURVEY = """
    INSERT INTO backend.surveys (id, title, intro, unit, questions, opens_on, closes_on) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
PROOF = "INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def seed(pool: asyncpg.Pool, vault: Vault, *, demo: bool, folder: Path = FOLDER, app_id: str = "") -> None:
    """Bring the catalogue up to date and, with `demo`, put the demo applications in that are not there; the filings are those of the
    simulator's people of this `app_id`.

    Raises:
        ServiceItemError, FilingError: a record is not valid; the tables are as before.
    """
    items = await asyncio.to_thread(load_service_items, folder)
    await asyncio.to_thread(load_filings)
    async with transaction(pool) as connection:
        await connection.execute("SET LOCAL lock_timeout = '60s'")  # another process may be seeding
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SETUP_LOCK)
        await seed_items(connection, items)
        if demo:
            await seed_demo(connection, vault, {item.id: item for item in items})
            await seed_filings(connection, vault, app_id)


async def seed_items(connection: asyncpg.Connection, items: Sequence[ServiceItem]) -> None:
    """Write the items whose YAML changed since they were last seeded and switch off those that left it; either gives the catalogue a new version.

    An item that was edited or switched off in the tables stays as it is until its YAML changes.
    """
    known = dict(await connection.fetch("SELECT id, seed_hash FROM backend.service_items"))
    version = 1 + await connection.fetchval("SELECT coalesce(max(version), 0) FROM backend.service_items")
    rows = [_row(item, version) for item in items]
    changed = [row for row in rows if known.get(row[0]) != row[6]]
    gone = [name for name in known.keys() - {item.id for item in items} if known[name]]
    await connection.executemany(UPSERT, changed)
    await connection.execute(RETIRE, gone, version)
    log.info("service items: %d, of them %d new or changed, %d gone", len(items), len(changed), len(gone))


def _row(item: ServiceItem, version: int) -> tuple[Any, ...]:
    record = item.as_dict()
    seed_hash = hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    words = "\n".join((item.name, *item.aliases, item.summary)).lower()
    return (item.id, item.category, item.name, item.summary, words, record, seed_hash, version)


async def seed_demo(connection: asyncpg.Connection, vault: Vault, items: Mapping[str, ServiceItem]) -> None:
    """Put in the demo people and the demo applications and cases that are missing; one whose service item the catalogue does not have is left out."""
    known = {row[0] for row in await connection.fetch("SELECT application_no FROM backend.applications UNION ALL SELECT case_no FROM backend.cases")}
    missing = [demo for demo in DEMO if demo.application_no not in known and demo.service_item_id in items]
    cases = [demo for demo in DEMO_CASES if demo.case_no not in known]
    await connection.executemany(APPLICATION, [_application(demo, items[demo.service_item_id]) for demo in missing])
    await connection.executemany(CASE, [_case(demo, _person(vault, demo.party)) for demo in cases])
    people = [_person(vault, demo) for demo in DEMO]
    await connection.executemany("INSERT INTO backend.people (person) VALUES ($1) ON CONFLICT DO NOTHING", [(person,) for person in people])
    await connection.executemany(APPLICANT, [(demo.application_no, person) for demo, person in zip(DEMO, people, strict=True)])
    await connection.executemany(OFFICE, DEMO_OFFICES)
    await connection.executemany(COUNTER, counter_rows(DEMO_OFFICES))
    await seed_demo_notices(connection)
    await connection.executemany(SURVEY, DEMO_SURVEYS)
    proofs = [(number, kind, proof) for number, demo in _numbered(missing, cases) for kind, proof in demo.proofs.items()]
    hashes = await asyncio.gather(*(hash_proof(vault, kind, proof) for _, kind, proof in proofs))
    await connection.executemany(PROOF, [(number, kind, value) for (number, kind, _), value in zip(proofs, hashes, strict=True)])
    await seed_matters(connection, vault)


def _numbered(applications: Sequence[DemoApplication], cases: Sequence[DemoCase]) -> list[tuple[str, DemoApplication | DemoCase]]:
    return [*((demo.application_no, demo) for demo in applications), *((demo.case_no, demo) for demo in cases)]


def _person(vault: Vault, demo: DemoApplication) -> str:
    return person_digest(vault, demo.applicant, demo.proofs["id_number"], demo.proofs["phone"])


def _case(demo: DemoCase, person: str) -> tuple[Any, ...]:
    steps = [{"at": _at(add_workdays(demo.opened_on, days)), "name": name, "note": note} for days, name, note in demo.steps]
    return (demo.case_no, demo.item_name, demo.status, demo.opened_on, steps, demo.next_step, demo.office, demo.phone, person)


def _application(demo: DemoApplication, item: ServiceItem) -> tuple[Any, ...]:
    steps = [{"at": _at(add_workdays(demo.applied_on, days)), "name": name, "note": note} for days, name, note in demo.steps]
    promised = promised_on(demo.applied_on, item)
    return (demo.application_no, item.id, item.name, demo.status, demo.applied_on, promised, steps, demo.next_step, demo.office, demo.phone)


def promised_on(applied: date, item: ServiceItem) -> date | None:
    """The last day of the item's limit, in the days that its law counts (民法典 art. 201: the first is not counted); None when none is confirmed."""
    days = item.time_limit.promised_days or item.time_limit.legal_days
    if days is None:
        return None
    return add_workdays(applied, days) if item.time_limit.day_kind == "workday" else applied + timedelta(days=days)


def _at(day: date) -> str:
    return datetime.combine(day, STEP_AT).isoformat()
