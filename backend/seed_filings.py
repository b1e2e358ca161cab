"""Puts the demo filings into the tables, for the people of the simulator."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import asyncpg

from backend.changes import SUBSCRIBE
from backend.demo_filings import DEMO_FILINGS, DemoFiling
from backend.filing_supplements import told
from backend.filings import filers_phone
from backend.identities import openid_digest
from backend.proofs import hash_proof
from backend.vault import Vault
from weijing.filing import Filing, load_filings
from weijing.simulated import FIRST_USERS, openid_of
from weijing.workdays import SHANGHAI, add_workdays

STEP_AT = time(10, 0, tzinfo=SHANGHAI)
INSERT = """
    INSERT INTO backend.filings (filing_no, kind, item_name, sender, fields, status, asks, until, steps, next_step, office, received_at, erasable)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING filing_no
"""
PROOF = "INSERT INTO backend.proofs (number, kind, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def seed_filings(connection: asyncpg.Connection, vault: Vault, app_id: str) -> None:
    """Put in those that are missing and whose definition there is; `app_id` tells the openids of the simulator's people."""
    for demo, name in zip(DEMO_FILINGS, FIRST_USERS, strict=False):
        filing, openid = load_filings().get(demo.kind), openid_of(app_id, name)
        if filing and await connection.fetchval(INSERT, *_row(demo, filing, vault, openid)):
            await connection.execute(SUBSCRIBE, demo.filing_no, openid_digest(vault, openid), vault.seal(openid))
            for kind, proof in {"query_code": demo.query_code, **filers_phone(filing, demo.answers)}.items():
                await connection.execute(PROOF, demo.filing_no, kind, await hash_proof(vault, kind, proof))


def _row(demo: DemoFiling, filing: Filing, vault: Vault, openid: str) -> tuple[Any, ...]:
    days = [add_workdays(demo.filed_on, count) for count, *_ in demo.steps]
    steps = [{"at": datetime.combine(day, STEP_AT).isoformat(), "name": name, "note": note} for day, (_, name, note) in zip(days, demo.steps, strict=True)]
    until = add_workdays(days[-1], 10) if demo.asks else None
    next_step = told(demo.asks, until) if demo.asks else filing.receipt
    sender, received = openid_digest(vault, openid), datetime.combine(demo.filed_on, STEP_AT)
    return (
        demo.filing_no, filing.id, filing.name, sender, vault.seal(demo.answers), demo.status, demo.asks, until, steps, next_step,
        f"{filing.owner}部门", received, filing.erasable,
    )  # fmt: skip
