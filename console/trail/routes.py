"""Routes of the auditor."""

from __future__ import annotations

from console.route import Route, get, post
from console.trail.pages import export, show_day, show_list, show_object, verify

ROUTES: tuple[Route, ...] = (
    get("/audit", show_list, "audit.list", "auditor"),
    get("/audit/day", show_day, "audit.day", "auditor"),
    get("/audit/object", show_object, "audit.object", "auditor"),
    post("/audit/verify", verify, "audit.verify", "auditor"),
    get("/audit/export", export, "audit.export", "auditor"),
)
