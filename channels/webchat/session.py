"""Who a visitor is: a random name in a sealed token that the page keeps and sends as a header.

Some browsers forbid a page inside another site's page to keep anything (third-party cookies and storage blocked). For them the token lies in a partitioned
cookie (CHIPS) as well, which only `POST session` reads: it is no right by itself, so a forged request gains nothing.
"""

from __future__ import annotations

import base64
import re
import secrets

from cryptography.fernet import Fernet, InvalidToken

from store.webchat_log import LIVES_S
from weijing.refusals import ChatRefused

_VISITOR = re.compile(r"web\.[A-Za-z0-9_-]{22}")
_BEARER = "Bearer "
COOKIE = "weijing_webchat"


class Sessions:
    """Makes and reads tokens; nothing is stored.

    Args:
        key: 32 bytes, `settings.derived_key("webchat-session")`.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = Fernet(base64.urlsafe_b64encode(key))

    def start(self) -> str:
        """The token of a new visitor."""
        return self.renew(f"web.{secrets.token_urlsafe(16)}")

    def renew(self, openid: str) -> str:
        """A token that lives on from now."""
        return self._cipher.encrypt(openid.encode()).decode()

    @staticmethod
    def cookie(token: str) -> str:
        """The `Set-Cookie` header of a token; an empty one takes the cookie away. Plain http keeps no such cookie."""
        age = LIVES_S if token else 0
        return f"{COOKIE}={token}; Max-Age={age}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"

    def visitor(self, token: str) -> str:
        """The openid in a token, or in an `Authorization: Bearer` header.

        Raises:
            ChatRefused: it is forged, older than 30 days, or missing.
        """
        try:
            openid = self._cipher.decrypt(token.removeprefix(_BEARER).encode(), ttl=LIVES_S).decode()
        except InvalidToken:
            openid = ""
        if not _VISITOR.fullmatch(openid):
            raise ChatRefused("会话已过期，请重新开始。", 401, "session")
        return openid
