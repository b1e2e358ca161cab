"""What is known of each model: its report, the gate's verdict, and where it stands between candidate and retired."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from weijing.errors import ModelNotReleasable

_KEEP = text("""
    INSERT INTO weijing.models (id, file, commit, trained_at, by) VALUES (:id, :file, :commit, :trained_at, :by)
    ON CONFLICT (file) DO NOTHING""")
_JUDGE = text("""
    UPDATE weijing.models SET report = CAST(:report AS jsonb), gate = CAST(:gate AS jsonb),
    state = CASE WHEN state IN ('candidate', 'refused') THEN :state ELSE state END WHERE id = :id""")
_SHORT = "id, file, commit, trained_at, by, state, gate, released_at, released_by, override"
_FIND = text(f"SELECT {_SHORT}, report FROM weijing.models WHERE id = :id OR file = :id")  # noqa: S608  our own words
_LIST = text(f"SELECT {_SHORT}, report->'shares' AS shares FROM weijing.models ORDER BY trained_at DESC LIMIT 100")  # noqa: S608
_OVERRIDE = text("UPDATE weijing.models SET override = :reason WHERE id = :id")
_RETIRE = text("UPDATE weijing.models SET state = 'retired' WHERE state = ANY(:states) AND id <> ALL(:kept)")
_RELEASE = text("""
    UPDATE weijing.models SET state = :state, released_by = :by, released_at = now() WHERE id = :id AND (state <> :state OR released_at IS NULL)""")
_BEFORE = text("""
    SELECT id, file FROM weijing.models WHERE state = 'retired' AND released_at IS NOT NULL ORDER BY released_at DESC LIMIT 1""")


async def keep(connection: AsyncConnection, model: str, file: str, commit: str, trained_at: datetime, by: str | None) -> None:
    """Note a model file; a second time changes nothing."""
    await connection.execute(_KEEP, {"id": model, "file": file, "commit": commit, "trained_at": trained_at, "by": by})


async def judge(connection: AsyncConnection, model: str, report: Mapping[str, Any]) -> bool:
    """Note a report with the gate's verdict (`gate`); whether it passed."""
    gate = report["gate"]
    rest = json.dumps({name: value for name, value in report.items() if name != "gate"}, ensure_ascii=False)
    values = {"id": model, "report": rest, "gate": json.dumps(gate, ensure_ascii=False), "state": "candidate" if gate["passed"] else "refused"}
    await connection.execute(_JUDGE, values)
    return bool(gate["passed"])


async def find(connection: AsyncConnection, model: str) -> Row | None:
    """One model by its id or file, with its report."""
    return (await connection.execute(_FIND, {"id": model})).first()


async def listed(connection: AsyncConnection) -> list[Row]:
    """The newest hundred, without their reports."""
    return list(await connection.execute(_LIST))


async def before(connection: AsyncConnection) -> Row | None:
    """The model that was released before the present one: what a rollback goes back to."""
    return (await connection.execute(_BEFORE)).first()


async def allow(connection: AsyncConnection, model: str, reason: str) -> None:
    """A supervisor lets a refused model through, and says why."""
    await connection.execute(_OVERRIDE, {"id": model, "reason": reason})


def check_releasable(model: Row | None) -> None:
    """See that a model may get users.

    Raises:
        ModelNotReleasable: it is unknown, was never judged, or the gate refused it and nobody overrode that.
    """
    if model is None:
        raise ModelNotReleasable("there is no such model")
    if not model.gate:
        raise ModelNotReleasable("the model was not evaluated; evaluate it first")
    if not model.gate["passed"] and not model.override:
        reasons = "；".join(demand["reason"] for demand in model.gate["demands"] if not demand["holds"])
        raise ModelNotReleasable(f"the gate refused the model: {reasons}")


async def note_release(connection: AsyncConnection, released: str, canary: str, by: str | None) -> None:
    """The release is in force: these two (ids; the canary may be empty) serve, what served before is retired."""
    await connection.execute(_RETIRE, {"states": ["released", "canary"], "kept": [released, canary]})
    for model, state in ((released, "released"), (canary, "canary")):
        if model:
            await connection.execute(_RELEASE, {"id": model, "state": state, "by": by})
