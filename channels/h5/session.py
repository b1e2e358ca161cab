"""Who looks at a page: an openid that WeChat's OAuth2 gave us, in an encrypted cookie. An openid that a page or an address names is never believed."""

from __future__ import annotations

import hmac
import secrets

from aiohttp import web
from aiohttp_session import get_session, new_session
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from weijing.links import PREFIX, sign
from weijing.settings import Settings

COOKIE = "weijing_h5"
MAX_AGE_S = 30 * 60


def storage(settings: Settings) -> EncryptedCookieStorage:
    """The session cookie: sealed with a key of its own, for our pages alone, 30 minutes."""
    https = settings.public_base.startswith("https://")
    key = settings.derived_key("h5-session")
    return EncryptedCookieStorage(key, cookie_name=COOKIE, max_age=MAX_AGE_S, path=PREFIX, secure=https, httponly=True, samesite="Lax")


async def openid_of(request: web.Request) -> str:
    """The user who is logged in, or an empty string; opening a page starts the 30 minutes anew."""
    session = await get_session(request)
    openid = str(session.get("openid", ""))
    if openid and request.method == "GET":
        session["openid"] = openid
    return openid


async def log_in(request: web.Request, openid: str) -> None:
    """A new session for this user; nothing of the old one stays."""
    session = await new_session(request)
    session["openid"] = openid


async def browser_of(request: web.Request) -> str:
    """A random name of this browser, made at its first visit: a login that began in another browser does not end here."""
    session = await get_session(request)
    if "browser" not in session:
        session["browser"] = secrets.token_hex(16)
    return str(session["browser"])


class Tokens:
    """Tokens of forms: each holds a nonce of its own and fits one user and one form (CSRF).

    Args:
        key: `settings.derived_key("h5-form")`.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, openid: str, form: str) -> str:
        """For a hidden field of a form."""
        nonce = secrets.token_hex(8)
        return f"{nonce}.{sign(self._key, form, openid, nonce)}"

    def fits(self, token: str, openid: str, form: str) -> bool:
        """Whether we made it for this user and form."""
        nonce, _, mac = token.partition(".")
        return hmac.compare_digest(sign(self._key, form, openid, nonce).encode(), mac.encode("utf-8", "surrogateescape"))
