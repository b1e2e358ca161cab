"""Receipts 回执 of what somebody filed: number, query code, and by when they hear."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import asyncpg

from weijing.workdays import SHANGHAI


def receipt(name: str, row: asyncpg.Record | Mapping[str, Any], code: str | None, text: str, duplicate_of: str | None = None) -> dict[str, Any]:
    """The receipt of a row whose number stands under `name`; without a code when it was filed before."""
    times = {"received_at": moment(row["received_at"]), "promised_on": day(row["promised_on"])}
    return {name: row[name], "query_code": code, "next_step": text, "duplicate_of": duplicate_of, **times}


def moment(value: datetime) -> str:
    """A moment as answers have it, in Shanghai time."""
    return value.astimezone(SHANGHAI).isoformat()


def day(value: date | None) -> str | None:
    """A day as answers have it."""
    return value.isoformat() if value else None
