"""What a user may rate: matters that are finished and theirs."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from backend.database import POOL, connected
from backend.identities import openid_digest
from backend.vault import VAULT

CHANGEABLE = timedelta(days=7)
"""How long after the first a rating may be changed."""
MOST = 6
"""Matters that one answer holds."""
MATTERS = """(
    SELECT application_no AS number, item_name, office AS unit, applied_on AS began, person, NULL AS sender,
           status IN ('completed', 'rejected', 'withdrawn') AS finished FROM backend.applications
    UNION ALL SELECT case_no, item_name, office, opened_on, person, NULL, status IN ('closed', 'not_filed') FROM backend.cases
    UNION ALL SELECT report_no, '投诉举报', unit, received_at::date, NULL, sender, status IN ('done', 'withdrawn') FROM backend.reports
    UNION ALL SELECT letter_no, '局长信箱来信', unit, received_at::date, NULL, sender, status = 'answered' FROM backend.letters
    UNION ALL SELECT filing_no, item_name, office, received_at::date, NULL, sender, status IN ('completed', 'rejected') FROM backend.filings
    UNION ALL SELECT conversation_no, '人工会话', unit, ended_on, NULL, sender, true FROM backend.conversations
    UNION ALL SELECT appointment_no, '窗口预约', o.name, starts_at::date, NULL, a.person, status <> 'cancelled' AND starts_at < now()
                FROM backend.appointments a JOIN backend.offices o ON o.id = a.office_id
) AS matter"""
RATED_UNIT = f"SELECT unit FROM {MATTERS} WHERE number = $1 AND finished"  # noqa: S608  our own words
RATABLE = f"""
    SELECT number, item_name, began, rated_at IS NOT NULL AS rated
      FROM {MATTERS} LEFT JOIN backend.ratings r ON r.matter = number AND r.openid = $1
     WHERE finished AND (rated_at IS NULL OR rated_at > now() - $3::interval)
       AND (sender = $1 OR person = (SELECT person FROM backend.identities WHERE openid = $1) OR number = $2
            OR number IN (SELECT number FROM backend.subscriptions WHERE subscriber = $1))
     ORDER BY rated, began DESC, number DESC LIMIT $4
"""  # noqa: S608


async def list_ratable(request: web.Request) -> web.StreamResponse:
    """Those that nobody rated yet, newest first, then those whose rating may still be changed.

    A matter is a user's by the bound person, by having been sent or booked under this openid, by a subscription, or because the caller has made sure of it
    (`also`).
    """
    openid = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(RATABLE, openid, request.query.get("also", ""), CHANGEABLE, MOST)
    matters = [{**{name: row[name] for name in ("number", "item_name", "rated")}, "on": row["began"].isoformat()} for row in rows]
    return web.json_response({"matters": matters})
