"""Routes of the way in and of one's own account."""

from __future__ import annotations

from console.entry.authenticator import make_codes, set_totp, show_codes, show_totp
from console.entry.login import log_in, log_out, show_home, show_login
from console.entry.me import end_one, end_others, own, show_me
from console.entry.own_password import change_password, show_password
from console.route import Route, get, post

ROUTES: tuple[Route, ...] = (
    Route("GET", "/login", show_login, "session.form", frozenset()),
    Route("POST", "/login", log_in, "session.begin", frozenset()),
    post("/logout", log_out, "session.end"),
    get("/", show_home, "home.read", quiet=True),
    get("/me", show_me, "account.read"),
    get("/me/password", show_password, "password.form"),
    post("/me/password", change_password, "password.change"),
    get("/me/totp", show_totp, "totp.form"),
    post("/me/totp", set_totp, "totp.enrol"),
    get("/me/codes", show_codes, "codes.form"),
    post("/me/codes", make_codes, "codes.make"),
    post("/me/sessions/others/end", end_others, "session.revoke_others"),
    post("/me/sessions/{session}/end", end_one, "session.revoke", reach=own),
)
