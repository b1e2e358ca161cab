"""Opens a push in safe, compatible or plain mode, and seals the reply as the push was sealed. Nothing is parsed before the signature holds."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from channels.wechat.crypto import Keyring, MessageCipher
from channels.wechat.signature import Signer
from channels.wechat.xml import MAX_BYTES, Fields, cdata, read
from weijing.errors import PushForbidden, PushRejected
from weijing.settings import Settings

_ENCRYPT = re.compile(rb"<Encrypt>(?:\s*<!\[CDATA\[)?([A-Za-z0-9+/=\s]+)(?:\]\]>\s*)?</Encrypt>")

_CANDIDATES = 3
FRESH_S = 600
"""A push whose timestamp is further from our clock is refused: captured and sent again later it would be accepted once its turn is forgotten."""


@dataclass(frozen=True)
class Opened:
    """A verified push: its fields, the cipher that opened it (None for a plain one) and its nonce."""

    fields: Fields
    cipher: MessageCipher | None = None
    nonce: str = ""


class Envelope:
    """The account's side of the callback.

    Args:
        settings: token, AppID, keys and mode.

    Raises:
        SettingsError: no token, or a key that is none.
    """

    def __init__(self, settings: Settings) -> None:
        self._mode = settings.wechat_mode
        self._signer = Signer(settings.wechat_token.get_secret_value())
        keys = [settings.wechat_aes_key.get_secret_value(), settings.wechat_aes_key_previous.get_secret_value()]
        self._keyring = Keyring(keys, settings.wechat_app_id)

    def check_url(self, query: Mapping[str, str]) -> None:
        """Check the signature of a URL verification.

        Raises:
            PushRejected: it is not WeChat's.
        """
        self._signer.check(query)

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Verify, decrypt and parse.

        Raises:
            PushForbidden: not signed, not for us, stale, or plain where the account's mode is encrypted (a downgrade).
            PushRejected: signed, but no XML within the budget.
        """
        if len(body) > MAX_BYTES or body.lstrip()[:1] != b"<":
            raise PushRejected("the push is too large or no XML")
        sealed = _ENCRYPT.findall(body) if query.get("encrypt_type", "raw") != "raw" or self._mode != "plain" else []
        try:
            if not sealed and self._mode == "plain":
                self._signer.check(query)
                opened, cipher = body, None
            else:
                opened, cipher = self._decrypt(query, sealed)
        except PushRejected as error:
            raise PushForbidden(error.message) from None
        _check_fresh(int(query["timestamp"]))
        return Opened(read(opened), cipher, query.get("nonce", ""))

    def seal(self, reply: str, opened: Opened) -> str:
        """The reply as the push came: plain, or encrypted with the key that opened it."""
        if opened.cipher is None:
            return reply
        encrypt, timestamp = opened.cipher.seal(reply), str(int(time.time()))
        signature = self._signer.sign_message(timestamp, opened.nonce, encrypt)
        return (
            f"<xml><Encrypt>{cdata(encrypt)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(opened.nonce)}</Nonce></xml>"
        )

    def _decrypt(self, query: Mapping[str, str], sealed: list[bytes]) -> tuple[bytes, MessageCipher]:
        """In compatible mode a user's own words may look like an Encrypt element, so the signature says which one is WeChat's."""
        for candidate in sealed[:_CANDIDATES]:
            encrypt = b"".join(candidate.split()).decode()
            if self._signer.fits(query, encrypt):
                return self._keyring.open(encrypt)
        raise PushRejected("the push is not encrypted and signed as the account's mode asks")


def _check_fresh(timestamp: int) -> None:
    """A repeat of WeChat's is fresh and has the same or another nonce, so the nonce proves nothing and is not kept: who repeats joins the turn."""
    apart = int(time.time()) - timestamp
    if abs(apart) > FRESH_S:
        raise PushForbidden(
            f"its timestamp is {abs(apart)} s {'behind' if apart > 0 else 'ahead of'} this machine's clock: sent again by somebody, "
            "or the clock is wrong (check NTP: while it is, every push is refused)"
        )
