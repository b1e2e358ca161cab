"""What the newest evaluation says of each intent: F1, support and what it is taken for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from weijing.settings import ROOT

_THERE = text("SELECT to_regclass('weijing.models') IS NOT NULL")
_NEWEST = text("SELECT report FROM weijing.models WHERE report IS NOT NULL ORDER BY trained_at DESC LIMIT 1")


_CROSSED = text("SELECT id, finished_at, result FROM weijing.jobs WHERE kind = 'crossval' AND state = 'done' ORDER BY id DESC LIMIT 1")


async def crossed(connection: AsyncConnection) -> dict[str, Any]:
    """The newest cross-validation: `{intents, confusions, doubts, …}` with `job` and `at`; empty where there was none."""
    row = (await connection.execute(_CROSSED)).first()
    return {**row.result, "job": row.id, "at": row.finished_at} if row else {}


async def newest(connection: AsyncConnection, file: Path = ROOT / "results" / "evaluation.json") -> dict[str, Any]:
    """The report of the newest model, else of the last `weijing evaluate`; empty where nothing was measured."""
    if (await connection.execute(_THERE)).scalar():
        report = (await connection.execute(_NEWEST)).scalar()
        if isinstance(report, dict) and report.get("intents"):
            return report
    return await asyncio.to_thread(_read, file)


def _read(file: Path) -> dict[str, Any]:
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def by_intent(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Intent -> `precision recall f1 support`."""
    return {row["intent"]: row for row in report.get("intents", [])}


def confusions(report: dict[str, Any], intent: str) -> list[dict[str, Any]]:
    """What messages of an intent were taken for, and what was taken for it; most frequent first."""
    return [row for row in report.get("confusions", []) if intent in (row["intent"], row["predicted"])][:12]
