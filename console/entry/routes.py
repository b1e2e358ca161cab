"""Routes of the way in."""

from __future__ import annotations

from console.entry.login import log_in, log_out, show_home, show_login
from console.route import Route, get, post

ROUTES: tuple[Route, ...] = (
    Route("GET", "/login", show_login, "session.form", frozenset()),
    Route("POST", "/login", log_in, "session.begin", frozenset()),
    post("/logout", log_out, "session.end"),
    get("/", show_home, "home.read", quiet=True),
)
