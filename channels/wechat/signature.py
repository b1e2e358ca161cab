"""WeChat's signatures: SHA-1 over sorted parts, compared as bytes in constant time (接收消息 · 验证服务器地址有效性)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from weijing.errors import PushRejected, SettingsError

_TIMESTAMP = re.compile(r"[0-9]{10}")


def sign(*parts: str) -> str:
    """Hex SHA-1 of the parts, sorted and joined without a delimiter."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


class Signer:
    """Checks what came with a push, and signs replies.

    Args:
        token: the account's token.

    Raises:
        SettingsError: the token is empty: anybody could then sign.
    """

    def __init__(self, token: str) -> None:
        if not token:
            raise SettingsError("WECHAT_TOKEN is empty: anybody could sign a push; set it")
        self._token = token

    def check(self, query: Mapping[str, str]) -> None:
        """Check `signature`, which covers token, timestamp and nonce only.

        Raises:
            PushRejected: it is not WeChat's.
        """
        if not self._same(query, query.get("signature", "")):
            raise PushRejected("the push is not signed with our token")

    def fits(self, query: Mapping[str, str], encrypt: str) -> bool:
        """Whether `msg_signature`, which covers the encrypted body too, is WeChat's."""
        return self._same(query, query.get("msg_signature", ""), encrypt)

    def sign_message(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """The MsgSignature of an encrypted reply."""
        return sign(self._token, timestamp, nonce, encrypt)

    def _same(self, query: Mapping[str, str], given: str, *more: str) -> bool:
        timestamp = query.get("timestamp", "")
        # Without a delimiter a digit may move from the nonce to the timestamp and leave the signature as it is.
        if not _TIMESTAMP.fullmatch(timestamp):
            return False
        expected = sign(self._token, timestamp, query.get("nonce", ""), *more)
        return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
