"""The audit trail's rows: who read or did what, each chained to the one before by its hash, so that none can be changed, taken out or put in unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

START = "0" * 64
"""What the first row names as the one before."""
_LOCK = text("SELECT pg_advisory_xact_lock(7110)")
_LAST = text("SELECT seq, hash FROM weijing.audit ORDER BY seq DESC LIMIT 1")
_ADD = text("""
    INSERT INTO weijing.audit (seq, at, staff_id, act, object, detail, previous, hash)
    VALUES (:seq, :at, :staff_id, :act, :object, CAST(:detail AS jsonb), :previous, :hash)""")


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row: SHA-256 over the one before and everything that the row says."""
    told = [row["seq"], row["at"].astimezone(timezone.utc).isoformat(), row["staff_id"], row["act"], row["object"], row["detail"], row["previous"]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


async def append(connection: AsyncConnection, staff_id: str, act: str, thing: str = "", **detail: Any) -> int:
    """Add a row in the caller's transaction; returns its number. Details hold no secret and nobody's raw data.

    Args:
        staff_id: empty when nobody is logged in.
        act: `noun.verb`.
        thing: what it was done to: an openid, a number, a name.
    """
    await connection.execute(_LOCK)  # rows are made one after the other: each needs the hash of the one before
    last = (await connection.execute(_LAST)).first()
    row: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1, "at": datetime.now(timezone.utc), "staff_id": staff_id, "act": act, "object": thing,
        "detail": detail, "previous": last.hash if last else START,
    }  # fmt: skip
    await connection.execute(_ADD, {**row, "detail": json.dumps(detail, ensure_ascii=False), "hash": digest(row)})
    return int(row["seq"])
